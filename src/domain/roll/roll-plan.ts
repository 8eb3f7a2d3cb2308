/**
 * Decides what the next leg of a roll would be, from one reading of the market. Pure: the saga executes
 * exactly what is planned here, and a preview shows exactly that. A refusal is an answer with a reason a user can read.
 */
import type { RefusalScope } from '../errors.ts';
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
import type { HeldOption } from '../market/held-option.ts';
import { slippageProblem, type PriceRules } from '../orders/limit-price.ts';
import { marginOfRoll, type MarginSteps } from '../market/margin.ts';
import { compare, isPositive, isZero, type DecimalString } from '../money.ts';
import { opposite, type Instrument, type ListedOption, type Side } from '../market/order.ts';
import type { PricedQuote } from '../market/unit-costs.ts';
import type { Cause, MarketReading } from '../orders/outcomes.ts';
import type { PassedOver, RollReason } from './roll-reasons.ts';
import { refusalNow, refusedAtMs } from '../orders/refused-options.ts';
import { leftToClose, leftToOpen, orderLinkId, targetOption, type Roll } from './roll.ts';
import { chooseTarget, rankTargets, type Target, type TargetChoice } from '../rules/targets.ts';
import type { Execution, TaskSpec } from '../spec/task-spec.ts';
import { openingProblem, tradeProblem } from '../orders/tradability.ts';

/** One order to be worked; everything in it is frozen before anything is sent. */
export interface OrderPlan {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly reduceOnly: boolean;
  readonly execution: Execution;
  readonly rules: PriceRules;
  readonly quote: PricedQuote;
  readonly positionQtyBefore: DecimalString;
  readonly atMs: number;
}

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

export interface PlanningTask {
  readonly taskId: string;
  readonly spec: TaskSpec;
  readonly held: HeldOption;
  readonly roll: Roll;
  readonly farthestStrike: DecimalString;
  readonly rollsOnDay: DayCount;
}

type RefusedPlan = Extract<LegPlan, { kind: 'refused' }>;
const refused = (reason: RollReason): RefusedPlan => ({ kind: 'refused', reason });

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
  const closing = orderIn(task, 'close', held.symbol, qty, reading, nowMs);
  const isUnderWay = !isZero(roll.closed.executedQty);
  if (spec.target === null || (isUnderWay && roll.closesOnly))
    return examineClose(task, closing, isUnderWay ? null : nowMs);
  return examineRoll(task, spec.target, closing, reading, nowMs);
}

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
  wanted: Target,
  closing: OrderOrProblem,
  reading: MarketReading,
  nowMs: number,
): Examination {
  const { held, roll, spec } = task;
  const { guards } = spec;
  // A roll that has begun is completed: half of it was never what a guard asked for.
  const isUnderWay = !isZero(roll.closed.executedQty);
  const moment = isUnderWay ? [] : judgeMoment(guards, { ...task, nowMs });
  const qty = leftToClose(roll);
  const target = targetOf(task, wanted, reading.chain, nowMs);
  const opening: OrderOrProblem =
    target.kind === 'refused'
      ? { problem: target.reason }
      : orderIn(task, 'open', target.option.instrument.symbol, qty, reading, nowMs, true);
  const closingOrder = 'order' in closing ? closing.order : null;
  const openingOrder = 'order' in opening ? opening.order : null;
  const margin =
    closingOrder && openingOrder
      ? marginOfRoll(reading.margin, { held, closing: closingOrder, opening: openingOrder })
      : null;
  const prices =
    closingOrder && 'order' in opening && margin && !isUnderWay
      ? judgePrices(guards, {
          held,
          qty,
          margin,
          farthestStrike: task.farthestStrike,
          old: closingOrder.quote,
          next: opening.order.quote,
          nextStrike: opening.strike,
        })
      : [];
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
  return { ...found, plan: { kind: 'order', order: closing.order, ...to, passedOver: [] } };
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
}

