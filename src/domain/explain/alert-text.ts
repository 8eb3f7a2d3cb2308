/** The text of an alert, made when it is delivered or shown. */
import type { Alert } from '../alert.ts';
import type { HaltAlertFigures } from '../halt.ts';
import { compare, isPositive, isZero, type DecimalString } from '../money.ts';
import type { AccountAlertFigures } from '../orders/account-trouble.ts';
import type { BrokenTaskFigures } from '../roll/broken-task.ts';
import type { Sentences } from '../reason.ts';
import type { KeyAlertFigures } from '../orders/key-standing.ts';
import type { CalendarAlertFigures } from '../rules/blackouts.ts';
import type { RollAlertFigures } from '../roll/alerts.ts';
import type { EditAlertFigures } from '../roll/edit-alerts.ts';
import type { CoverAlertFigures } from '../roll/seen-cover.ts';
import type { SeenStopAlertFigures } from '../roll/seen-stops.ts';
import type { StopAlertFigures } from '../roll/stop-alerts.ts';
import type { RuleAlertFigures } from '../roll/watching.ts';
import type { WishAlertFigures } from '../roll/wishes.ts';
import { isLeftText, managedText } from './answer-text.ts';
import { approvalSentences, netText } from './approval-text.ts';
import { bothSentences } from './both-text.ts';
import { durationText } from './duration-text.ts';
import { coverText } from './guard-text.ts';
import { keySentences } from './key-text.ts';
import { noticeSentences } from './digest-text.ts';
import { haltText, minuteText } from './halt-text.ts';
import { leg2Sentences } from './leg2-text.ts';
import { plainReason, reasonText, reasonTextOrNothing } from './reason-text.ts';
import { leftoverText, noWayBackText, standingText } from './standing-text.ts';
import { stoppedText } from './stop-text.ts';
import { triggerText } from './trigger-text.ts';

/** `received 12.5` or `paid 3`. */
const cashText = (amount: DecimalString): string =>
  `${isPositive(amount) ? 'received' : 'paid'} ${amount.replace('-', '')}`;

/** `0.3 A, 0.3 B`. */
const legsText = (legs: readonly { readonly symbol: string; readonly qty: DecimalString }[]): string =>
  legs.map(({ symbol, qty }) => `${qty} ${symbol}`).join(', ');
/** @param legs by name; none when the task is over */
const nextText = (legs?: readonly string[]): string =>
  legs ? `The task goes on with ${legs.join(' and ')}` : 'The task is over';

