/**
 * Decides what leg 1 of a roll would be, from one reading of the market: which options are left, which are gone to, and the
 * one order to send now. Pure: the saga executes exactly what is planned here, and a preview shows exactly that. A refusal is
 * an answer with a reason that a user can read.
 */
import type { MarginSteps } from '../market/margin.ts';
import { compare, isPositive, subtract, sum } from '../money.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import type { Destination } from '../rules/destinations.ts';
import { judgeLimits } from '../rules/account-limits.ts';
import { isWaiting, judgeMoment, netCreditOf, type Verdict } from '../rules/guards.ts';
import { whole, type RollAction } from '../rules/rule.ts';
import { hasOneSide } from '../rules/structure.ts';
import { reservedBy, wantedUse } from './account-use.ts';
import { guardOf, refused, type LegPlan, type RollSettled, type WouldOpen } from './leg-plan.ts';
import type { MarketMoment, OrderPlan } from './leg-order.ts';
import { hasBegun, hasClosed, leftToClose } from './roll.ts';
import { shownTrade } from './shown-trade.ts';
import {
  closingsOf,
  destinationsOf,
  forbidden,
  judgeOrders,
  leavingFor,
  movingTurns,
  openingsOf,
  ordersIn,
  problemIn,
  type Closing,
  type Leaving,
  type PlanningTask,
} from './roll-orders.ts';
import { closingFirst, wouldOpenFirst } from './open-first.ts';
import { unfitRoll, wouldUncover } from './structure-roll.ts';
import { stopOutOf } from './stopped-out.ts';
import { everyTurn } from './turns.ts';

/** Everything that leg 1 is decided on; what could not be looked at is missing. Orders as they would follow each other. */
export interface Examination {
  readonly plan: LegPlan;
  readonly closings: readonly OrderPlan[];
  readonly openings: readonly OrderPlan[];
  readonly verdicts: readonly Verdict[];
  readonly margin: MarginSteps | null;
}

const noExamination = { closings: [], openings: [], verdicts: [], margin: null };
const only = (plan: LegPlan): Examination => ({ plan, ...noExamination });

/** Leg 1: buy back (or sell) what is left of the old option, if the target could be opened now. */
export function planLeg1(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const found = examine(task, reading, nowMs);
  const { plan, closings, openings } = found;
  const { approval } = task.terms;
  if (plan.kind !== 'order') return plan;
  const wouldOpen = plan.toSymbol === null ? null : wouldOpenFirst(task, found, reading);
  const instead = wouldOpen && insteadOf(task, wouldOpen);
  const otherwise = instead && { otherwise: planLeg1(instead, reading, nowMs) };
  const planned = wouldOpen === null ? plan : { ...plan, wouldOpen: { ...wouldOpen, ...otherwise } };
  if (approval === undefined || hasBegun(task.roll)) return planned;
  // A rule that may do either shows what it always can do, so that an answer counts for both.
  const opensFirst = wouldOpen?.legs === 'openFirst';
  const orders = { closings, openings: plan.toSymbol === null ? [] : openings, opensFirst };
  return { ...planned, asks: shownTrade(orders, approval.tolerance) };
}

/** What the rule does where the margin does not allow both options; `null` where nothing is traded then. */
export function insteadOf(task: PlanningTask, { legs }: WouldOpen): PlanningTask | null {
  // Judged as a rule that closes first: what the margin allows of both at once does not settle that.
  if (legs === 'auto') return closingFirst(task);
  const { terms, roll } = task;
  if (terms.guards.whenRefused !== 'close' || hasBegun(roll)) return null;
  return { ...task, terms: { ...terms, action: { kind: 'close', qty: whole } } };
}

/** Leg 1 with everything it was decided on; for a preview, and for `planLeg1`. */
export function examine(task: PlanningTask, reading: MarketReading, nowMs: number): Examination {
  const { roll, terms } = task;
  const at = { reading, nowMs };
  const turns = everyTurn(task);
  const absent = turns.map((turn) => absentIn(turn, reading)).find((plan) => plan !== null);
  if (absent) return only(absent);
  if (hasClosed(roll) && (roll.others !== undefined || roll.closesOnly)) return examineRest(turns, at);
  const moving = movingTurns(task, at);
  if (moving === null ? hasOneSide(task) : moving.length === 0)
    return only(refused({ code: 'legsGone', figures: {} }));
  if (moving === null) return only(refused({ code: 'testedSideUnknown', figures: {} }));
  return terms.action.kind === 'close' ? examineClose(moving, at) : examineRoll(moving, terms.action, at);
}

