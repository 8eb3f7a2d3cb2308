/** Why an account cannot trade, for the pages of its tasks and its own. */
import type { TroubleView } from '../../application/account-trouble.ts';
import { timeText } from '../shell/output.ts';

/** What is seen in a table beside a state. */
export const cannotTrade = 'cannot trade';

export const troubleText = (account: string, { said, sinceMs }: TroubleView): string =>
  `Account ${account} ${cannotTrade}, since ${timeText(sinceMs)}: ${said}.`;