const roll: Sentences<RollAlertFigures> = {
  notRolled: ({ symbol, reason }) =>
    `Not rolled: ${symbol}: ${reasonTextOrNothing(reason)}. Nothing was changed.`,
  leg1Closed: ({ rollId, others = [], ...first }) => {
    const closed = [first, ...others].map(
      ({ side, qty, symbol, averagePrice }) => `${side} ${qty} ${symbol} at ${averagePrice}`,
    );
    const next = closed.length === 1 ? 'the new option' : 'the new options';
    return `Leg 1 of ${rollId}: ${closed.join(', ')}; opening ${next} next.`;
  },
  leg1HasRest: ({ rollId, symbol, leftQty, qty, reason }) =>
    `Roll ${rollId}: ${leftQty} of ${qty} ${symbol} is not closed yet: ${reasonTextOrNothing(reason)}. Trying again.`,
  rolled: ({ netCredit, fee, nextTrigger, others = [], ...first }) => {
    const what = [first, ...others].map(({ fromSymbol, toSymbol, closedQty, qty }) =>
      compare(closedQty, qty) === 0
        ? `${qty} from ${fromSymbol} to ${toSymbol}`
        : `${closedQty} ${fromSymbol} into ${qty} ${toSymbol}`,
    );
    return `Rolled ${what.join(', ')}: ${netText(netCredit)}, fees ${fee}; next trigger ${triggerText(nextTrigger)}.`;
  },
  takenBack: ({ rollId, netCredit, fee, others = [], ...first }) =>
    `Roll ${rollId} was taken back: ${legsText([first, ...others])} ${others.length === 0 ? 'is' : 'are'} open again. Result ${netCredit}, fees ${fee}.`,
  closedByRule: ({ leftQty, netCredit, fee, others = [], stays = [], ...first }) => {
    const rest =
      stays.length > 0
        ? `The task manages ${legsText(stays)} from now on`
        : isZero(leftQty)
          ? 'The task is over'
          : `The task manages the other ${leftQty}`;
    return `Closed ${legsText([first, ...others])}: ${cashText(netCredit)}, fees ${fee}. ${rest}.`;
  },
  closedByOwner: ({ symbol, qty, foundSide, goesOnWith }) => {
    const found = foundSide === null ? 'nothing is left' : `the account holds ${foundSide} now`;
    if (goesOnWith) return `${qty} ${symbol} was closed by its owner, ${found}. ${nextText(goesOnWith)}.`;
    return `The task on ${symbol} is over: ${qty} was closed by its owner, ${found}.`;
  },
  changedByOwner: ({ symbol, qty, foundQty }) =>
    `The position in ${symbol} was changed by its owner: the task manages ${foundQty} now, before ${qty}.`,
  grown: ({ symbol, qty, foundQty }) =>
    `More than was entrusted: ${reasonText({ code: 'positionGrown', figures: { symbol, qty, foundQty } })}.`,
  foundSmaller: ({ symbol, reason }) =>
    `The position in ${symbol} was changed by its owner: ${reasonTextOrNothing(reason)}. The task manages the rest.`,
  delivered: ({ symbol, qty, deliveryPrice, payout, fee, goesOnWith }) => {
    const worth = isZero(payout) ? 'worthless' : `${cashText(payout)}, fee ${fee}`;
    return `${qty} ${symbol} was delivered at ${deliveryPrice}: ${worth}. ${nextText(goesOnWith)}.`;
  },
  expiredWithoutRecord: ({ symbol, goesOnWith }) =>
    goesOnWith
      ? `${symbol} has expired; no delivery of it is on record. ${nextText(goesOnWith)}.`
      : `The task on ${symbol} is over: the option has expired; no delivery of it is on record.`,
  deliveryDelayed: ({ reason }) =>
    `${reason === null ? 'a delivery is overdue' : reasonText(reason)}. Still looking; please check the exchange.`,
  positionGone: ({ symbol, reason, goesOnWith }) =>
    goesOnWith
      ? `A leg is gone: ${reasonTextOrNothing(reason)}. ${nextText(goesOnWith)}.`
      : `The task on ${symbol} is over: ${reasonTextOrNothing(reason)}.`,
  personNeeded: ({ symbol, reason, leftover }) =>
    `The task on ${symbol} needs a person: ${reasonTextOrNothing(reason)}. ${leftoverText(leftover)}.`,
  rollsUsedUp: ({ symbol, rolls }) => `The task on ${symbol} is over: all ${rolls} rolls are used up.`,
  orderUnresolved: ({ linkId, symbol, forMs, reason }) =>
    `Order ${linkId} of the task on ${symbol} is unresolved for ${Math.floor(forMs / 60_000)} min: ${reasonText(reason)}. Still looking; please check the exchange.`,
  answerNotUnderstood: ({ linkId, symbol, cause }) =>
    `Whether order ${linkId} of the task on ${symbol} was placed is not known: ${reasonText(cause)}. It is looked up.`,
};

const wishes: Sentences<WishAlertFigures> = {
  leftAsItIs: ({ symbol, standing }) =>
    `The task on ${symbol} is over, left as it is because a person wants so${standing === null ? '' : `: ${standingText(standing)}`}.`,
  closesAgainTooLate: ({ symbol, noWayBack }) =>
    `${symbol} is not closed again: ${noWayBackText(noWayBack)}. The roll goes on.`,
  reopenCameTooLate: ({ symbol, noWayBack }) =>
    `${symbol} is not opened again: ${noWayBackText(noWayBack)}. The roll goes on.`,
};

const rules: Sentences<RuleAlertFigures> = {
  ruleHolds: ({ symbol, rule, trigger }) => `${symbol}: ${rule}: ${triggerText(trigger)}.`,
};

const edits: Sentences<EditAlertFigures> = {
  removed: (position) =>
    `The task on ${position.symbol} was removed: ${managedText(position)} ${isLeftText(position)}, and no longer watched.`,
};

const seenStops: Sentences<SeenStopAlertFigures> = {
  emergencyStopMissing: ({ symbol, reason }) =>
    `The emergency stop of the task on ${symbol} does not stand at the exchange: ${reasonText(reason)}. The task goes on; its rules act as long as a daemon runs.`,
  emergencyStopStands: ({ symbol, mark }) =>
    `The emergency stop of the task on ${symbol} stands at the exchange again, at a mark of ${mark}.`,
};

