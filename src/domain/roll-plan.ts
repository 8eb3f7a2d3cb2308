/**
 * Decides what the next leg of a roll would be, from one reading of the market (design §4). Pure: the saga executes
 * exactly what is planned here. A refusal is an answer with a reason a user can read.
 */
import type { RefusalScope } from './errors.ts';
import { compare, isOnGrid, isPositive, type DecimalString } from './money.ts';
import { quoteProblem, type PriceRules } from './limit-price.ts';
import { opposite, type Instrument, type ListedOption, type Quote, type Side } from './order.ts';
import type { MarketReading } from './outcomes.ts';
import { leftToClose, leftToOpen, orderLinkId, type HeldPosition, type Roll } from './roll.ts';
import { chooseTarget, type TargetChoice } from './targets.ts';
import type { Execution, TaskSpec } from './task-spec.ts';

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

export type LegPlan =
  | { readonly kind: 'order'; readonly order: OrderPlan; readonly toSymbol: string }
  /** `refusal`: why the exchange refused the leg's last order, when it did. */
  | { readonly kind: 'refused'; readonly reason: string; readonly refusal?: RefusalScope | null }
  /** The old position is no longer there at all: its owner closed it, or it expired. */
  | { readonly kind: 'gone'; readonly reason: string }
  /** The account holds something else than the task cares for; a person must look. */
  | { readonly kind: 'mismatch'; readonly reason: string };

type Planned = { readonly plan: LegPlan | null };

/** Why there is no order, for people; `""` when there is one. */
export const reasonOf = ({ plan }: Planned): string => (plan && plan.kind !== 'order' ? plan.reason : '');

export const isAccountBlocked = ({ plan }: Planned): boolean =>
  plan?.kind === 'refused' && plan.refusal === 'account';

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
  const { instrument, quote } = target.option;
  const targetProblem = quantityProblem(instrument, qty) ?? quoteProblem(quote, held.side, nowMs);
  if (targetProblem) return refused(`target: ${targetProblem}`);
  const old = reading.chain.find(({ instrument }) => instrument.symbol === held.symbol);
  return planOrder(task, 'close', old, instrument.symbol, qty, position.qty, nowMs);
}

/** Leg 2: open exactly what was closed and is not open yet, on fresh quotes. */
export function planLeg2(task: PlanningTask, reading: MarketReading, nowMs: number): LegPlan {
  const target = targetOf(task, reading.chain);
  if (target.kind === 'refused') return target;
  const { symbol } = target.option.instrument;
  const before = reading.positions.find((position) => position.symbol === symbol)?.qty ?? '0';
  return planOrder(task, 'open', target.option, symbol, leftToOpen(task.roll), before, nowMs);
}

/** Back to the old option when compensating, to where something was opened already, else by the task's rule. */
function targetOf({ spec, held, roll }: PlanningTask, chain: readonly ListedOption[]): TargetChoice {
  const fixed = roll.compensating
    ? roll.fromSymbol
    : isPositive(roll.opened.executedQty)
      ? roll.toSymbol
      : null;
  if (fixed === null) return chooseTarget(held.symbol, spec.target, chain, spec.guards.allowWrongWay);
  const option = chain.find(({ instrument }) => instrument.symbol === fixed);
  return option ? { kind: 'target', option } : { kind: 'refused', reason: `${fixed} is not listed any more` };
}

function planOrder(
  { taskId, spec, held, roll }: PlanningTask,
  leg: 'close' | 'open',
  option: ListedOption | undefined,
  toSymbol: string,
  qty: DecimalString,
  positionQtyBefore: DecimalString,
  nowMs: number,
): LegPlan {
  if (!option) return refused(`${held.symbol} is not listed any more`);
  const { instrument, quote } = option;
  const side = leg === 'close' ? opposite(held.side) : held.side;
  if (instrument.status !== 'Trading')
    return refused(`${instrument.symbol} is ${instrument.status}, not Trading`);
  const problem = quantityProblem(instrument, qty) ?? quoteProblem(quote, side, nowMs);
  if (problem !== null || quote === null) return refused(problem ?? `no quote for ${instrument.symbol}`);
  const attempts = (leg === 'close' ? roll.closed : roll.opened).attempts + 1;
  return {
    kind: 'order',
    toSymbol,
    order: {
      linkId: orderLinkId(leg, taskId, roll.lockedVersion, attempts),
      symbol: instrument.symbol,
      side,
      qty,
      reduceOnly: leg === 'close',
      execution: spec.execution,
      rules: { tickSize: instrument.tickSize, minPrice: instrument.minPrice },
      quote,
      positionQtyBefore,
      atMs: nowMs,
    },
  };
}

/** Why `qty` cannot be ordered in this instrument, or `null`. */
export function quantityProblem(instrument: Instrument, qty: DecimalString): string | null {
  const { symbol, minQty, maxQty, qtyStep } = instrument;
  if (compare(qty, minQty) < 0) return `quantity ${qty} of ${symbol} is below the minimum ${minQty}`;
  if (compare(qty, maxQty) > 0) return `quantity ${qty} of ${symbol} is above the maximum ${maxQty}`;
  return isOnGrid(qty, qtyStep) ? null : `quantity ${qty} of ${symbol} is not a multiple of ${qtyStep}`;
}
