/** The names that people gave to accounts. */

export interface AccountNames {
  /** Default: an account is called by its id. */
  readonly accountName?: (accountId: string) => string;
}

/** The account's name for a log, an alert or a table; its id when it has no name. */
export const nameOf = ({ accountName }: AccountNames, accountId: string): string =>
  accountName?.(accountId) ?? accountId;