const stops: Sentences<StopAlertFigures> = {
  stoppedOut: ({ symbol, stop, closedQty, leftQty, goesOnAt, goesOnWith }) => {
    const before = isZero(closedQty)
      ? ''
      : ` The roll had closed ${closedQty} of it before; nothing more is opened.`;
    const next = isZero(leftQty)
      ? goesOnAt
        ? `The task goes on with ${legsText([goesOnAt])}`
        : nextText(goesOnWith)
      : `The task manages the other ${leftQty}`;
    return `Stopped out: ${stoppedText(symbol, stop)}.${before} ${next}.`;
  },
};

const covers: Sentences<CoverAlertFigures> = {
  uncovered: ({ short, ...cover }) =>
    `${legsText(short)} is short, and ${coverText(cover)}. No roll opens as much again until it is covered.`,
  coveredAgain: ({ short, holding, qty }) => `${legsText(short)} is covered again: by ${qty} ${holding}.`,
};

const hint = 'None of its tasks can roll until a person has ended that.';

const account: Sentences<AccountAlertFigures> = {
  accountBarred: ({ name, said }) => `Account ${name} cannot trade: ${said}. ${hint}`,
  accountStillBarred: ({ name, said, forMs }) =>
    `Account ${name} still cannot trade, for ${durationText(forMs)} now: ${said}. ${hint}`,
  accountTrades: ({ name, said, forMs }) =>
    `Account ${name} can trade again, after ${durationText(forMs)}. Its last refusal was: ${said}.`,
  ordersPassAgain: ({ name, said }) =>
    `No order of account ${name} was refused for an hour, and nothing else is: the next order will show. Its last refusal was: ${said}.`,
};

const broken: Sentences<BrokenTaskFigures> = {
  taskSetAside: ({ name, taskId, problem }) =>
    `Task ${taskId} of account ${name} is set aside, nothing watches it: ${problem}. Its position and its orders stay as they are; the other tasks go on. It is tried again every ten seconds.`,
  taskManagedAgain: ({ name, taskId }) => `Task ${taskId} of account ${name} is managed again.`,
};

const calendar: Sentences<CalendarAlertFigures> = {
  calendarFails: ({ name, problem, asOfMs, forMs }) => {
    const why = problem === null ? 'the daemon has none' : problem;
    const consequence =
      asOfMs === null
        ? 'Tasks with notDuring: events do not trade until it can be read'
        : `What it said on ${new Date(asOfMs).toISOString().slice(0, 16).replace('T', ' ')} UTC goes on to be used`;
    return `Account ${name}: the calendar of events cannot be read, for ${durationText(forMs)} now: ${why}. ${consequence}.`;
  },
  calendarIsRead: ({ name }) => `Account ${name}: the calendar of events can be read again.`,
};

const halts: Sentences<HaltAlertFigures> = {
  tradingHalted: ({ name, halt }) =>
    `Account ${name}: ${haltText(halt)}. No roll begins; one under way is brought to where nothing is missing, or broken off.`,
  tradingResumed: ({ name, by, halts: left }) =>
    left.length === 0
      ? `Account ${name}: trading was resumed by ${by}. Its tasks roll again from the next price on.`
      : `Account ${name}: a halt was lifted by ${by}, but ${left.map(haltText).join(', and ')}.`,
  accessEnds: ({ user, untilMs }) =>
    `The access of ${user} ends at ${minuteText(untilMs)} UTC. From then on no roll of ${user} begins.`,
  accessEnded: ({ user, untilMs }) =>
    `The access of ${user} has ended at ${minuteText(untilMs)} UTC. No roll of ${user} begins until it is prolonged.`,
};

type AlertFigures = RollAlertFigures &
  RuleAlertFigures &
  WishAlertFigures &
  EditAlertFigures &
  CalendarAlertFigures &
  BrokenTaskFigures &
  CoverAlertFigures &
  typeof leg2Sentences &
  typeof bothSentences &
  KeyAlertFigures &
  typeof approvalSentences &
  typeof noticeSentences &
  AccountAlertFigures &
  HaltAlertFigures;

const sentences: Readonly<Record<keyof AlertFigures, (figures: never) => string>> = {
  ...roll,
  ...rules,
  ...wishes,
  ...edits,
  ...leg2Sentences,
  ...bothSentences,
  ...approvalSentences,
  ...account,
  ...keySentences,
  ...calendar,
  ...broken,
  ...stops,
  ...seenStops,
  ...covers,
  ...noticeSentences,
  ...halts,
};

/** As it is stored, with code and figures: also one that a newer program stored, whose code has no sentence here. */
export function alertText({ code, figures }: Pick<Alert, 'code' | 'figures'>): string {
  const say = (sentences as Readonly<Record<string, ((figures: never) => string) | undefined>>)[code];
  return say ? say(figures as never) : plainReason({ code, figures });
}
