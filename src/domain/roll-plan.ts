/**
 * Decides what the next leg of a roll would be, from one reading of the market (design §4). Pure: the saga executes
 * exactly what is planned here. A refusal is an answer with a reason a user can read.
 */
import type { RefusalScope } from './errors.ts';
import { guardProblem } from './guards.ts';
import { compare, isPositive, isZero, type DecimalString } from './money.ts';
import { slippageProblem, type PriceRules } from './limit-price.ts';
import { expiryDateMs, parseOptionSymbol } from './option-symbol.ts';
import { opposite, type ListedOption, type Quote, type Side } from './order.ts';
import type { MarketReading } from './outcomes.ts';
import { leftToClose, leftToOpen, orderLinkId, type HeldPosition, type Roll } from './roll.ts';
import { chooseTarget, rankTargets, type TargetChoice } from './targets.ts';
import type { Execution, TaskSpec } from './task-spec.ts';
import { openingProblem, tradeProblem } from './tradability.ts';

/** One order to be worked; everything in it is frozen before anything is sent. */
export interface OrderPlan {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly reduceOnly: boolean;
  readonly execution: Execution;
  readonly rules: PriceRules;
  readonly quote: Quote;
  readonly positionQtyBefore: DecimalString;
  readonly atMs: number;
}

/** A better target than the planned one, and why it could not be opened. */
export interface PassedOver {
  readonly symbol: string;
  readonly reason: string;
}

export type LegPlan =
  | {
      readonly kind: 'order';
      readonly order: OrderPlan;
      readonly toSymbol: string;
      /** Best first, at most `passedOverMax`. */
      readonly passedOver: readonly PassedOver[];
    }
  /** `refusal`: why the exchange refused the leg's last order, when it did. */
  | { readonly kind: 'refused'; readonly reason: string; readonly refusal?: RefusalScope | null }
  /** The market could not be read: nothing was tried. */
  | { readonly kind: 'unread'; readonly reason: string }
  /** The options of the roll have expired: what is not open yet never will be. */
  | { readonly kind: 'expired'; readonly reason: string }
  /** The account does not show what the task cares for: it is looked at again before that is believed. */
  | { readonly kind: 'unsure'; readonly reason: string }
  /** The old position is no longer there at all: its owner closed it, or it expired. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** The account holds something else than the task cares for; a person must look. */
  | { readonly kind: 'mismatch'; readonly reason: string };

type Planned = { readonly plan: LegPlan | null };

/** Why there is no order, for people; `""` when there is one. */
export const reasonOf = ({ plan }: Planned): string => (plan && plan.kind !== 'order' ? plan.reason : '');

/** Why the exchange refused the leg's last order, `null` when it did not. */
export const refusalOf = ({ plan }: Planned): RefusalScope | null =>
  plan?.kind === 'refused' ? (plan.refusal ?? null) : null;

export interface PlanningTask {
  readonly taskId: string;
  readonly spec: TaskSpec;
  readonly held: HeldPosition;
  readonly roll: Roll;
}

const refused = (reason: string): LegPlan => ({ kind: 'refused', reason });

/** Leg 1: buy back (or sell) what is left of the old option, if the target could be opened now. */
export function planLeg1(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const { held, roll } = task;
  const qty = leftToClose(roll);
  const position = reading.positions.find(({ symbol }) => symbol === held.symbol);
  if (!position?.side) return { kind: 'gone', reason: `no position in ${held.symbol} any more` };
  if (position.side !== held.side || compare(position.qty, qty) < 0) {
    return {
      kind: 'mismatch',
      reason: `the account holds ${position.side} ${position.qty} ${held.symbol}, the task cares for ${held.side} ${qty}`,
    };
  }
  const target = targetOf(task, reading.chain);
  if (target.kind === 'refused') return target;
  const toSymbol = target.option.instrument.symbol;
  const opening = orderIn(task, 'open', toSymbol, qty, reading, nowMs, true);
  if ('problem' in opening) return refused(`target: ${opening.problem}`);
  const closing = orderIn(task, 'close', held.symbol, qty, reading, nowMs);
  if ('problem' in closing) return refused(closing.problem);
  const prices = { side: held.side, qty, old: closing.order.quote, next: opening.order.quote };
  // A roll that has begun is completed: half of it was never what a guard asked for.
  const forbidden = isZero(roll.closed.executedQty) ? guardProblem(task.spec.guards, prices) : null;
  if (forbidden !== null) return refused(forbidden);
  return { kind: 'order', order: closing.order, toSymbol, passedOver: [] };
}

