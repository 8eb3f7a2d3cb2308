/**
 * Stops of positions (docs/exchange.md#stops): `trading-stop` and orders that bring their stops along make conditional orders of
 * them. Each waits for the option's mark price, follows the size of its position, and becomes a market order that reduces it. Which
 * price triggers an option's stop is not documented: the mark is assumed.
 */
import { compare, isPositive, toText, type DecimalString } from '../../../domain/money.ts';
import { opposite } from '../../../domain/market/order.ts';
import { markOf } from '../market.ts';
import type { Account } from './account.ts';
import type { OwnedOrder } from './books.ts';
import { protectionPrice, tradedQuote } from './checks.ts';
import type { EngineContext } from './context.ts';
import { acceptedNow } from './new-order.ts';
import { Refusal } from './refusal.ts';
import { checkStops, isReached, stopKinds, stopPricesOf } from './stop-rules.ts';
import type { PaperOrder, PaperPosition, StopKind, StopPrices } from './types.ts';

/** How stop-orders end and are reported, which execution.ts knows. */
export interface StopReports {
  report(owned: OwnedOrder): void;
  cancel(owned: OwnedOrder, cancelType: string): void;
}

/** The exchange's word when a position is gone (Bybit docs: v5/enum, cancelType); options are not named there. */
const clearedWithPosition = 'CancelByTpSlTsClear';

/** Sets, moves or takes away (`"0"`) the stops of a position; what is absent stays. */
export function setStops(
  context: EngineContext,
  { account, symbol }: { readonly account: Account; readonly symbol: string },
  { prices, reports }: { readonly prices: StopPrices; readonly reports: StopReports },
): Refusal | null {
  const quote = tradedQuote(symbol, context.market);
  if (quote instanceof Refusal) return quote;
  const held = account.state.positions[symbol];
  if (!held) return new Refusal(10001, 'can not set tp/sl/ts for zero position');
  const wrong = checkStops(held.side, prices, quote);
  if (wrong) return wrong;
  const standing = stopPricesOf(account, symbol);
  const changed = stopKinds.filter(({ field }) => {
    const price = prices[field];
    return price !== undefined && (isPositive(price) ? price : '') !== standing[field];
  });
  if (changed.length === 0) return new Refusal(34040, 'not modified');
  context.later(context.settings.fillDelayMs, () => {
    const position = account.state.positions[symbol];
    if (!position) return;
    for (const { kind, field } of changed)
      putStop(context, { account, position, reports }, { kind, price: prices[field] ?? '0' });
    context.events.position(account, symbol, 0);
    context.events.changed();
  });
  return null;
}

interface Protected {
  readonly account: Account;
  readonly position: PaperPosition;
  readonly reports: StopReports;
}

function putStop(
  context: EngineContext,
  { account, position, reports }: Protected,
  { kind, price }: { readonly kind: StopKind; readonly price: DecimalString },
): void {
  const { symbol, side, qty } = position;
  for (const order of account.stopsOf(symbol))
    if (order.stop?.kind === kind) reports.cancel({ account, order }, 'CancelByUser');
  const instrument = context.market.instrument(symbol);
  if (!isPositive(price) || !instrument) return;
  const order: PaperOrder = {
    ...acceptedNow(context),
    linkId: '',
    symbol,
    baseCoin: instrument.baseCoin,
    settleCoin: instrument.settleCoin,
    side: opposite(side),
    orderType: 'Market',
    timeInForce: 'IOC',
    reduceOnly: true,
    orderIv: '',
    price: '0',
    qty,
    status: 'Untriggered',
    stop: { kind, triggerPrice: price },
  };
  account.add(order);
  context.untriggered.add({ account, order });
  reports.report({ account, order });
}

/**
 * To be called after a fill: the stops that an order brings along are set with its first one, and stops follow the size of their
 * position, or end with it.
 */
export function followPosition(
  context: EngineContext,
  { account, order }: OwnedOrder,
  reports: StopReports,
): void {
  const { symbol } = order;
  const position = account.state.positions[symbol];
  if (position && order.stops && position.side === order.side) {
    const standing = stopPricesOf(account, symbol);
    for (const { kind, field } of stopKinds) {
      const price = order.stops[field];
      if (price !== undefined && standing[field] !== price)
        putStop(context, { account, position, reports }, { kind, price });
    }
  }
  for (const stop of account.stopsOf(symbol)) {
    const owned = { account, order: stop };
    if (position?.side !== opposite(stop.side)) reports.cancel(owned, clearedWithPosition);
    else if (compare(stop.qty, position.qty) !== 0) {
      stop.qty = position.qty;
      stop.updatedAtMs = context.nowMs();
      reports.report(owned);
    }
  }
}

/**
 * Triggers every stop whose price is reached.
 * @param send puts a triggered order into the book; stops of the same position that it leaves without one are cancelled there
 */
export function triggerStops(context: EngineContext, send: (owned: OwnedOrder) => void): void {
  for (const symbol of context.untriggered.symbols()) {
    const quote = context.market.quote(symbol);
    if (quote?.status !== 'Trading') continue;
    for (const owned of context.untriggered.of(symbol)) {
      const { account, order } = owned;
      const held = account.state.positions[symbol];
      if (order.status !== 'Untriggered' || !held || !isReached(order, quote)) continue;
      const price = protectionPrice(order, quote, context.settings);
      // Nothing to trade with: it is sent all the same and ends unexecuted, as a market order does.
      order.price = price instanceof Refusal ? toText(markOf(quote)) : price;
      order.qty = held.qty;
      order.status = 'Accepted';
      order.updatedAtMs = context.nowMs();
      context.untriggered.remove(order);
      account.refresh(order);
      send(owned);
    }
  }
}
