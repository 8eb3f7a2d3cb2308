/** Why an account cannot trade, in the same words wherever it is shown. */
import type { TroubleView } from '../../application/account-trouble.ts';
import { timeText } from '../shell/output.ts';

/** The short form, for tables. */
export const cannotTrade = 'cannot trade';

export const troubleText = (account: string, { said, sinceMs }: TroubleView): string =>
  `Account ${account} ${cannotTrade}, since ${timeText(sinceMs)}: ${said}.`;
