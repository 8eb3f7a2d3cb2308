/**
 * What the saga knows and how one step changes it: plan, freeze, count. Pure, so that the chart only says which step
 * follows which.
 */
import type { RollEvent } from './events.ts';
import { openGap } from './gap.ts';
import { dayOf, type DayCount } from './guards.ts';
import type { HeldOption } from './held-option.ts';
import { openLedger, type Ledger } from './ledger.ts';
import { isPositive, isZero } from './money.ts';
import { parseOptionSymbol } from './option-symbol.ts';
import type { Margin } from './order.ts';
import type { OrderOutcome } from './order-progress.ts';
import type { MarketQuestion, MarketReading, ReadAnswer, Stamp, Stamped } from './outcomes.ts';
import { isToBeTold, noted, told, type Reason } from './reasons.ts';
import { backOffAfter, countOrder, isNaked, startRoll, type Roll, type RollSummary } from './roll.ts';
import { orderEnded } from './roll-messages.ts';
import {
  notBeforeMsOf,
  reasonOf,
  refusalOf,
  type LegPlan,
  type OrderPlan,
  type planLeg1,
} from './roll-plan.ts';
import { alternativesMax } from './targets.ts';
import type { TaskSpec } from './task-spec.ts';
import type { HeldSince, Trigger } from './triggers.ts';

export interface RollInput {
  readonly taskId: string;
  readonly spec: TaskSpec;
  readonly held: HeldOption;
}

export interface RollContext extends RollInput {
  /** Where the trigger stands now; what it says of the underlying's price moves with the strike. */
  readonly trigger: Trigger;
  /** Since when conditions hold that have to go on holding. */
  readonly heldSince: HeldSince;
  readonly rollsDone: number;
  readonly rollsOnDay: DayCount;
  /** The farthest strike ever held, in the direction in which the option rolls. */
  readonly farthestStrike: string;
  readonly roll: Roll | null;
  /** What the last reading of the market led to. */
  readonly plan: LegPlan | null;
  /** Since when the account does not show the position that the task cares for; `null` while it does. */
  readonly missingSinceMs: number | null;
  /** The account's margin at that reading. */
  readonly margin: Margin | null;
  /** The index, where it was known, and what was reached, when the waiting for confirmation or the roll started. */
  readonly triggeredPrice: string;
  readonly triggeredBy: string;
  readonly wakeAtMs: number;
  /** The owner asked for a pause while a roll was under way; it holds once the roll has ended. */
  readonly pauseWanted: boolean;
  /** Why the last attempts did not roll, for people; newest first. */
  readonly reasons: readonly Reason[];
  readonly lastRoll: RollSummary | null;
  readonly ledger: Ledger;
}

/** Leg 1 asks whether the target can be had, unless a part of the roll is open already, wherever that is. */
export const leg1Question = (context: RollContext): MarketQuestion =>
  isZero(context.roll?.opened.executedQty ?? '0') ? questionOf(context, 0) : leg2Question(context);

export const leg2Question = (context: RollContext): MarketQuestion => questionOf(context, alternativesMax);

const questionOf = ({ held, spec, roll }: RollContext, alternatives: number): MarketQuestion => ({
  held: { symbol: held.symbol, expiryMs: held.expiryMs },
  target: roll?.closesOnly ? null : spec.target,
  alternatives,
});

type Failed = Extract<ReadAnswer<MarketReading>, { kind: 'failed' }>;

export function planned(
  context: RollContext,
  answer: Stamped<ReadAnswer<MarketReading>>,
  plan: typeof planLeg1,
): Partial<RollContext> {
  const { taskId, spec, held, roll, farthestStrike, rollsOnDay } = context;
  if (roll === null) return {};
  if (answer.kind === 'failed') return { wakeAtMs: answer.atMs, plan: unread(answer) };
  const task = { taskId, spec, held, roll, farthestStrike, rollsOnDay };
  const made = plan(task, answer.value, answer.atMs);
  return { wakeAtMs: answer.atMs, margin: answer.value.margin, ...believed(context, made, answer.atMs) };
}

