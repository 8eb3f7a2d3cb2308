/** Why an account cannot trade, for the pages of its tasks and its own. */
import { saidOf, type AccountTrouble } from '../../domain/orders/account-trouble.ts';
import { timeText } from '../shell/output.ts';

export interface TroubleView {
  /** In the exchange's own words. */
  readonly said: string;
  readonly sinceMs: number;
}

export const troubleView = (trouble: AccountTrouble | null): TroubleView | null =>
  trouble && { said: saidOf(trouble), sinceMs: trouble.sinceMs };

/** What is seen in a table beside a state. */
export const cannotTrade = 'cannot trade';

export const troubleText = (account: string, { said, sinceMs }: TroubleView): string =>
  `Account ${account} ${cannotTrade}, since ${timeText(sinceMs)}: ${said}.`;
