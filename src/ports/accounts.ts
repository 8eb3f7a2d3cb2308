/** What is stored about an account besides its tasks: why it cannot trade, and the alerts about it. */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { KeyNews, KeyStanding } from '../domain/orders/key-standing.ts';
import type { Alert } from './alerts.ts';

export interface AccountBook {
  /**
   * What was stored last; `null` when nothing keeps the account from trading. Rejects when the database cannot be read.
   */
  trouble(accountId: string): Promise<AccountTrouble | null>;
  /**
   * Stores the trouble, and the alert about it in the same transaction. Rejects when nothing was stored, or when that
   * is not known: storing it again is harmless.
   * @param trouble `null` when it is over
   * @param alert `atMs` is exchange time; `null` when no alert is due
   */
  noteTrouble(
    accountId: string,
    trouble: AccountTrouble | null,
    alert: (Alert & { readonly atMs: number }) | null,
  ): Promise<void>;
  /**
   * Stores an alert about the account that is no trouble of its own. Rejects when it was not stored, or when that is not
   * known.
   * @param alert `atMs` is exchange time
   */
  noteAlert(accountId: string, alert: Alert & { readonly atMs: number }): Promise<void>;
  /** How the key of the account stood when the exchange was asked last; `null` before the first time. */
  keyStanding(accountId: string): Promise<KeyStanding | null>;
  /**
   * Stores how the key stands now, and the alerts about it in the same transaction.
   * @param before as it was read: when it is another by now, nothing is stored
   * @returns whether it was stored
   */
  noteKeyStanding(accountId: string, before: KeyStanding | null, news: KeyNews): Promise<boolean>;
}