const unread = ({ reason, refusal, notBeforeMs }: Failed): LegPlan => ({
  ...{ kind: 'unread', reason },
  ...(refusal && { refusal }),
  ...(notBeforeMs !== undefined && { notBeforeMs }),
});

/** Lists of positions may lag behind what was traded (bybit-v5.md §4.7, §7). */
const missingProvenAfterMs = 10_000;

/** A position that is not there, or not as it should be, is believed to be so once it was seen so for a while. */
function believed(context: RollContext, plan: LegPlan, atMs: number): Partial<RollContext> {
  if (plan.kind !== 'gone' && plan.kind !== 'mismatch') return { plan, missingSinceMs: null };
  const missingSinceMs = context.missingSinceMs ?? atMs;
  if (atMs - missingSinceMs >= missingProvenAfterMs) return { plan, missingSinceMs };
  return { plan: { kind: 'unsure', reason: plan.reason }, missingSinceMs };
}

/** From here on the order's id, quantity and limit are in the context, before anything is sent. */
export function frozen({ roll, plan }: RollContext, leg: 'closed' | 'opened'): Partial<RollContext> {
  if (roll === null || plan?.kind !== 'order') return {};
  const tally = { ...roll[leg], attempts: roll[leg].attempts + 1 };
  if (leg === 'opened') return { roll: { ...roll, opened: tally, toExpiryMs: plan.toExpiryMs } };
  return { roll: { ...roll, closed: tally, toSymbol: plan.toSymbol, closesOnly: plan.toSymbol === null } };
}

export const closed = (context: RollContext, outcome: OrderOutcome): Partial<RollContext> =>
  counted(context, 'closed', outcome);
export const opened = (context: RollContext, outcome: OrderOutcome): Partial<RollContext> =>
  counted(context, 'opened', outcome);

function counted(
  { roll }: RollContext,
  leg: 'closed' | 'opened',
  outcome: OrderOutcome,
): Partial<RollContext> {
  if (roll === null) return {};
  const isCloser = leg === 'closed' && isPositive(outcome.executedQty);
  const isOpenThere = leg === 'opened' && isPositive(outcome.executedQty);
  const counted = {
    ...roll,
    [leg]: countOrder(roll[leg], outcome),
    toSymbol: isOpenThere ? outcome.symbol : roll.toSymbol,
    failures: isCloser ? 0 : roll.failures,
    failedTries: isCloser ? 0 : roll.failedTries,
  };
  return {
    wakeAtMs: outcome.atMs,
    plan: outcome.result === 'filled' ? null : refusedAs(outcome),
    roll: { ...counted, gap: isNaked(counted) ? (roll.gap ?? openGap(outcome.atMs)) : null },
  };
}

const refusedAs = (outcome: OrderOutcome): LegPlan => ({
  ...{ kind: 'refused', reason: orderEnded(outcome), refusal: outcome.refusal },
  ...(outcome.notBeforeMs !== undefined && { notBeforeMs: outcome.notBeforeMs }),
});

/** Leg 1 was refused for its price alone: it is planned again while the roll is no older than an order may get. */
export const mayPriceAnew = ({ plan, roll, spec, wakeAtMs }: RollContext): boolean =>
  plan?.kind === 'refused' &&
  plan.refusal === 'price' &&
  roll !== null &&
  wakeAtMs < roll.startedAtMs + spec.execution.deadlineMs;

export function orderOf({ plan }: RollContext): OrderPlan {
  if (plan?.kind !== 'order') throw new Error('an order is worked only when the plan stands');
  return plan.order;
}

export const firstRollContext = (input: RollInput): RollContext => ({
  ...input,
  trigger: input.spec.trigger,
  heldSince: {},
  rollsDone: 0,
  rollsOnDay: { day: 0, count: 0 },
  farthestStrike: parseOptionSymbol(input.held.symbol).strike,
  roll: null,
  plan: null,
  missingSinceMs: null,
  margin: null,
  triggeredPrice: '',
  triggeredBy: '',
  wakeAtMs: 0,
  pauseWanted: false,
  reasons: [],
  lastRoll: null,
  ledger: openLedger(input.held),
});

