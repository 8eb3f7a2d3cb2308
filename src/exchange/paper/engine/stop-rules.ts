/**
 * What stops of a position are and when they are refused or reached: pure rules, apart from what the engine does with them
 * (stops.ts), so that orders that bring stops along are checked by the same ones.
 */
import {
  compare,
  isOnGrid,
  isPositive,
  subtract,
  toText,
  type DecimalString,
} from '../../../domain/money.ts';
import { opposite } from '../../../domain/market/order.ts';
import { markOf, type OptionQuote } from '../market.ts';
import type { Account } from './account.ts';
import { Refusal } from './refusal.ts';
import {
  isOpen,
  isUntriggered,
  type PaperOrder,
  type PaperPosition,
  type StopKind,
  type StopPrices,
} from './types.ts';

export const stopKinds: readonly { readonly kind: StopKind; readonly field: keyof StopPrices }[] = [
  { kind: 'TakeProfit', field: 'takeProfit' },
  { kind: 'StopLoss', field: 'stopLoss' },
];

/** The prices of a symbol's stops, `''` where there is none, as rows of positions and orders show them. */
export function stopPricesOf(account: Account, symbol: string): { takeProfit: string; stopLoss: string } {
  const priceOf = (kind: StopKind): string =>
    account.stopsOf(symbol).find(({ stop }) => stop?.kind === kind)?.stop?.triggerPrice ?? '';
  return { takeProfit: priceOf('TakeProfit'), stopLoss: priceOf('StopLoss') };
}

/** The mark at which it triggers is above the present one. */
const triggersAbove = (side: PaperPosition['side'], kind: StopKind): boolean =>
  (side === 'Sell') === (kind === 'StopLoss');

/** The mark has come to it. */
export function isReached({ side, stop }: PaperOrder, quote: OptionQuote): boolean {
  if (!stop) return false;
  const distance = compare(toText(markOf(quote)), stop.triggerPrice);
  return triggersAbove(opposite(side), stop.kind) ? distance >= 0 : distance <= 0;
}

/** Checks stops for a position; `"0"` takes one away. @returns the exchange's refusal, or `null` */
export function checkStops(
  side: PaperPosition['side'],
  prices: StopPrices,
  quote: OptionQuote,
): Refusal | null {
  for (const { kind, field } of stopKinds) {
    const price = prices[field];
    if (price === undefined || !isPositive(price)) continue;
    if (!isOnGrid(price, quote.instrument.rules.tickSize))
      return new Refusal(10001, `params error: ${field} is no multiple of tickSize`);
    const distance = compare(price, toText(markOf(quote)));
    if (triggersAbove(side, kind) ? distance > 0 : distance < 0) continue;
    const word = triggersAbove(side, kind) ? 'higher' : 'lower';
    return new Refusal(10001, `${kind}:${price} set for ${side} position should be ${word} than base_price`);
  }
  return null;
}

/** What other reduce-only orders leave of the position counts for nothing: a stop goes before them. */
export const roomOfStop = (account: Account, order: PaperOrder): DecimalString => {
  const held = account.state.positions[order.symbol];
  return held && held.side !== order.side ? subtract(held.qty, order.executedQty) : '0';
};

/** A cancel reaches it: it is in the book, or waits for its price. */
export const isCancellable = (order: PaperOrder): boolean => isOpen(order) || isUntriggered(order);