/** Why the account does not show what is to be closed of this leg; `null` when it does, and for a leg that stays. */
function absentIn({ held, roll }: PlanningTask, reading: MarketReading): LegPlan | null {
  const { positions, stopFills = [] } = reading;
  const qty = subtract(held.qty, roll.closed.executedQty);
  const isDone = roll.others !== undefined && (!isPositive(qty) || !isPositive(leftToClose(roll)));
  if (isDone) return null;
  const { symbol, side } = held;
  const position = positions.find((each) => each.symbol === symbol);
  const there = position?.side === side ? position.qty : '0';
  const stop = stopOutOf(stopFills, held, { missing: subtract(qty, there), sinceMs: 0 });
  const stopped = stop && ({ code: 'stoppedOut', figures: { symbol, stop } } as const);
  if (!position?.side)
    return { kind: 'gone', reason: stopped ?? { code: 'positionGone', figures: { symbol } } };
  if (position.side === side && compare(position.qty, qty) >= 0) return null;
  const found = { side: position.side, qty: position.qty };
  if (stopped) return { kind: 'mismatch', reason: stopped, found };
  const figures = { symbol, side, qty, foundSide: found.side, foundQty: found.qty };
  return { kind: 'mismatch', reason: { code: 'positionMismatch', figures }, found };
}

/** Nothing is decided any more: what was to be closed is, the shorts first. */
function examineRest(turns: readonly PlanningTask[], at: MarketMoment): Examination {
  const left = closingsOf(
    turns.filter(({ roll }) => isPositive(leftToClose(roll))),
    at,
  );
  const [first] = left;
  const next = left.filter(({ held }) => held.side === first?.held.side).map(({ order }) => order);
  const [order] = ordersIn(next);
  const problem = problemIn(next);
  if (first === undefined || order === undefined)
    return only(
      refused(problem ?? { code: 'positionGone', figures: { symbol: turns[0]?.held.symbol ?? '' } }),
    );
  const { roll, terms } = first.turn;
  const { toSymbol, toStrike, toExpiryMs } = roll;
  const to = roll.closesOnly ? nothingOpened : { toSymbol, toStrike, toExpiryMs, passedOver: [] };
  const settles = roll.others ? null : { rule: terms.rule, ...first.settled, openQty: '0' };
  const plan: LegPlan = { kind: 'order', order, ...to, ...(settles && { settles }) };
  return { ...noExamination, plan, closings: [order] };
}

function examineClose(moving: readonly PlanningTask[], at: MarketMoment): Examination {
  const all = closingsOf(moving, at);
  const closings = all.filter(({ settled }) => all.length === 1 || isPositive(settled.qty));
  const [first = all[0]] = closings;
  // What cannot be closed now is tried on once something is; a cover is kept until no short is left.
  const next = closings.filter(({ held }) => held.side === first?.held.side);
  const [ready] = next.filter(({ order }) => 'order' in order);
  if (ready === undefined) {
    const problem = problemIn((next.length > 0 ? next : all).map(({ order }) => order));
    return only(refused(problem ?? { code: 'legsGone', figures: {} }));
  }
  const orders = closings.map(({ order }) => order);
  const use = { ...wantedUse(closings.length, [], null), index: ready.turn.roll.indexPrice };
  const verdicts = [...judgeMoments(moving, at), ...judgeAccount(moving, use, at)];
  const inTurn = [ready, ...closings.filter((closing) => closing !== ready)];
  const plan = forbidden(verdicts) ?? closingPlan(inTurn, use);
  return { plan, closings: ordersIn(orders), openings: [], verdicts, margin: null };
}

/** The moment is that of the leg that is delivered first. */
function judgeMoments([first, ...others]: readonly PlanningTask[], at: MarketMoment): readonly Verdict[] {
  if (first === undefined) return [];
  const { terms, rollsOnDay } = first;
  const { calendar } = at.reading;
  const { held } = others.reduce((a, b) => (b.held.expiryMs < a.held.expiryMs ? b : a), first);
  return judgeMoment(terms.guards, { nowMs: at.nowMs, held, rollsOnDay, ...(calendar && { calendar }) });
}

const nothingOpened = { toSymbol: null, toStrike: null, toExpiryMs: null, passedOver: [] };

/** To close all of it, beginning with the first. @param closings one at least, each with its order */
const closingPlan = (closings: readonly Closing[], use: Use): LegPlan =>
  orderPlan(
    closings.map((closing) => ({ ...closing, settled: { ...closing.settled, openQty: '0' }, to: null })),
    use,
  );

type Use = NonNullable<RollSettled['use']>;

/** What the limits of the account say, over all of its tasks; nothing where it has none. */
function judgeAccount(
  [first]: readonly PlanningTask[],
  wanted: Use,
  { reading: { account }, nowMs }: MarketMoment,
): readonly Verdict[] {
  if (account === undefined || first === undefined) return [];
  return judgeLimits(account, { wanted, own: reservedBy(first.roll) }, nowMs);
}

