/** What a person is answered who asked something of a task. */
import type { Reason, Sentences } from '../reason.ts';
import type { AnswerFigures, RuleStanding } from '../roll/answers.ts';
import { plainReason } from './reason-text.ts';
import { noWayBackText, standingText } from './standing-text.ts';
import { triggerText } from './trigger-text.ts';

const sentences: Sentences<AnswerFigures> = {
  paused: () => 'paused',
  pausesAfterRoll: () => 'a roll is under way; the task pauses when it has ended',
  breaksOff: () => 'the roll has closed nothing yet: it is broken off, and the task pauses',
  begins: ({ symbol, qty, rule }) =>
    rule === null ? `closing ${qty} ${symbol}` : `rolling ${qty} ${symbol} by ${rule}`,
  resumed: () => 'resumed',
  retries: () => 'trying again',
  opensOldOption: () => 'opening the old option again',
  staysFlat: () => 'left as it is; the task is over',
  notReopened: ({ symbol, problem }) => `${symbol} is not opened again: ${problemText(problem)}`,
  retriesNow: () => 'trying again now, as if for the first time',
  reopensNow: ({ symbol }) => `opening ${symbol} again`,
  leftAsItIs: ({ standing }) => `left as it is: ${standingText(standing)}; the task is over`,
  retriesAfterOrder: ({ linkId }) =>
    `order ${linkId} is being worked; if it ends short of its quantity, it is tried again at once, as if for the first time`,
  reopensAfterOrder: ({ linkId, side, symbol, fromSymbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; if it has opened nothing by then, ${fromSymbol} is opened again, else the rest follows at ${symbol}`,
  endsAfterOrder: ({ linkId, side, symbol }) =>
    `order ${linkId} to ${side} ${symbol} is ended first; what it has traded by then stays, and the task is over unless that completes the roll`,
  edited: ({ symbol, side, qty, rules }) => `edited: ${side} ${qty} ${symbol}; ${rulesText(rules)}`,
  removed: ({ symbol, side, qty }) => `removed; ${side} ${qty} ${symbol} is left as it is`,
};

function problemText(problem: AnswerFigures['notReopened']['problem']): string {
  if (problem.code === 'nothingClosed') return 'nothing of it is closed';
  return problem.code === 'noRoll' ? 'no roll is under way' : noWayBackText(problem);
}

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
