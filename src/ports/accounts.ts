/** What is kept of an account besides its tasks: why it cannot trade, and the alerts about it. */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { Alert } from './alerts.ts';

export interface AccountBook {
  /** What was stored last; `null` when nothing keeps it from trading. */
  trouble(accountId: string): Promise<AccountTrouble | null>;
  /** Stores it, and the alert with it in one transaction. @param atMs exchange time */
  noteTrouble(
    accountId: string,
    trouble: AccountTrouble | null,
    alert: (Alert & { readonly atMs: number }) | null,
  ): Promise<void>;
}
