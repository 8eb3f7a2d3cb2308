/**
 * Decides what the next leg of a roll would be, from one reading of the market: what a plan is, and the plan of leg 1.
 * Pure: the saga executes exactly what is planned here, and a preview shows exactly that. A refusal is an answer with a
 * reason that a user can read.
 */
import type { RefusalScope } from '../errors.ts';
import { marginOfRoll, type MarginSteps } from '../market/margin.ts';
import type { Side } from '../market/order.ts';
import { compare, isPositive, isZero, type DecimalString } from '../money.ts';
import type { Cause, MarketReading } from '../orders/outcomes.ts';
import {
  isGuardName,
  isWaiting,
  judgeMoment,
  judgePrices,
  type DayCount,
  type GuardName,
  type GuardReason,
  type Verdict,
} from '../rules/guards.ts';
import {
  chooseTarget,
  rankTargets,
  type Preference,
  type Target,
  type TargetChoice,
} from '../rules/targets.ts';
import {
  orderIn,
  type MarketMoment,
  type OrderingTask,
  type OrderOrProblem,
  type OrderPlan,
} from './leg-order.ts';
import { leftToClose } from './roll.ts';
import type { PassedOver, RollReason } from './roll-reasons.ts';

export type LegPlan =
  | {
      readonly kind: 'order';
      readonly order: OrderPlan;
      /** `null`: nothing is opened afterwards. */
      readonly toSymbol: string | null;
      readonly toStrike: DecimalString | null;
      readonly toExpiryMs: number | null;
      /** Best first, at most `passedOverMax`. */
      readonly passedOver: readonly PassedOver[];
      /** The preference of the target that decided for it, where one had to. */
      readonly decidedBy?: Preference;
    }
  | {
      readonly kind: 'refused';
      readonly reason: RollReason;
      /** Why the exchange refused the leg's last order, when it did. */
      readonly refusal?: RefusalScope | null;
      /** The exchange takes no request before this time. */
      readonly notBeforeMs?: number;
    }
  /** What fired the roll is not what the exchange says when it is asked anew. */
  | { readonly kind: 'unconfirmed'; readonly reason: RollReason }
  /** The market could not be read: nothing was tried. */
  | {
      readonly kind: 'unread';
      readonly reason: Cause;
      /** The account may not trade. */
      readonly refusal?: 'account';
      readonly notBeforeMs?: number;
    }
  /** The options of the roll have expired: what is not open yet never will be. */
  | { readonly kind: 'expired'; readonly reason: RollReason }
  /** The account does not show what the task manages: it is looked at again before that is believed. */
  | { readonly kind: 'unsure'; readonly reason: RollReason }
  /** The old position is no longer there at all: its owner closed it, or it expired. */
  | { readonly kind: 'gone'; readonly reason: RollReason }
  /** The account holds less than the task manages, or the other way round: its owner traded. */
  | {
      readonly kind: 'mismatch';
      readonly reason: RollReason;
      readonly found: { readonly side: Side; readonly qty: DecimalString };
    };

type Planned = { readonly plan: LegPlan | null };

/** Why there is no order; `null` when there is one, or no plan. */
export const reasonOf = ({ plan }: Planned): RollReason | null =>
  plan && plan.kind !== 'order' ? plan.reason : null;

/** The guard that forbids the roll; `null` when none does. */
export const guardOf = ({ plan }: Planned): GuardName | null =>
  plan?.kind === 'refused' && isGuardName(plan.reason.code) ? plan.reason.code : null;

/** Why the exchange refused the leg's last order, or to show what it is planned on; `null` when it did not. */
export const refusalOf = ({ plan }: Planned): RefusalScope | null =>
  plan?.kind === 'refused' || plan?.kind === 'unread' ? (plan.refusal ?? null) : null;

/** Before this time no request is worth sending; 0 when nothing is known of such a time. */
export const notBeforeMsOf = ({ plan }: Planned): number =>
  plan?.kind === 'refused' || plan?.kind === 'unread' ? (plan.notBeforeMs ?? 0) : 0;

export interface PlanningTask extends OrderingTask {
  readonly farthestStrike: DecimalString;
  readonly rollsOnDay: DayCount;
}

type RefusedPlan = Extract<LegPlan, { kind: 'refused' }>;
/** The plan to do nothing, for this reason. */
export const refused = (reason: RollReason): RefusedPlan => ({ kind: 'refused', reason });