export const locked = (
  { taskId, triggeredPrice, triggeredBy, held }: RollContext,
  { atMs, version }: Stamp,
): Partial<RollContext> => ({
  heldSince: {},
  roll: startRoll({ taskId, version, atMs, indexPrice: triggeredPrice, because: triggeredBy, held }),
});

/** Why there was no roll, when its turn came. */
export const refusedAt = (context: RollContext): Partial<RollContext> => ({
  reasons: noted(context.reasons, {
    code: codeOf(context.plan),
    text: reasonOf(context),
    atMs: context.wakeAtMs,
  }),
});

/** The same guard again is the same answer, whatever its figures are now. */
const codeOf = (plan: LegPlan | null): string =>
  plan?.kind === 'refused'
    ? (plan.guard ?? plan.refusal ?? gistOf(plan.reason))
    : (refusalOf({ plan }) ?? plan?.kind ?? '');

const gistOf = (reason: string): string => reason.replaceAll(/\d[\d.]*/g, '#');

/** What an order was answered, in words that nothing is known about, is a reason like any other. */
export const answerNoted = (context: RollContext, event: RollEvent): Partial<RollContext> =>
  event.type === 'ORDER_IN_DOUBT'
    ? {
        reasons: noted(context.reasons, { code: answerCode(event.said), text: event.said, atMs: event.atMs }),
      }
    : {};

/** The same answer to the next try is the same answer, whatever the order is called. */
const answerCode = (said: string): string => gistOf(said.slice(said.indexOf(': ') + 1));

/** It was not told yet, by this try or the last ones. */
export const isAnswerNews = (context: RollContext, event: RollEvent): boolean =>
  event.type === 'ORDER_IN_DOUBT' &&
  isToBeTold(answerNoted(context, event).reasons ?? []) &&
  !context.reasons.some(({ code, toldAtMs }) => code === answerCode(event.said) && toldAtMs !== null);

/**
 * A guard that refuses in silence is looked up by whoever wants to know (`task why`). That the account may not trade is
 * told once for all of its tasks.
 */
export const isRefusalTold = ({ spec, plan, reasons }: RollContext): boolean => {
  if (refusalOf({ plan }) === 'account') return false;
  const isGuarded = plan?.kind === 'refused' && plan.guard !== undefined;
  return isToBeTold(reasons) && !(isGuarded && spec.guards.whenRefused === 'skip');
};

export const toldWhyNot = ({ reasons }: RollContext): Partial<RollContext> => ({ reasons: told(reasons) });

/** One more roll on the day on which it ended. */
export const countedOnDay = ({ rollsOnDay }: RollContext, atMs: number): DayCount => {
  const day = dayOf(atMs);
  return { day, count: rollsOnDay.day === day ? rollsOnDay.count + 1 : 1 };
};

export const coolingDown = ({ spec, wakeAtMs }: RollContext): Partial<RollContext> => ({
  wakeAtMs: wakeAtMs + spec.guards.cooldownMs,
});

export const nextRound = ({ roll }: RollContext): Partial<RollContext> =>
  roll === null ? {} : { roll: { ...roll, round: roll.round + 1, failures: 0, failedTries: 0 } };

export function failed({ roll, plan, wakeAtMs }: RollContext): Partial<RollContext> {
  if (roll === null) return {};
  const failures = roll.failures + 1;
  const failedTries = roll.failedTries + (plan?.kind === 'unread' || plan?.kind === 'unsure' ? 0 : 1);
  const nextTryMs = Math.max(wakeAtMs + backOffAfter(failures), notBeforeMsOf({ plan }));
  return { roll: { ...roll, failures, failedTries }, wakeAtMs: nextTryMs };
}
