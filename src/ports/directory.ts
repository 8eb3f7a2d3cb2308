/** Users and their accounts as people add and see them. No secret can be read here. */
import type { KeyStanding } from '../domain/orders/key-standing.ts';
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { Act } from './audit.ts';

/** The exchange that an account belongs to. */
export type ExchangeEnvironment = 'paper' | 'testnet' | 'demo' | 'live';

/** What a user may do with an account: everything; everything about its tasks; only look. */
export type Role = 'owner' | SharedRole;
export type SharedRole = 'trader' | 'viewer';

/**
 * Whose rows a query may return: those of the accounts that this user owns or was given access to, or every user's for
 * `null`. A user who is banned, or whose access has ended, has none.
 */
export interface Scope {
  readonly userId: string | null;
}

export interface User {
  readonly userId: string;
  readonly name: string;
}

export interface ListedUser extends User {
  readonly accountsTotal: number;
  /** When the user's access ends or has ended; `null`: never. */
  readonly accessUntilMs: number | null;
  /** `null` when not banned. */
  readonly bannedAtMs: number | null;
  readonly banReason: string | null;
}

export interface Account {
  readonly accountId: string;
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  /** Empty for those who are not the owner. */
  readonly apiKey: string;
  readonly userId: string;
  readonly userName: string;
  /** The caller's on this account; `owner` where the scope is everybody's. */
  readonly role: Role;
  /** With whom it is shared; empty for those who are not the owner. */
  readonly grants: readonly Grant[];
  /** Tasks that are not over. */
  readonly tasksTotal: number;
  /** Why it cannot trade; `null` when nothing is known to keep it from that. */
  readonly trouble: AccountTrouble | null;
  /** What the exchange said of its key when it was asked last; `null` before that. */
  readonly keyStanding: KeyStanding | null;
  /** The daemon that manages it now; null when none does. */
  readonly daemon: string | null;
  /**
   * Why no daemon manages it, as the running daemons report it, or that it is a duplicate; null when nothing is known.
   */
  readonly problem: string | null;
}

export interface Grant {
  readonly userName: string;
  readonly role: SharedRole;
}

export interface NewGrant extends Grant {
  readonly accountId: string;
}

export interface NewAccount {
  readonly userName: string;
  /** Unique among the accounts of the user. */
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Id of the exchange's user that the key belongs to; null or left out when the exchange could not be asked. */
  readonly exchangeUserId?: string | null;
}

/** A key for an account that is there; `exchangeUserId` as of a new account. */
export type NewKey = Pick<NewAccount, 'apiKey' | 'apiSecret' | 'exchangeUserId'>;

export interface Directory {
  /** Adds a user without accounts. @throws BadInput when the name is unusable or taken */
  addUser(name: string, act: Act): Promise<User>;
  /** The users within the scope, oldest first. */
  users(scope: Scope): Promise<readonly ListedUser[]>;
  /**
   * Stores the account, its secret encrypted.
   * @throws NotFound when there is no such user within the scope; KeyTaken; BadInput naming what is taken or unusable
   */
  addAccount(account: NewAccount, scope: Scope, act: Act): Promise<{ readonly accountId: string }>;
  /**
   * Gives a stored account another key of the same user of the exchange; the secret is stored encrypted, and what is known
   * of the old key forgotten.
   * @throws KeyTaken; BadInput when the key belongs to another user of the exchange than the account's
   */
  replaceKey(account: Pick<Account, 'accountId' | 'environment'>, key: NewKey, act: Act): Promise<void>;
  /**
   * Accounts of one user or of all, by user and then oldest first.
   * @throws NotFound when there is no such user within the scope
   */
  accounts(wanted: { readonly userName?: string | undefined }, scope: Scope): Promise<readonly Account[]>;
  /** Ids of the accounts within the scope; `null`: of all that there are. */
  visibleAccounts(scope: Scope): Promise<readonly string[] | null>;
  /** Gives a user a role on an account, instead of another one. @throws NotFound when there is no such user */
  share(grant: NewGrant, act: Act): Promise<void>;
  /** @returns false when the account was not shared with a user of that name */
  unshare(grant: Omit<NewGrant, 'role'>, act: Act): Promise<boolean>;
}
