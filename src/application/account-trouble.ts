/** Why an account cannot trade, as people are shown it. */
import { saidOf, type AccountTrouble } from '../domain/orders/account-trouble.ts';

export interface TroubleView {
  /** In the exchange's own words. */
  readonly said: string;
  /** Exchange time. */
  readonly sinceMs: number;
}

/** The trouble as a person reads it; `null` when nothing is known to keep the account from trading. */
export const troubleView = (trouble: AccountTrouble | null): TroubleView | null =>
  trouble && { said: saidOf(trouble), sinceMs: trouble.sinceMs };
