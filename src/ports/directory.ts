/** Users and their accounts as people add and see them. No secret can be read here. */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';

/** The exchange that an account belongs to. */
export type ExchangeEnvironment = 'paper' | 'testnet' | 'demo' | 'live';

/** What a user may do with an account: everything; everything about its tasks; only look. */
export type Role = 'owner' | 'trader' | 'viewer';

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
  /** Tasks that are not over. */
  readonly tasksTotal: number;
  /** Why it cannot trade; `null` when nothing is known to keep it from that. */
  readonly trouble: AccountTrouble | null;
  /** The daemon that manages it now; null when none does. */
  readonly daemon: string | null;
  /**
   * Why no daemon manages it, as the running daemons report it, or that it is a duplicate; null when nothing is known.
   */
  readonly problem: string | null;
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

export interface Directory {
  /** Adds a user without accounts. @throws BadInput when the name is unusable or taken */
  addUser(name: string): Promise<User>;
  /** The users within the scope, oldest first. */
  users(scope: Scope): Promise<readonly ListedUser[]>;
  /**
   * Stores the account, its secret encrypted.
   * @throws NotFound when there is no such user within the scope; KeyTaken; BadInput naming what is taken or unusable
   */
  addAccount(account: NewAccount, scope: Scope): Promise<{ readonly accountId: string }>;
  /**
   * Accounts of one user or of all, by user and then oldest first.
   * @throws NotFound when there is no such user within the scope
   */
  accounts(wanted: { readonly userName?: string | undefined }, scope: Scope): Promise<readonly Account[]>;
}
