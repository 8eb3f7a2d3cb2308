/** What a person is answered who asked something of a task. */
import { isZero } from '../money.ts';
import type { WordProblem, WordProblemFigures } from '../orders/owners-word.ts';
import type { Reason, Sentences } from '../reason.ts';
import type { AnswerFigures, ManagedLeg, ManagedPosition, RuleStanding } from '../roll/answers.ts';
import { endingText as questionEndingText, momentText } from './approval-text.ts';
import { plainReason, reasonText } from './reason-text.ts';
import { noWayBackText, standingText } from './standing-text.ts';
import { triggerText } from './trigger-text.ts';

const sentences: Sentences<AnswerFigures> = {
  paused: () => 'paused',
  pausesAfterRoll: () => 'a roll is under way; the task pauses when it has ended',
  breaksOff: () => 'the roll has closed nothing yet: it is broken off, and the task pauses',
  begins: ({ rule, others = [], ...first }) => {
    const what = [first, ...others].map(({ symbol, qty }) => `${qty} ${symbol}`).join(', ');
    return rule === null ? `closing ${what}` : `rolling ${what} by ${rule}`;
  },
  approved: ({ approvalId }) =>
    `${approvalId} is approved: it is planned anew, and done if it is not worse than shown`,
  declined: ({ approvalId, restsUntilMs }) =>
    `${approvalId} is declined: its rule does not ask again before ${momentText(restsUntilMs)}`,
  notAsked: ({ problem }) => questionProblemText(problem),
  resumed: () => 'resumed',
  retries: () => 'trying again',
  opensOldOption: () => 'opening the old option again',
  staysFlat: () => 'left as it is; the task is over',
  notReopened: ({ symbol, problem }) => `${symbol} is not opened again: ${problemText(problem)}`,
  notClosedAgain: ({ symbol, problem }) => `${symbol} is not closed again: ${problemText(problem)}`,
  notKept: ({ symbol }) => `${symbol} is not kept: a part of it is closed again already`,
  closesAgainNow: ({ symbol }) => `closing ${symbol} again, which was opened first`,
  closesAgainAfterOrder: ({ linkId, side, symbol, toSymbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; if it has traded nothing by then, ${toSymbol} is closed again, else the roll goes on`,
  keepsNew: ({ symbol, qty, fromSymbol, leftQty }) =>
    `the task goes on with ${qty} ${symbol}; ${leftQty} ${fromSymbol} is left as it is, and is yours`,
  keepsNewAfterOrder: ({ linkId, side, symbol, toSymbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; then the task goes on with what is open of ${toSymbol}, and what is left of the old option is yours`,
  retriesNow: () => 'trying again now, as if for the first time',
  reopensNow: ({ symbol }) => `opening ${symbol} again`,
  leftAsItIs: ({ standing }) => `left as it is: ${standingText(standing)}; the task is over`,
  retriesAfterOrder: ({ linkId }) =>
    `order ${linkId} is being worked; if it ends short of its quantity, it is tried again at once, as if for the first time`,
  reopensAfterOrder: ({ linkId, side, symbol, fromSymbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; if it has opened nothing by then, ${fromSymbol} is opened again, else the rest follows at ${symbol}`,
  endsAfterOrder: ({ linkId, side, symbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; what it has traded by then stays, and the task is over unless that completes the roll`,
  edited: ({ rules, ...position }) => `edited: ${managedText(position)}; ${rulesText(rules)}`,
  markedFilled: ({ linkId, qty, price }) =>
    `order ${linkId} counts as filled: ${qty} at ${price}; the roll goes on from there`,
  markedEnded: ({ linkId, qty, price }) =>
    `order ${linkId} is cancelled first; if the exchange knows of nothing to cancel and the position agrees, it counts as ended with ${isZero(qty) ? 'nothing traded' : `${qty} at ${price}`}, and the roll goes on from there`,
  markedNotPlaced: ({ linkId }) =>
    `order ${linkId} is sent once more under its own id, which the exchange takes only once: if it was placed after all, that comes out, and it cannot be there twice`,
  notMarked: ({ problem }) => wordProblemText(problem),
  removed: (position) => `removed; ${managedText(position)} ${isLeftText(position)}`,
};

const wordProblems: Sentences<WordProblemFigures> = {
  noOrder: () => 'no order is being worked',
  anotherOrder: ({ linkId, workedLinkId }) =>
    `order ${linkId} is over; ${workedLinkId} is being worked now: look at it first`,
  outcomeKnown: ({ linkId }) => `what becomes of order ${linkId} is not unknown: it is being worked`,
  beingMadeSure: ({ linkId }) =>
    `what was said of order ${linkId} before is being compared with the exchange; say it again in half a minute`,
  searchedTooShortly: ({ linkId, forMs, neededMs }) =>
    `order ${linkId} has been searched for ${Math.max(Math.floor(forMs / 1_000), 0)} s only; what its owner says counts after ${neededMs / 1_000} s`,
  openAtExchange: ({ linkId }) =>
    `order ${linkId} is open at the exchange and is being cancelled; cancel it there if that does not help`,
  wasPlaced: ({ linkId }) =>
    `the exchange took order ${linkId}, so it was placed; if it has traded nothing, say that it was filled with 0`,
  moreThanOrdered: ({ qty, orderedQty }) => `${qty} is more than the ${orderedQty} that was ordered`,
  lessThanProven: ({ qty, executedQty }) =>
    `${qty} is less than the ${executedQty} that the exchange has reported as traded`,
  nothingToCompare: ({ linkId, cause }) =>
    `no look-up of order ${linkId} is answered${cause === null ? '' : ` (${reasonText(cause)})`}, so the account does not show whether that is so; say it again when the exchange answers`,
  positionSaysOtherwise: ({ symbol, qty, qtyBefore, qtyNow, fittingQty }) =>
    `the account held ${qtyBefore} ${symbol} before the order and holds ${qtyNow} now: that fits ${fittingQty} traded, not ${qty}`,
};

/** Why the owner's word for an order does not count. */
export const wordProblemText = ({ code, figures }: WordProblem): string =>
  wordProblems[code](figures as never);

function questionProblemText(problem: AnswerFigures['notAsked']['problem']): string {
  if (problem.code === 'noQuestion') return 'nothing waits for an answer';
  if (problem.code === 'anotherQuestion')
    return `${problem.figures.approvalId} waits for an answer now, with other figures: look at it first`;
  const { approvalId, atMs, ...over } = problem.figures;
  return `${approvalId} is over since ${momentText(atMs)}: ${questionEndingText(over)}`;
}

function problemText(problem: AnswerFigures['notReopened']['problem']): string {
  if (problem.code === 'nothingClosed') return 'nothing of it is closed';
  return problem.code === 'noRoll' ? 'no roll is under way' : noWayBackText(problem);
}

/** `Sell 0.3 X (call)`, with `and` between several. */
export const positionsText = (positions: readonly ManagedLeg[]): string =>
  positions
    .map(({ side, qty, symbol, leg }) => `${side} ${qty} ${symbol}${leg === undefined ? '' : ` (${leg})`}`)
    .join(' and ');

/** The option, or all legs of a structure. */
export const managedText = ({ legs, ...position }: ManagedPosition): string =>
  positionsText(legs ?? [position]);

export const isLeftText = ({ legs = [] }: ManagedPosition): string =>
  legs.length > 1 ? 'are left as they are' : 'is left as it is';

const verbs = { roll: 'rolls', close: 'closes', alert: 'alerts' } as const;

/** `rolls on index above 25500`; with their names where there are several. */
export const rulesText = (rules: readonly RuleStanding[]): string =>
  rules
    .map(({ name, does, trigger }) => {
      const text = `${verbs[does]} on ${triggerText(trigger)}`;
      return rules.length === 1 ? text : `${name}: ${text}`;
    })
    .join('; ');

/** The answer to a command as a sentence; one of a later version, whose code is unknown, as its code and figures. */
export function answerText(answer: Reason): string {
  const say = (sentences as Readonly<Record<string, ((figures: never) => string) | undefined>>)[answer.code];
  return say ? say(answer.figures as never) : plainReason(answer);
}
