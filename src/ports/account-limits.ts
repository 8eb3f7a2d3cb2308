/** What an account may do in a day or a minute, and what its tasks have used of that, as it is stored. */
import type { AccountLimits, UseEntry } from '../domain/rules/account-limits.ts';

/** What one turn has used, by the version that it made. */
export interface TurnUse {
  readonly taskId: string;
  readonly version: number;
  readonly use: readonly UseEntry[];
}

/** The daemon's side. Every promise rejects with an error when the database cannot be used. */
export interface LimitsBook {
  /** `null` where the account has none. */
  limitsOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountLimits>>;
  /** What was used since then; turns store it with themselves. @param sinceMs exchange time */
  usedSince(accountId: string, sinceMs: number): Promise<readonly TurnUse[]>;
  /** Calls `onChange` whenever limits may have changed. */
  listenForLimits(onChange: () => void): Promise<void>;
}

export interface LimitsKeeping {
  /** Changes those that are named; `null` takes one away. Writes the act down in the same transaction. @returns all of them */
  setLimits(
    accountId: string,
    changes: AccountLimits,
    act: { readonly by: string; readonly from: string },
  ): Promise<AccountLimits>;
  limitsOf(accountIds: readonly string[]): Promise<ReadonlyMap<string, AccountLimits>>;
}