/** The wanted option and what could take its place, best first, each judged as if it were the target. */
export function judgeCandidates(
  task: PlanningTask,
  reading: MarketReading,
  nowMs: number,
): readonly JudgedCandidate[] {
  const { spec, held, roll } = task;
  if (spec.target === null) return [];
  const choice = targetOf(task, spec.target, reading.chain, nowMs);
  if (choice.kind === 'refused') return [];
  const qty = leftToClose(roll);
  const closing = orderIn(task, 'close', held.symbol, qty, reading, nowMs);
  return rankTargets(held, choice.option.instrument, reading.chain).map((symbol) => {
    const opening = orderIn(task, 'open', symbol, qty, reading, nowMs, true);
    if ('problem' in opening) return { symbol, problem: opening.problem };
    if ('problem' in closing) return { symbol, problem: null };
    const [old, next] = [closing.order, opening.order];
    const margin = marginOfRoll(reading.margin, { held, closing: old, opening: next });
    const { farthestStrike } = task;
    const { strike: nextStrike } = opening;
    const prices = { held, qty, margin, farthestStrike, old: old.quote, next: next.quote, nextStrike };
    return { symbol, problem: refusalAmong(judgePrices(spec.guards, prices)) };
  });
}

/** Where a roll that is under way was going, else by the task's rule. */
function targetOf(
  { spec, held, roll }: PlanningTask,
  target: Target,
  chain: readonly ListedOption[],
  nowMs: number,
): TargetChoice | RefusedPlan {
  const fixed = isPositive(roll.closed.executedQty) ? roll.toSymbol : null;
  if (fixed === null) return chooseTarget({ held, target, nowMs }, chain, spec.guards.allowWrongWay);
  const option = chain.find(({ instrument }) => instrument.symbol === fixed);
  return option ? { kind: 'target', option } : refused({ code: 'notListed', figures: { symbol: fixed } });
}

/** How many passed-over targets a plan keeps and names: it is persisted, and people read it. */
export const passedOverMax = 3;

/** Leg 2: open exactly what was closed and is not open yet, on fresh quotes, at the best target that can be had now. */
export function planLeg2(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const { held, roll } = task;
  const expiryMs = roll.compensating ? held.expiryMs : (roll.toExpiryMs ?? held.expiryMs);
  if (nowMs >= expiryMs) {
    return { kind: 'expired', reason: { code: 'optionsExpired', figures: { expiryMs } } };
  }
  const ranked = targetsOf(task, reading.chain);
  const isPassedOver = (symbol: string): boolean => refusalNow(roll.refusedOptions, symbol, nowMs) !== null;
  // What was refused a moment ago comes last, longest ago first: with nothing else left it is tried again.
  const later = ranked
    .filter(isPassedOver)
    .sort((a, b) => refusedAtMs(roll.refusedOptions, a) - refusedAtMs(roll.refusedOptions, b));
  const attempt = { task, reading, nowMs, ranked };
  const usual = bestOf(
    attempt,
    ranked.filter((symbol) => !isPassedOver(symbol)),
  );
  if (usual.kind === 'order' || later.length === 0) return usual;
  const again = bestOf(attempt, later);
  return again.kind === 'order' ? again : nothingToOpen(problemsOf(attempt, ranked));
}

interface Attempt {
  readonly task: PlanningTask;
  readonly reading: MarketReading;
  readonly nowMs: number;
  /** Everything that may be opened, best first. */
  readonly ranked: readonly string[];
}

/** After a try in vain a target that can be reached is better than the wanted one that cannot. */
function bestOf(attempt: Attempt, symbols: readonly string[]): LegPlan {
  const reached = attempt.task.roll.failedTries > 0 ? firstOf(attempt, symbols, true) : null;
  return reached ?? firstOf(attempt, symbols, false) ?? nothingToOpen(problemsOf(attempt, symbols));
}

