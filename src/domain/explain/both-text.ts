/** Alerts of a roll that opens first, while both options are held, for people. */
import type { Sentences } from '../reason.ts';
import type { BothAlertFigures, Twice } from '../roll/both-alerts.ts';
import { durationText } from './duration-text.ts';
import { lastText, nextText, type TriesLeft } from './leg2-text.ts';
import { reasonTextOrNothing } from './reason-text.ts';
import { netText } from './approval-text.ts';

export const bothSentences: Sentences<BothAlertFigures> = {
  leg2OpenedFirst: ({ rollId, side, qty, symbol, averagePrice, fromSymbol }) =>
    `Leg 2 of ${rollId}, opened first: ${side} ${qty} ${symbol} at ${averagePrice}; closing ${fromSymbol} next.`,
  leg1NotClosed: (standing) => `Leg 1 of ${standing.rollId} is not closed: ${standingText(standing)}`,
  leg1StillNotClosed: (standing) =>
    `Leg 1 of ${standing.rollId} is still not closed: ${standingText(standing)}`,
  leg1GoesBack: ({ rollId, twice, last }) =>
    `Leg 1 of ${rollId} could not be closed. ${lastText(last)}Closing ${twice.qty} ${twice.symbol} again, which was opened first.`,
  bothStillHeld: ({ twice, forMs, reason }) =>
    `The task on ${twice.staysSymbol} still needs a person: ${twiceText(twice)}, for ${durationText(forMs)} now. Last: ${reasonTextOrNothing(reason)}. Nothing happens until it is retried, taken back or accepted.`,
  openedInVain: ({ rollId, symbol, qty, netCredit, fee }) =>
    `Roll ${rollId} was taken back: the ${qty} that it had opened first is closed again, and ${symbol} is managed as before. ${netText(netCredit)}, fees ${fee}.`,
  oneOfBothClosed: ({ symbol, qty, otherSymbol }) =>
    `${qty} ${symbol} was closed by its owner while the roll held both options. The roll goes on with ${otherSymbol}.`,
  newKept: ({ symbol, qty, fromSymbol, leftQty }) =>
    `Both options are left as they are, because a person wants so: the task goes on with ${qty} ${symbol}; ${leftQty} ${fromSymbol} is no longer managed.`,
};

const twiceText = ({ qty, symbol, staysSymbol }: Twice): string =>
  `${qty} is open twice: ${symbol} is to be closed, ${staysSymbol} stays`;

const standingText = ({ twice, forMs, last, next }: BothAlertFigures['leg1NotClosed']): string =>
  `${twiceText(twice)}, for ${durationText(forMs)} now. ${lastText(last)}${nextText(next, afterLeg1)}`;

const afterLeg1 = ({ kind, symbol }: TriesLeft): string =>
  kind === 'reopenLeg1' ? `${symbol} is closed again` : 'a person is asked';
