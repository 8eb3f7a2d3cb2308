/** What a person reads who is asked before a trade, and how that ended. */
import { isPositive, type DecimalString } from '../money.ts';
import type { Approval } from '../rules/approval.ts';
import type { Sentences } from '../reason.ts';
import type { ApprovalAlertFigures } from '../roll/approval.ts';
import type { AskedNow, QuestionEnding, QuestionOver, ShownLeg, ShownTrade } from '../roll/question.ts';
import { durationText } from './duration-text.ts';
import { personText } from './person-text.ts';
import { triggerText } from './trigger-text.ts';

/** `2023-03-28 14:10:05 UTC`. */
export const momentText = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const otherwiseText = (otherwise: AskedNow['otherwise'], opens: boolean): string =>
  otherwise === 'skip' ? 'nothing is traded' : opens ? 'it is rolled' : 'it is closed';

const legText = ({ side, qty, symbol, price }: ShownLeg): string => `${side} ${qty} ${symbol} at ${price}`;

/** `net credit 3.2`, or `net cost 28`. */
export const netText = (netCredit: DecimalString): string =>
  isPositive(netCredit) ? `net credit ${netCredit}` : `net cost ${netCredit.replace('-', '')}`;

/** The orders with their prices and what they come to, as a clause. */
export const shownText = ({ legs, netCredit, fees }: ShownTrade): string =>
  `${legs.map(legText).join(', ')}: ${netText(netCredit)}, fees ${fees}`;

/** That it would ask first, as a sentence without a full stop. */
export const askingText = ({ timeoutMs, otherwise }: Approval): string =>
  `It asks first: an answer counts for ${durationText(timeoutMs)}, without one ${otherwise === 'skip' ? 'nothing is traded' : 'it trades if its trigger still holds'}`;

/** What is asked and what happens without an answer, as a clause. */
export const questionText = ({ shown, untilMs, otherwise }: AskedNow): string =>
  `${opens(shown) ? 'may it roll' : 'may it close'}? ${shownText(shown)}. Without an answer until ${momentText(untilMs)} ${otherwiseText(otherwise, opens(shown))}`;

const opens = ({ legs }: ShownTrade): boolean => legs.some(({ leg }) => leg === 'open');

const endings: Readonly<Record<QuestionEnding, (by: string) => string>> = {
  approved: (by) => `approved by ${by}`,
  declined: (by) => `declined by ${by}`,
  rollsUnanswered: () => 'nobody answered, so it trades if its trigger still holds',
  skippedUnanswered: () => 'nobody answered, so nothing is traded',
  paused: () => 'the task was paused',
  edited: () => 'the task was edited',
  removed: () => 'the task was removed',
  tradeAsked: (by) => `${by} asked for another trade`,
  ruleDue: () => 'another rule has become due',
  closedByOwner: () => 'its owner closed the position',
  delivered: () => 'the option is delivered',
  halted: () => 'trading was halted',
  withdrawn: () => 'it was withdrawn',
};

/** How it ended, as a clause. */
export const endingText = ({ how, by }: Pick<QuestionOver, 'how' | 'by'>): string =>
  endings[how](by === null ? 'a person' : personText(by));

export const approvalSentences: Sentences<ApprovalAlertFigures> = {
  approvalWanted: ({ rule, trigger, from, to, index, untilMs, otherwise, count, ...shown }) => {
    const what =
      to.length === 0 ? `close ${from.join(' and ')}` : `roll ${from.join(' and ')} to ${to.join(' and ')}`;
    const again = count > 1 ? ` Asked again (${count}), because it is not what was shown before.` : '';
    return `May the task ${what}? ${rule}: ${triggerText(trigger)}, index ${index}. ${shownText(shown)}.${again} Without an answer until ${momentText(untilMs)} ${otherwiseText(otherwise, to.length > 0)}.`;
  },
  approvalOver: ({ symbol, how, by }) => `The question about ${symbol} is over: ${endingText({ how, by })}.`,
};
