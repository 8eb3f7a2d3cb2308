/**
 * The order book as a taker meets it: the market maker's levels and users' resting orders in price-time order. Says what
 * would trade and at which price; execution.ts carries it out.
 */
import {
  add,
  compare,
  smaller,
  subtract,
  toText,
  decimal,
  type DecimalString,
} from '../../../domain/money.ts';
import type { Side } from '../../../domain/market/order.ts';
import type { Depth, Level } from '../depth.ts';
import type { Account } from './account.ts';
import type { PaperOrder } from './types.ts';

/** An order and the account it belongs to. */
export interface OwnedOrder {
  readonly account: Account;
  readonly order: PaperOrder;
}

/** Something to trade against: a user's resting order, or the market maker when `resting` is null. */
export interface Offer {
  readonly price: DecimalString;
  readonly qty: DecimalString;
  readonly resting: OwnedOrder | null;
}

export class RestingOrders {
  readonly #bySymbol = new Map<string, Set<OwnedOrder>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(resting: OwnedOrder): void {
    const orders = this.#bySymbol.get(resting.order.symbol) ?? new Set();
    orders.add(resting);
    this.#bySymbol.set(resting.order.symbol, orders);
    this.#size += 1;
  }

  remove(order: PaperOrder): void {
    const orders = this.#bySymbol.get(order.symbol);
    const found = orders && [...orders].find((resting) => resting.order === order);
    if (!orders || !found) return;
    orders.delete(found);
    this.#size -= 1;
    if (orders.size === 0) this.#bySymbol.delete(order.symbol);
  }

  symbols(): readonly string[] {
    return [...this.#bySymbol.keys()];
  }

  /** Oldest first. */
  of(symbol: string): readonly OwnedOrder[] {
    return [...(this.#bySymbol.get(symbol) ?? [])].sort((a, b) => a.order.priority - b.order.priority);
  }
}

/** The quantity that an order can still execute. */
export const leavesQty = (order: PaperOrder): DecimalString => subtract(order.qty, order.executedQty);

/** What an incoming order of `side` can trade with, best first; users before the market maker at one price. */
export function offersFor(side: Side, depth: Depth, resting: readonly OwnedOrder[]): readonly Offer[] {
  const levels = side === 'Buy' ? depth.asks : depth.bids;
  const users = resting
    .filter((other) => other.order.side !== side)
    .map((other): Offer => ({ price: other.order.price, qty: leavesQty(other.order), resting: other }));
  const maker = levels.map((level): Offer => ({ ...level, resting: null }));
  const direction = side === 'Buy' ? 1 : -1;
  return [...users, ...maker].sort(
    (a, b) =>
      direction * compare(a.price, b.price) ||
      Number(a.resting === null) - Number(b.resting === null) ||
      (a.resting?.order.priority ?? 0) - (b.resting?.order.priority ?? 0),
  );
}

/** The offers that an order for `qty` takes up to its limit price, the last one cut to what is still needed. */
export function matchedOffers(
  { side, price: limit, qty }: Pick<PaperOrder, 'side' | 'price' | 'qty'>,
  offers: readonly Offer[],
): readonly Offer[] {
  let rest = qty;
  const taken: Offer[] = [];
  for (const offer of offers) {
    if (compare(rest, '0') <= 0 || !crosses(side, limit, offer.price)) break;
    const part = smaller(rest, offer.qty);
    taken.push({ ...offer, qty: part });
    rest = subtract(rest, part);
  }
  return taken;
}

/** Whether an order with this limit trades at `price`. */
export const crosses = (side: Side, limit: DecimalString, price: DecimalString): boolean =>
  side === 'Buy' ? compare(price, limit) <= 0 : compare(price, limit) >= 0;

export const totalQty = (offers: readonly { qty: DecimalString }[]): DecimalString =>
  toText(offers.reduce((total, { qty }) => total.plus(qty), decimal('0')));

/** The public book of a symbol: the market maker's levels with users' orders added in. */
export function publicDepth(depth: Depth, resting: readonly OwnedOrder[]): Depth {
  if (resting.length === 0) return depth;
  const merged = (levels: readonly Level[], side: Side): Level[] => {
    const byPrice = new Map(levels.map(({ price, qty }) => [price, qty]));
    for (const { order } of resting)
      if (order.side === side)
        byPrice.set(order.price, add(byPrice.get(order.price) ?? '0', leavesQty(order)));
    const direction = side === 'Buy' ? -1 : 1;
    return [...byPrice]
      .map(([price, qty]) => ({ price, qty }))
      .sort((a, b) => direction * compare(a.price, b.price));
  };
  return { bids: merged(depth.bids, 'Buy'), asks: merged(depth.asks, 'Sell') };
}