/** Everything that leg 1 is decided on; what could not be looked at is `null`. */
export interface Examination {
  readonly plan: LegPlan;
  readonly closing: OrderPlan | null;
  readonly opening: OrderPlan | null;
  readonly verdicts: readonly Verdict[];
  readonly margin: MarginSteps | null;
}

const noExamination = { closing: null, opening: null, verdicts: [], margin: null };
const only = (plan: LegPlan): Examination => ({ plan, ...noExamination });

/** Leg 1: buy back (or sell) what is left of the old option, if the target could be opened now. */
export const planLeg1 = (task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan =>
  examine(task, reading, nowMs).plan;

/** Leg 1 with everything it was decided on; for a preview, and for `planLeg1`. */
export function examine(task: PlanningTask, reading: MarketReading, nowMs: number): Examination {
  const { held, roll, spec } = task;
  const qty = leftToClose(roll);
  const position = reading.positions.find(({ symbol }) => symbol === held.symbol);
  if (!position?.side)
    return only({ kind: 'gone', reason: { code: 'positionGone', figures: { symbol: held.symbol } } });
  if (position.side !== held.side || compare(position.qty, qty) < 0) {
    const found = { side: position.side, qty: position.qty };
    const figures = {
      symbol: held.symbol,
      side: held.side,
      qty,
      foundSide: found.side,
      foundQty: found.qty,
    };
    return only({ kind: 'mismatch', reason: { code: 'positionMismatch', figures }, found });
  }
  const closing = closingOrderOf(task, { reading, nowMs });
  const isUnderWay = !isZero(roll.closed.executedQty);
  if (spec.target === null || (isUnderWay && roll.closesOnly))
    return examineClose(task, closing, isUnderWay ? null : nowMs);
  return examineRoll(task, { target: spec.target, closing }, { reading, nowMs });
}

const closingOrderOf = (task: PlanningTask, moment: MarketMoment): OrderOrProblem =>
  orderIn(
    task,
    { leg: 'close', symbol: task.held.symbol, qty: leftToClose(task.roll), within: 'bound' },
    moment,
  );

/** @param nowMs `null` when it has begun: then it is completed whatever the hour */
function examineClose(task: PlanningTask, closing: OrderOrProblem, nowMs: number | null): Examination {
  if ('problem' in closing) return only(refused(closing.problem));
  const verdicts = nowMs === null ? [] : judgeMoment(task.spec.guards, { ...task, nowMs });
  const plan = forbidden(verdicts) ?? closingPlan(closing.order);
  return { plan, closing: closing.order, opening: null, verdicts, margin: null };
}

const nothingOpened = { toSymbol: null, toStrike: null, toExpiryMs: null, passedOver: [] };
const closingPlan = (order: OrderPlan): LegPlan => ({ kind: 'order', order, ...nothingOpened });

function examineRoll(
  task: PlanningTask,
  { target: wanted, closing }: { readonly target: Target; readonly closing: OrderOrProblem },
  at: MarketMoment,
): Examination {
  const { roll, spec } = task;
  const { guards } = spec;
  // A roll that has begun is completed: half of it was never what a guard asked for.
  const isUnderWay = !isZero(roll.closed.executedQty);
  const moment = isUnderWay ? [] : judgeMoment(guards, { ...task, nowMs: at.nowMs });
  const target = targetOf(task, wanted, at);
  const opening: OrderOrProblem =
    target.kind === 'refused'
      ? { problem: target.reason }
      : openingOrderOf(task, target.option.instrument.symbol, at);
  const closingOrder = 'order' in closing ? closing.order : null;
  const openingOrder = 'order' in opening ? opening.order : null;
  const judged =
    'order' in closing && 'order' in opening ? judgeOrders(task, { closing, opening }, at.reading) : null;
  const margin = judged?.margin ?? null;
  const prices = isUnderWay ? [] : (judged?.verdicts ?? []);
  const verdicts = [...moment, ...prices];
  const found = { closing: closingOrder, opening: openingOrder, verdicts, margin };
  const mayClose = guards.whenRefused === 'close' && !isUnderWay && closingOrder !== null;
  const orClose = (plan: LegPlan): Examination => {
    const waits = forbidden(moment) ?? (isWaiting(guardOf({ plan })) ? plan : null);
    return { ...found, plan: waits ?? (mayClose ? closingPlan(closingOrder) : plan) };
  };
  if (target.kind === 'refused') return orClose(target);
  if ('problem' in opening)
    return orClose(refused({ code: 'targetProblem', figures: { problem: opening.problem } }));
  if ('problem' in closing) return { ...found, plan: refused(closing.problem) };
  const refusal = forbidden(verdicts);
  if (refusal !== null) return orClose(refusal);
  const { symbol, strike, expiryMs } = target.option.instrument;
  const to = { toSymbol: symbol, toStrike: strike, toExpiryMs: expiryMs };
  const decided = target.decidedBy === null ? {} : { decidedBy: target.decidedBy };
  return { ...found, plan: { kind: 'order', order: closing.order, ...to, passedOver: [], ...decided } };
}

/** Leg 2 as leg 1 looks ahead to it: what is closed now must be possible to open at once. */
const openingOrderOf = (task: PlanningTask, symbol: string, moment: MarketMoment): OrderOrProblem =>
  orderIn(task, { leg: 'open', symbol, qty: leftToClose(task.roll), within: 'farTouch' }, moment);

type Priced = Extract<OrderOrProblem, { order: OrderPlan }>;

/** What both legs do to the margin, and what the guards of prices say to that. */
function judgeOrders(
  { held, spec, farthestStrike }: PlanningTask,
  { closing, opening }: { readonly closing: Priced; readonly opening: Priced },
  reading: MarketReading,
): { readonly margin: MarginSteps; readonly verdicts: readonly Verdict[] } {
  const margin = marginOfRoll(reading.margin, { held, closing: closing.order, opening: opening.order });
  const verdicts = judgePrices(spec.guards, {
    held,
    qty: closing.order.qty,
    margin,
    farthestStrike,
    old: closing.order.quote,
    next: opening.order.quote,
    nextStrike: opening.instrument.strike,
  });
  return { margin, verdicts };
}

/** What the first guard that does not pass has looked at. */
function refusalAmong(verdicts: readonly Verdict[]): GuardReason | null {
  const refusal = verdicts.find(({ passes }) => !passes);
  return refusal ? ({ code: refusal.code, figures: refusal.figures } as GuardReason) : null;
}

const forbidden = (verdicts: readonly Verdict[], refusal = refusalAmong(verdicts)): LegPlan | null =>
  refusal && refused(refusal);

export interface JudgedCandidate {
  readonly symbol: string;
  /** Why the roll could not go there now; `null` when it could. */
  readonly problem: RollReason | null;
  /** Of the wanted one, the preference that decided for it. */
  readonly decidedBy: Preference | null;
}

/** The wanted option and what could take its place, best first, each judged as if it were the target. */
export function judgeCandidates(
  task: PlanningTask,
  reading: MarketReading,
  nowMs: number,
): readonly JudgedCandidate[] {
  const { spec, held } = task;
  if (spec.target === null) return [];
  const at = { reading, nowMs };
  const choice = targetOf(task, spec.target, at);
  if (choice.kind === 'refused') return [];
  const closing = closingOrderOf(task, at);
  return rankTargets(held, choice.option.instrument, reading.chain).map((symbol, rank) => {
    const opening = openingOrderOf(task, symbol, at);
    const decidedBy = rank === 0 ? choice.decidedBy : null;
    if ('problem' in opening) return { symbol, problem: opening.problem, decidedBy };
    if ('problem' in closing) return { symbol, problem: null, decidedBy };
    const { verdicts } = judgeOrders(task, { closing, opening }, reading);
    return { symbol, problem: refusalAmong(verdicts), decidedBy };
  });
}

/** Where a roll that is under way was going, else by the task's rule. */
function targetOf(
  { spec, held, roll }: PlanningTask,
  target: Target,
  { reading: { chain }, nowMs }: MarketMoment,
): TargetChoice | RefusedPlan {
  const fixed = isPositive(roll.closed.executedQty) ? roll.toSymbol : null;
  const { allowWrongWay } = spec.guards;
  if (fixed === null)
    return chooseTarget({ held, target, nowMs, qty: leftToClose(roll), allowWrongWay }, chain);
  const option = chain.find(({ instrument }) => instrument.symbol === fixed);
  return option
    ? { kind: 'target', option, decidedBy: null }
    : refused({ code: 'notListed', figures: { symbol: fixed } });
}
