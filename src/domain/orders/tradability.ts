/** Whether an order could be placed in an option right now, and if not, why: status, lot rules, quote, what is held there. */
import { compare, isOnGrid, type DecimalString } from '../money.ts';
import { quoteProblem } from './limit-price.ts';
import type { Instrument, ListedOption, Position, Side } from '../market/order.ts';
import type { TradeProblem } from './trade-problem.ts';

/** Why `qty` cannot be ordered in this instrument, or `null`. */
export function quantityProblem(instrument: Instrument, qty: DecimalString): TradeProblem | null {
  const { symbol, minQty, maxQty, qtyStep } = instrument;
  if (compare(qty, minQty) < 0) return { code: 'quantityBelowMinimum', figures: { symbol, qty, minQty } };
  if (compare(qty, maxQty) > 0) return { code: 'quantityAboveMaximum', figures: { symbol, qty, maxQty } };
  return isOnGrid(qty, qtyStep) ? null : { code: 'quantityOffStep', figures: { symbol, qty, qtyStep } };
}

/** What is to be bought or sold, when. */
export interface WantedTrade {
  readonly side: Side;
  readonly qty: DecimalString;
  readonly nowMs: number;
}

/** Why nothing can be traded in this option now, or `null`. */
export function tradeProblem(
  { instrument, quote }: ListedOption,
  { side, qty, nowMs }: WantedTrade,
): TradeProblem | null {
  const { symbol, status } = instrument;
  if (status !== 'Trading') return { code: 'notTrading', figures: { symbol, status } };
  if (quote === null) return { code: 'noQuote', figures: { symbol } };
  return quantityProblem(instrument, qty) ?? quoteProblem(quote, side, nowMs);
}

/** Why no position of `side` can be opened in this option now, or `null`. A position the other way would be closed instead. */
export function openingProblem(
  option: ListedOption,
  trade: WantedTrade,
  position: Position | undefined,
): TradeProblem | null {
  const { side } = trade;
  if (!position?.side || position.side === side) return tradeProblem(option, trade);
  const { symbol, side: heldSide, qty: heldQty } = position;
  return { code: 'wouldClose', figures: { symbol, heldSide, heldQty, orderSide: side } };
}
