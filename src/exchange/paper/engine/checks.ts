/**
 * Everything that is refused before an order is acknowledged, with the exchange's code and text (Bybit docs: v5/error).
 * Returns a refusal or the order's terms; the engine accepts it.
 */
import { blackScholes } from '../../../domain/market/greeks.ts';
import {
  compare,
  decimal,
  Decimal,
  isOnGrid,
  onGrid,
  toText,
  type DecimalString,
} from '../../../domain/money.ts';
import type { Side } from '../../../domain/market/order.ts';
import { markOf, type Market, type OptionQuote } from '../market.ts';
import { yearMs } from '../pricing.ts';
import type { Account } from './account.ts';
import { Refusal } from './refusal.ts';
import { orderCost, openingPart, summarise } from './margin.ts';
import type { Conditions, EngineSettings } from './settings.ts';
import { checkStops, isCancellable } from './stop-rules.ts';
import { isOpen, type OrderRequest, type PaperOrder } from './types.ts';

export const notEnoughMargin = new Refusal(110007, 'ab not enough for new order');

/** What an accepted order trades at. */
export interface Terms {
  readonly quote: OptionQuote;
  readonly linkId: string;
  readonly price: DecimalString;
}

/** 10 is 1,000 %. */
const impliedVolatilityMax = '10';
const linkIdPattern = /^[A-Za-z0-9_-]{1,36}$/;

export function checkCreate(
  account: Account,
  request: OrderRequest,
  conditions: Conditions,
): Terms | Refusal {
  const { market, settings } = conditions;
  const { linkId } = request;
  if (linkId === null) return new Refusal(10001, 'params error: orderLinkId is required for options');
  if (!linkIdPattern.test(linkId)) return new Refusal(10001, 'params error: orderLinkId invalid');
  const quote = tradedQuote(request.symbol, market);
  if (quote instanceof Refusal) return quote;
  if (account.knowsLinkId(linkId)) return new Refusal(110072, 'OrderLinkedID is duplicate');
  const size = checkQty(request.qty, quote);
  if (size) return size;
  const price = priceOf(request, quote, conditions);
  if (price instanceof Refusal) return price;
  const open = [...account.pending].filter((order) => order.baseCoin === quote.instrument.baseCoin);
  if (open.length >= settings.openOrdersMax)
    return new Refusal(110020, `Not allowed to have more than ${settings.openOrdersMax} active orders`);
  const held = account.state.positions[request.symbol];
  if (request.stops && request.reduceOnly)
    return new Refusal(10001, 'params error: takeProfit and stopLoss are not for reduceOnly orders');
  const wrongStops = checkStops(request.side, request.stops ?? {}, quote);
  if (wrongStops) return wrongStops;
  if (request.reduceOnly && (!held || held.side === request.side))
    return new Refusal(110017, 'Reduce-only rule not satisfied');
  return checkMargin(account, { ...request, price }, conditions) ?? { quote, linkId, price };
}

/** The quote of a symbol that trades now. */
export function tradedQuote(symbol: string, market: Market): OptionQuote | Refusal {
  const quote = market.quote(symbol);
  if (!quote) return new Refusal(10001, 'params error: symbol invalid');
  if (quote.status === 'PreLaunch') return new Refusal(110074, 'This contract is not live');
  if (quote.status !== 'Trading')
    return new Refusal(110063, 'Settlement in progress! Trading is not available.');
  return quote;
}

export function checkQty(qty: DecimalString, { instrument }: OptionQuote): Refusal | null {
  const { minQty, maxQty, qtyStep } = instrument.rules;
  if (compare(qty, minQty) < 0)
    return new Refusal(10001, `The number of contracts below minimum limit allowed`);
  if (compare(qty, maxQty) > 0)
    return new Refusal(10001, `The number of contracts exceeds maximum limit allowed`);
  return isOnGrid(qty, qtyStep) ? null : new Refusal(10001, 'Qty invalid: not a multiple of qtyStep');
}

