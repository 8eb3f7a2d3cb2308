/** Whether an order could be placed in an option right now, and if not, why: status, lot rules, quote, what is held there. */
import { compare, isOnGrid, type DecimalString } from '../money.ts';
import { quoteProblem } from './limit-price.ts';
import type { Instrument, ListedOption, Position, Side } from '../market/order.ts';

/** Why `qty` cannot be ordered in this instrument, or `null`. */
export function quantityProblem(instrument: Instrument, qty: DecimalString): string | null {
  const { symbol, minQty, maxQty, qtyStep } = instrument;
  if (compare(qty, minQty) < 0) return `quantity ${qty} of ${symbol} is below the minimum ${minQty}`;
  if (compare(qty, maxQty) > 0) return `quantity ${qty} of ${symbol} is above the maximum ${maxQty}`;
  return isOnGrid(qty, qtyStep) ? null : `quantity ${qty} of ${symbol} is not a multiple of ${qtyStep}`;
}

/** Why nothing can be traded in this option now, or `null`. */
export function tradeProblem(
  { instrument, quote }: ListedOption,
  side: Side,
  qty: DecimalString,
  nowMs: number,
): string | null {
  const { symbol, status } = instrument;
  if (status !== 'Trading') return `${symbol} is ${status}, not Trading`;
  if (quote === null) return `no quote for ${symbol}`;
  return quantityProblem(instrument, qty) ?? quoteProblem(quote, side, nowMs);
}

/** Why no position of `side` can be opened in this option now, or `null`. A position the other way would be closed instead. */
export function openingProblem(
  option: ListedOption,
  position: Position | undefined,
  side: Side,
  qty: DecimalString,
  nowMs: number,
): string | null {
  return position?.side && position.side !== side
    ? `the account holds ${position.side} ${position.qty} ${position.symbol}, which an order to ${side} would close`
    : tradeProblem(option, side, qty, nowMs);
}
