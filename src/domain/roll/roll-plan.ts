/**
 * Decides what the next leg of a roll would be, from one reading of the market: what a plan is, and the plan of leg 1.
 * Pure: the saga executes exactly what is planned here, and a preview shows exactly that. A refusal is an answer with a
 * reason that a user can read.
 */
import type { RefusalScope } from '../errors.ts';
import { marginOfRoll, type MarginSteps } from '../market/margin.ts';
import type { Side } from '../market/order.ts';
import { compare, isPositive, isZero, subtract, type DecimalString } from '../money.ts';
import type { Cause, MarketReading } from '../orders/outcomes.ts';
import {
  isGuardName,
  isWaiting,
  judgeMoment,
  judgePrices,
  type DayCount,
  type GuardName,
  type GuardReason,
  type RollMoment,
  type Verdict,
} from '../rules/guards.ts';
import { quantityOf, scaled, type RollAction } from '../rules/rule.ts';
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
import type { Roll } from './roll.ts';
import type { PassedOver, RollReason } from './roll-reasons.ts';
import type { DueTerms } from './terms.ts';

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
      /** What leg 1 settles for the whole roll; absent in plans of leg 2. */
      readonly settles?: RollSettled;
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
      /** No alert is sent of it. */
      readonly isSilent?: true;
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

/** Quantities in base coin. */
export interface RollSettled {
  /** Place of the rule that the roll is executed by; `null` for what a person asked for. */
  readonly rule: number | null;
  /** To be closed. */
  readonly qty: DecimalString;
  /** To be opened. */
  readonly openQty: DecimalString;
}

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
  readonly terms: DueTerms;
  /** By the task until now. */
  readonly rollsDone: number;
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
  const { held, roll, terms } = task;
  const qty = subtract(held.qty, roll.closed.executedQty);
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
  const at = { reading, nowMs };
  if (terms.action.kind === 'close' || (isUnderWay(roll) && roll.closesOnly)) return examineClose(task, at);
  return examineRoll(task, terms.action, at);
}

/** A roll that has begun is completed: half of it was never what a guard asked for. */
const isUnderWay = (roll: Roll): boolean => !isZero(roll.closed.executedQty);

/** How much is closed and opened: as settled when the roll began, else what the action says. Quantities in base coin. */
function settledBy(
  { terms: { rule, action }, held, roll, rollsDone }: PlanningTask,
  { chain }: MarketReading,
): RollSettled {
  if (isUnderWay(roll)) return { rule, qty: roll.qty, openQty: roll.openQty };
  const qtyStep =
    chain.find(({ instrument }) => instrument.symbol === held.symbol)?.instrument.qtyStep ?? '0';
  if (action.kind === 'close') return { rule, qty: quantityOf(action.qty, held.qty, qtyStep), openQty: '0' };
  return { rule, qty: held.qty, openQty: quantityOf(scaled(action, rollsDone), held.qty, qtyStep) };
}

function closingOrderOf(task: PlanningTask, qty: DecimalString, moment: MarketMoment): OrderOrProblem {
  const { held, roll } = task;
  const left = subtract(qty, roll.closed.executedQty);
  return orderIn(task, { leg: 'close', symbol: held.symbol, qty: left, within: 'bound' }, moment);
}

function examineClose(task: PlanningTask, at: MarketMoment): Examination {
  const settles = settledBy(task, at.reading);
  const closing = closingOrderOf(task, settles.qty, at);
  if ('problem' in closing) return only(refused(closing.problem));
  const verdicts = isUnderWay(task.roll) ? [] : judgeMoment(task.terms.guards, momentOf(task, at));
  const plan = forbidden(verdicts) ?? closingPlan(closing.order, settles);
  return { plan, closing: closing.order, opening: null, verdicts, margin: null };
}

const momentOf = (
  { held, rollsOnDay }: PlanningTask,
  { reading: { calendar }, nowMs }: MarketMoment,
): RollMoment => ({ nowMs, held, rollsOnDay, ...(calendar && { calendar }) });

const nothingOpened = { toSymbol: null, toStrike: null, toExpiryMs: null, passedOver: [] };
const closingPlan = (order: OrderPlan, settles: RollSettled): LegPlan => ({
  kind: 'order',
  order,
  ...nothingOpened,
  settles: { ...settles, openQty: '0' },
});

