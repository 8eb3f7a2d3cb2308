/** Asks an exchange what it says of API keys. Keys of stored accounts are named by account, so that no secret is handed on. */
import type { AccountFees } from '../domain/market/fee-rates.ts';
import type { KeyFacts } from '../domain/orders/key-facts.ts';
import type { Credentials } from './exchange.ts';

export interface KeyCheck {
  /**
   * What the exchange says of a key that is not stored yet; `null` when there is no exchange to ask before a daemon runs.
   * @throws Terminal (scope account) when the exchange does not accept the key; Retryable, or Error when it does not answer
   */
  ofKey(key: Credentials): Promise<KeyFacts | null>;
  /** The same of a stored account. @throws Terminal also when its secret cannot be opened */
  ofAccount(accountId: string): Promise<KeyFacts | null>;
}

/** What a daemon asks of the accounts that it manages. */
export interface AccountAsking extends Pick<KeyCheck, 'ofAccount'> {
  /** The account's own rates; empty where the exchange does not say. @throws Retryable | Terminal */
  feeRatesOf(accountId: string): Promise<AccountFees>;
  /** The accounts that have been given another key since they were connected. */
  replacedKeys(): Promise<readonly string[]>;
}