/** What the roll takes of them, at the prices that can be had at once. */
function useOfRoll(leaving: readonly Leaving[], orders: Pick<Examination, 'closings' | 'openings'>): Use {
  const { closings, openings } = orders;
  const index = openings[0]?.quote.index ?? closings[0]?.quote.index ?? '0';
  const credits = leaving.map(({ held, to, settled }) => {
    const closing = closings.find(({ symbol }) => symbol === held.symbol);
    const opening = openings.find(({ symbol }) => symbol === to?.option.instrument.symbol);
    if (!closing || !opening) return '0';
    return netCreditOf({ held, ...settled, old: closing.quote, next: opening.quote }) ?? '0';
  });
  const opened = openings.map(({ qty, quote }) => ({ qty, index: quote.index }));
  return { ...wantedUse(closings.length + openings.length, opened, sum(credits)), index };
}

const destinationOf = (to: Destination | null) => {
  if (to === null) return { toSymbol: null, toStrike: null, toExpiryMs: null };
  const { symbol, strike, expiryMs } = to.option.instrument;
  return { toSymbol: symbol, toStrike: strike, toExpiryMs: expiryMs };
};

/** The first order of the roll, with everything that it settles. */
function orderPlan(leaving: readonly Leaving[], use: Use | null): LegPlan {
  const [first] = leaving;
  if (!first || !('order' in first.order)) throw new Error('a roll begins with an order');
  const { settled, turn, to } = first;
  const settles: RollSettled = {
    rule: turn.terms.rule,
    ...settled,
    ...(use && { use }),
    ...(turn.others && {
      moves: leaving.map((each) => ({
        fromSymbol: each.held.symbol,
        ...destinationOf(each.to),
        ...each.settled,
      })),
    }),
  };
  return {
    kind: 'order',
    order: first.order.order,
    ...destinationOf(to),
    passedOver: [],
    settles,
    ...(to?.decidedBy && { decidedBy: to.decidedBy }),
  };
}

function examineRoll(moving: readonly PlanningTask[], action: RollAction, at: MarketMoment): Examination {
  const { roll, terms } = moving[0] as PlanningTask;
  const isUnderWay = hasBegun(roll);
  const moment = isUnderWay ? [] : judgeMoments(moving, at);
  const all = closingsOf(moving, at);
  const where = destinationsOf(moving, action, at);
  // Once the first of several legs is closed the others have to follow: one that cannot be closed now is no leg to begin with.
  const asOne = isUnderWay || moving.length === 1 ? all : closingsOf(moving, at, 'farTouch');
  const leaving = where.kind === 'refused' ? [] : leavingFor(asOne, where.of);
  const closings = (leaving.length > 0 ? leaving : all).map(({ order }) => order);
  const openings = openingsOf(leaving, at);
  const judged = judgeOrders(leaving, { closings, openings }, at.reading);
  const [ready, next] = [ordersIn(closings), ordersIn(openings)];
  const use = isUnderWay ? null : useOfRoll(leaving, { closings: ready, openings: next });
  const limits = use && judged ? judgeAccount(moving, use, at) : [];
  const verdicts = [...moment, ...(isUnderWay ? [] : (judged?.verdicts ?? [])), ...limits];
  const found = {
    closings: ready,
    openings: next,
    verdicts,
    margin: judged?.margin ?? null,
  };
  // Closed instead, a cover would be gone for good.
  const mayClose =
    terms.guards.whenRefused === 'close' &&
    !isUnderWay &&
    problemIn(all.map(({ order }) => order)) === null &&
    !wouldUncover(moving[0] as PlanningTask, all);
  const orClose = (plan: LegPlan): Examination => {
    const waits = forbidden(moment) ?? (isWaiting(guardOf({ plan })) ? plan : null);
    if (waits !== null || !mayClose) return { ...found, plan: waits ?? plan };
    const closing = { ...wantedUse(all.length, [], null), index: roll.indexPrice };
    return { ...found, plan: forbidden(judgeAccount(moving, closing, at)) ?? closingPlan(all, closing) };
  };
  if (where.kind === 'refused') return orClose(where);
  const unfit = unfitRoll(moving[0] as PlanningTask, leaving);
  if (unfit !== null) return unfit.code === 'wouldUncover' ? only(refused(unfit)) : orClose(refused(unfit));
  const [toOpen, toClose] = [problemIn(openings), problemIn(closings)];
  if (toOpen !== null) return orClose(refused({ code: 'targetProblem', figures: { problem: toOpen } }));
  if (toClose !== null) return { ...found, plan: refused(toClose) };
  const refusal = forbidden(verdicts);
  return refusal === null ? { ...found, plan: orderPlan(leaving, use) } : orClose(refusal);
}
