/**
 * One account at a glance: what it holds, and how far each of its tasks is from doing something. It takes less to know than
 * advice, so that it can be asked again and again. Pure.
 */
import { decimal, isPositive, type DecimalString } from '../money.ts';
import type { Position, Quote } from '../market/order.ts';
import type { WorkingOrder } from '../roll/holdings.ts';
import type { RollContext } from '../roll/roll-context.ts';
import { conditionsOf, type Readings } from '../rules/triggers.ts';
import { conditionView, ledgerView, nowText, type ConditionView } from './advice.ts';

export interface SeenPosition {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** In base coin. */
  readonly qty: DecimalString;
  readonly averagePrice: DecimalString;
  /** `null` when the exchange shows no prices. */
  readonly mark: DecimalString | null;
  /** What it would bring to close it at the mark, against the average price, in settle coin; before fees. */
  readonly openResult: DecimalString | null;
  /** Tasks that manage it or a part of it. */
  readonly taskIds: readonly string[];
}

export interface SeenTask {
  readonly taskId: string;
  readonly state: string;
  /** What it does now, as a sentence. */
  readonly now: string;
  /** The condition that has least to go, as a share of its level; `null` when none is known. */
  readonly nearest: ConditionView | null;
  /** That share; `null` with `nearest`. */
  readonly nearestShare: number | null;
  /** Received less paid less fees since adoption. */
  readonly cashFlow: DecimalString;
  /** Of what is held, at the mark. */
  readonly openResult: DecimalString | null;
}

export interface AccountLook {
  /** Exchange time. */
  readonly atMs: number;
  readonly positions: readonly SeenPosition[];
  /** Those that are not over. */
  readonly tasks: readonly SeenTask[];
}

export interface LookedAtTask {
  readonly state: string;
  readonly context: RollContext;
  readonly workingOrder: WorkingOrder | null;
  /** What is known now of what its trigger looks at; `clock` among it. */
  readonly readings: Readings;
}

/** @param quotes of the options that are held, by symbol */
export function lookAtTask(
  { state, context, workingOrder, readings }: LookedAtTask,
  quotes: ReadonlyMap<string, Quote>,
): SeenTask {
  const { cashFlow, openResult } = ledgerView(
    context,
    workingOrder,
    (symbol) => quotes.get(symbol)?.mark ?? null,
  );
  const views = context.rules
    .flatMap(({ trigger }) => conditionsOf(trigger))
    .map((condition) => conditionView(condition, { holder: context, readings, heldSinceMs: null }));
  const shares = views.flatMap((view) => {
    const share = shareToGo(view);
    return share === null ? [] : [{ view, share }];
  });
  const [nearest = null] = shares.sort((a, b) => a.share - b.share);
  return {
    taskId: context.taskId,
    state,
    now: nowText(state, context),
    nearest: nearest?.view ?? null,
    nearestShare: nearest?.share ?? null,
    cashFlow,
    openResult,
  };
}

/** How much of its level a condition has to go, 0 once it is reached: only for putting conditions in order. */
function shareToGo({ kind, level, distance }: ConditionView): number | null {
  if (distance === null || kind === 'every') return null;
  const toGo = decimal(distance);
  if (!toGo.greaterThan(0)) return 0;
  const size = decimal(level).abs();
  return Number(size.isZero() ? toGo : toGo.dividedBy(size));
}

/** @param managed which task manages which option */
export function lookAtPosition(
  { symbol, side, qty, averagePrice }: Position,
  quote: Quote | null,
  managed: readonly { readonly taskId: string; readonly symbol: string }[],
): SeenPosition | null {
  if (side === null || !isPositive(qty)) return null;
  const mark = quote?.mark ?? null;
  const gain = mark === null ? null : decimal(mark).minus(averagePrice).times(qty);
  return {
    symbol,
    side: side === 'Buy' ? 'long' : 'short',
    qty,
    averagePrice,
    mark,
    openResult: gain === null ? null : (side === 'Buy' ? gain : gain.negated()).toFixed(),
    taskIds: [...new Set(managed.filter((each) => each.symbol === symbol).map(({ taskId }) => taskId))],
  };
}