function firstOf(attempt: Attempt, symbols: readonly string[], mustReach: boolean): LegPlan | null {
  for (const symbol of symbols) {
    const opening = openingOf(attempt, symbol, mustReach);
    if ('problem' in opening) continue;
    const better = attempt.ranked.slice(0, attempt.ranked.indexOf(symbol));
    const { strike = null, expiryMs = null } = instrumentIn(attempt.reading.chain, symbol) ?? {};
    const passedOver = problemsOf(attempt, better.slice(0, passedOverMax), mustReach);
    const to = { toSymbol: symbol, toStrike: strike, toExpiryMs: expiryMs };
    return { kind: 'order', order: opening.order, ...to, passedOver };
  }
  return null;
}

const openingOf = ({ task, reading, nowMs }: Attempt, symbol: string, mustReach: boolean): OrderOrProblem =>
  orderIn(task, 'open', symbol, leftToOpen(task.roll), reading, nowMs, mustReach);

/** Why each of them cannot be opened now, or was not tried again so soon. */
function problemsOf(attempt: Attempt, symbols: readonly string[], mustReach = false): readonly PassedOver[] {
  const { refusedOptions } = attempt.task.roll;
  return symbols.flatMap((symbol) => {
    const opening = openingOf(attempt, symbol, mustReach);
    const reason = 'problem' in opening ? opening.problem : refusalNow(refusedOptions, symbol, attempt.nowMs);
    return reason === null ? [] : [{ symbol, reason }];
  });
}

/** Best first. Back to the old option when compensating; a position is never split over two. */
function targetsOf({ held, roll }: PlanningTask, chain: readonly ListedOption[]): readonly string[] {
  if (roll.compensating) return [roll.fromSymbol];
  const wanted = targetOption(roll);
  return wanted === null || isPositive(roll.opened.executedQty)
    ? [roll.toSymbol ?? roll.fromSymbol]
    : rankTargets(held, wanted, chain);
}

const instrumentIn = (chain: readonly ListedOption[], symbol: string): Instrument | undefined =>
  chain.find(({ instrument }) => instrument.symbol === symbol)?.instrument;

const nothingToOpen = (all: readonly PassedOver[]): LegPlan => {
  const passedOver = all.slice(0, passedOverMax);
  return refused({ code: 'nothingToOpen', figures: { passedOver, others: all.length - passedOver.length } });
};

export type OrderOrProblem =
  { readonly order: OrderPlan; readonly strike: DecimalString } | { readonly problem: RollReason };

/** @param mustReach the far touch has to lie within the slippage allowed; else an order may wait at its bound */
export function orderIn(
  { taskId, spec, held, roll }: Pick<PlanningTask, 'taskId' | 'spec' | 'held' | 'roll'>,
  leg: 'close' | 'open',
  symbol: string,
  qty: DecimalString,
  { chain, positions }: Pick<MarketReading, 'chain' | 'positions'>,
  nowMs: number,
  mustReach = false,
): OrderOrProblem {
  const option = chain.find(({ instrument }) => instrument.symbol === symbol);
  if (!option) return { problem: { code: 'notListed', figures: { symbol } } };
  const { instrument, quote } = option;
  const position = positions.find((position) => position.symbol === symbol);
  const side = leg === 'close' ? opposite(held.side) : held.side;
  const problem =
    leg === 'close'
      ? tradeProblem(option, side, qty, nowMs)
      : openingProblem(option, position, side, qty, nowMs);
  if (problem !== null || quote === null)
    return { problem: problem ?? { code: 'noQuote', figures: { symbol } } };
  const rules = { tickSize: instrument.tickSize, minPrice: instrument.minPrice };
  const tooFar = mustReach ? slippageProblem(quote, side, spec.execution, rules) : null;
  if (tooFar !== null) return { problem: tooFar };
  const attempts = (leg === 'close' ? roll.closed : roll.opened).attempts + 1;
  return {
    strike: instrument.strike,
    order: {
      linkId: orderLinkId(leg, taskId, roll.lockedVersion, attempts),
      symbol,
      side,
      qty,
      reduceOnly: leg === 'close',
      execution: spec.execution,
      rules,
      quote,
      positionQtyBefore: position?.qty ?? '0',
      atMs: nowMs,
    },
  };
}