function examineRoll(task: PlanningTask, { target: wanted }: RollAction, at: MarketMoment): Examination {
  const { roll, terms } = task;
  const { guards } = terms;
  const moment = isUnderWay(roll) ? [] : judgeMoment(guards, momentOf(task, at));
  const settles = settledBy(task, at.reading);
  const closing = closingOrderOf(task, settles.qty, at);
  const target = targetOf(task, wanted, at);
  const opening: OrderOrProblem =
    target.kind === 'refused'
      ? { problem: target.reason }
      : openingOrderOf(task, target.option.instrument.symbol, { ...at, settles });
  const closingOrder = 'order' in closing ? closing.order : null;
  const openingOrder = 'order' in opening ? opening.order : null;
  const judged =
    'order' in closing && 'order' in opening ? judgeOrders(task, { closing, opening }, at.reading) : null;
  const margin = judged?.margin ?? null;
  const prices = isUnderWay(roll) ? [] : (judged?.verdicts ?? []);
  const verdicts = [...moment, ...prices];
  const found = { closing: closingOrder, opening: openingOrder, verdicts, margin };
  const mayClose = guards.whenRefused === 'close' && !isUnderWay(roll) && closingOrder !== null;
  const orClose = (plan: LegPlan): Examination => {
    const waits = forbidden(moment) ?? (isWaiting(guardOf({ plan })) ? plan : null);
    return { ...found, plan: waits ?? (mayClose ? closingPlan(closingOrder, settles) : plan) };
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
  const plan = { kind: 'order', order: closing.order, ...to, passedOver: [], settles, ...decided } as const;
  return { ...found, plan };
}

/** Leg 2 as leg 1 looks ahead to it: what is closed now must be possible to open at once. */
function openingOrderOf(
  task: PlanningTask,
  symbol: string,
  { settles, ...moment }: MarketMoment & { readonly settles: RollSettled },
): OrderOrProblem {
  const qty = subtract(settles.openQty, task.roll.opened.executedQty);
  return orderIn(task, { leg: 'open', symbol, qty, within: 'farTouch' }, moment);
}

type Priced = Extract<OrderOrProblem, { order: OrderPlan }>;

/** What both legs do to the margin, and what the guards of prices say to that. */
function judgeOrders(
  { held, terms, farthestStrike }: PlanningTask,
  { closing, opening }: { readonly closing: Priced; readonly opening: Priced },
  reading: MarketReading,
): { readonly margin: MarginSteps; readonly verdicts: readonly Verdict[] } {
  const margin = marginOfRoll(reading.margin, { held, closing: closing.order, opening: opening.order });
  const verdicts = judgePrices(terms.guards, {
    held,
    qty: closing.order.qty,
    openQty: opening.order.qty,
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
  const { terms, held } = task;
  if (terms.action.kind === 'close') return [];
  const at = { reading, nowMs };
  const choice = targetOf(task, terms.action.target, at);
  if (choice.kind === 'refused') return [];
  const settles = settledBy(task, reading);
  const closing = closingOrderOf(task, settles.qty, at);
  return rankTargets(held, choice.option.instrument, reading.chain).map((symbol, rank) => {
    const opening = openingOrderOf(task, symbol, { ...at, settles });
    const decidedBy = rank === 0 ? choice.decidedBy : null;
    if ('problem' in opening) return { symbol, problem: opening.problem, decidedBy };
    if ('problem' in closing) return { symbol, problem: null, decidedBy };
    const { verdicts } = judgeOrders(task, { closing, opening }, reading);
    return { symbol, problem: refusalAmong(verdicts), decidedBy };
  });
}

/** Where a roll that is under way was going, else by the task's rule. */
function targetOf(
  task: PlanningTask,
  target: Target,
  { reading, nowMs }: MarketMoment,
): TargetChoice | RefusedPlan {
  const { terms, held, roll } = task;
  const { chain } = reading;
  const fixed = isPositive(roll.closed.executedQty) ? roll.toSymbol : null;
  const { allowWrongWay } = terms.guards;
  const { qty, openQty } = settledBy(task, reading);
  if (fixed === null) return chooseTarget({ held, target, nowMs, qty, openQty, allowWrongWay }, chain);
  const option = chain.find(({ instrument }) => instrument.symbol === fixed);
  return option
    ? { kind: 'target', option, decidedBy: null }
    : refused({ code: 'notListed', figures: { symbol: fixed } });
}
