/** Users and their accounts, without any secret: what people add and see of them. */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';

/** The exchange that an account belongs to. */
export type ExchangeEnvironment = 'paper' | 'testnet' | 'demo' | 'live';

/** Whose rows a query may answer with: everybody's for `null`, otherwise this user's and no others. */
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
  readonly apiKey: string;
  readonly userId: string;
  readonly userName: string;
  /** Tasks that are not over. */
  readonly tasksTotal: number;
  /** Why it cannot trade; `null` when nothing is known to keep it from that. */
  readonly trouble: AccountTrouble | null;
  /** The daemon that manages it now; null when none does. */
  readonly daemon: string | null;
  /** Why not, in the words of the daemons that live, or because it is a duplicate; null when nothing is known. */
  readonly problem: string | null;
}

export interface NewAccount {
  readonly userName: string;
  /** Unique among the user's accounts. */
  readonly name: string;
  readonly environment: ExchangeEnvironment;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Whom the exchange says the key belongs to, when it could be asked. */
  readonly exchangeUserId?: string | null;
}

export interface Directory {
  /** @throws BadInput when the name is unusable or taken */
  addUser(name: string): Promise<User>;
  /** Oldest first. */
  users(scope: Scope): Promise<readonly ListedUser[]>;
  /**
   * Stores the account with its secret sealed.
   * @throws NotFound when there is no such user within the scope; KeyTaken; BadInput naming what is taken or unusable
   */
  addAccount(account: NewAccount, scope: Scope): Promise<{ readonly accountId: string }>;
  /** By user and age. @throws NotFound when there is no such user within the scope */
  accounts(wanted: { readonly userName?: string | undefined }, scope: Scope): Promise<readonly Account[]>;
}
