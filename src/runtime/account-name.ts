/** What people call an account. */

export interface AccountNames {
  /** Without it they read its id. */
  readonly accountName?: (accountId: string) => string;
}

/** For a log, an alert or a table. */
export const nameOf = ({ accountName }: AccountNames, accountId: string): string =>
  accountName?.(accountId) ?? accountId;