/** Where something was opened already, else by the task's rule. */
function targetOf({ spec, held, roll }: PlanningTask, chain: readonly ListedOption[]): TargetChoice {
  const fixed = isPositive(roll.opened.executedQty) ? roll.toSymbol : null;
  if (fixed === null) return chooseTarget(held.symbol, spec.target, chain, spec.guards.allowWrongWay);
  const option = chain.find(({ instrument }) => instrument.symbol === fixed);
  return option ? { kind: 'target', option } : { kind: 'refused', reason: `${fixed} is not listed any more` };
}

/** How many passed-over targets a plan keeps and names: it is persisted, and people read it. */
export const passedOverMax = 3;

/** Leg 2: open exactly what was closed and is not open yet, on fresh quotes, at the best target that can be had now. */
export function planLeg2(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const { expiry } = parseOptionSymbol(task.held.symbol);
  if (nowMs >= expiryMsOf(expiry, reading.chain))
    return { kind: 'expired', reason: `options of ${expiry} have expired, nothing can be opened any more` };
  // After a try in vain a target that can be reached is better than the wanted one that cannot.
  const reached = task.roll.failedTries > 0 ? bestTarget(task, reading, nowMs, true) : null;
  return reached?.kind === 'order' ? reached : bestTarget(task, reading, nowMs, false);
}

function bestTarget(task: PlanningTask, reading: MarketReading, nowMs: number, mustReach: boolean): LegPlan {
  const qty = leftToOpen(task.roll);
  const passedOver: PassedOver[] = [];
  for (const symbol of targetsOf(task, reading.chain)) {
    const opening = orderIn(task, 'open', symbol, qty, reading, nowMs, mustReach);
    if ('order' in opening)
      return {
        kind: 'order',
        order: opening.order,
        toSymbol: symbol,
        passedOver: passedOver.slice(0, passedOverMax),
      };
    passedOver.push({ symbol, reason: opening.problem });
  }
  return refused(describePassedOver(passedOver));
}

/** Best first. Back to the old option when compensating; a position is never split over two. */
function targetsOf({ held, roll }: PlanningTask, chain: readonly ListedOption[]): readonly string[] {
  const wanted = roll.toSymbol ?? roll.fromSymbol;
  if (roll.compensating) return [roll.fromSymbol];
  return isPositive(roll.opened.executedQty) ? [wanted] : rankTargets(held.symbol, wanted, chain);
}

/** As listed; by the end of its day when nothing of it is listed any more. */
const expiryMsOf = (expiry: string, chain: readonly ListedOption[]): number =>
  chain[0]?.instrument.expiryMs ?? (expiryDateMs(expiry) ?? 0) + 86_400_000;

/** One sentence for all of them, with the reasons of the best ones. */
export function describePassedOver(passedOver: readonly PassedOver[]): string {
  const reasons = passedOver.slice(0, passedOverMax).map(({ reason }) => reason);
  const more = passedOver.length - reasons.length;
  return reasons.join('; ') + (more > 0 ? `; and ${more} more that cannot be opened` : '');
}

type OrderOrProblem = { readonly order: OrderPlan } | { readonly problem: string };

/** @param mustReach the far touch has to lie within the slippage allowed; else an order may wait at its bound */
function orderIn(
  { taskId, spec, held, roll }: PlanningTask,
  leg: 'close' | 'open',
  symbol: string,
  qty: DecimalString,
  { chain, positions }: MarketReading,
  nowMs: number,
  mustReach = false,
): OrderOrProblem {
  const option = chain.find(({ instrument }) => instrument.symbol === symbol);
  if (!option) return { problem: `${symbol} is not listed any more` };
  const { instrument, quote } = option;
  const position = positions.find((position) => position.symbol === symbol);
  const side = leg === 'close' ? opposite(held.side) : held.side;
  const problem =
    leg === 'close'
      ? tradeProblem(option, side, qty, nowMs)
      : openingProblem(option, position, side, qty, nowMs);
  if (problem !== null || quote === null) return { problem: problem ?? `no quote for ${symbol}` };
  const rules = { tickSize: instrument.tickSize, minPrice: instrument.minPrice };
  const tooFar = mustReach ? slippageProblem(quote, side, spec.execution, rules) : null;
  if (tooFar !== null) return { problem: tooFar };
  const attempts = (leg === 'close' ? roll.closed : roll.opened).attempts + 1;
  return {
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