export function checkPrice(
  { side, price }: { side: Side; price: DecimalString },
  quote: OptionQuote,
  settings: EngineSettings,
): Refusal | null {
  const { minPrice, maxPrice, tickSize } = quote.instrument.rules;
  if (compare(price, minPrice) < 0 || compare(price, maxPrice) > 0)
    return new Refusal(10001, `Order price out of permissible range [${minPrice},${maxPrice}]`);
  if (!isOnGrid(price, tickSize)) return new Refusal(10001, 'Price invalid: not a multiple of tickSize');
  if (!settings.priceBand) return null;
  const { buyIndexFraction, sellIndexFraction, markFraction } = settings.priceBand;
  const indexFraction = side === 'Buy' ? buyIndexFraction : sellIndexFraction;
  const mark = markOf(quote);
  const width = Decimal.max(decimal(quote.index).times(indexFraction), mark.times(markFraction));
  if (side === 'Buy' && decimal(price).greaterThan(mark.plus(width)))
    return new Refusal(30208, 'The order price is higher than the maximum buying price');
  if (side === 'Sell' && decimal(price).lessThan(mark.minus(width)))
    return new Refusal(30209, 'The order price is lower than the minimum selling price');
  return null;
}

function priceOf(
  request: OrderRequest,
  quote: OptionQuote,
  { market, settings }: Conditions,
): DecimalString | Refusal {
  if (request.orderType === 'Market') return protectionPrice(request, quote, settings);
  if (request.orderIv !== null) {
    const isPossible =
      compare(request.orderIv, '0') > 0 && compare(request.orderIv, impliedVolatilityMax) <= 0;
    if (!isPossible) return new Refusal(10001, 'params error: orderIv invalid');
    const price = priceAtVolatility(request.orderIv, quote, market.nowMs());
    return checkPrice({ side: request.side, price }, quote, settings) ?? price;
  }
  const { side, price } = request;
  if (price === null) return new Refusal(10001, 'params error: price is required');
  return checkPrice({ side, price }, quote, settings) ?? price;
}

/** A Market order is an IOC limit at this price (docs/exchange.md#orders). */
export function protectionPrice(
  request: Pick<OrderRequest, 'side'>,
  quote: OptionQuote,
  settings: EngineSettings,
): DecimalString | Refusal {
  const { tickSize, minPrice } = quote.instrument.rules;
  const otherSide = request.side === 'Buy' ? quote.depth.asks : quote.depth.bids;
  if (otherSide.length === 0)
    return new Refusal(110118, 'The market order has no price: market liquidity is low');
  const mark = markOf(quote);
  const { fraction, ticks } = settings.marketProtection;
  const width = Decimal.max(mark.times(fraction), new Decimal(tickSize).times(ticks));
  const price = request.side === 'Buy' ? mark.plus(width) : mark.minus(width);
  return toText(
    Decimal.max(minPrice, onGrid(toText(price), tickSize, request.side === 'Buy' ? 'up' : 'down')),
  );
}

function priceAtVolatility(iv: DecimalString, quote: OptionQuote, nowMs: number): DecimalString {
  const { instrument, value } = quote;
  const { price } = blackScholes({
    optionType: instrument.isCall ? 'call' : 'put',
    spot: value.forward,
    strike: instrument.strike,
    yearsToExpiry: (instrument.expiry.deliveryMs - nowMs) / yearMs,
    volatility: Number(iv),
  });
  const { tickSize, minPrice, markPlaces } = instrument.rules;
  return toText(Decimal.max(minPrice, onGrid(price.toFixed(markPlaces), tickSize, 'nearest')));
}

function checkMargin(
  account: Account,
  order: OrderRequest & { readonly price: DecimalString },
  conditions: Conditions,
): Refusal | null {
  if (!conditions.settings.marginChecked || order.reduceOnly) return null;
  const opening = openingPart(account.state, order, decimal(order.qty));
  const cost = orderCost(order, opening, conditions);
  const isAffordable = cost.isZero() || cost.lessThanOrEqualTo(summarise(account, conditions).available);
  return isAffordable ? null : notEnoughMargin;
}

/** An order that a cancel or an amend can still reach. */
export function checkReachable(
  order: PaperOrder | undefined,
  verb: 'cancel' | 'replace',
): PaperOrder | Refusal {
  const isReached = order && (verb === 'cancel' ? isCancellable(order) : isOpen(order));
  return isReached ? order : new Refusal(110001, `order not exists or too late to ${verb}`);
}
