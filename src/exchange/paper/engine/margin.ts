/**
 * Cross margin as far as short options need it (docs/exchange.md#margin): initial and maintenance margin of positions
 * and of orders that would open, equity, and what is left. Longs are paid up front and need none. A far short leg is
 * margined in full while the near one is still open, as the exchange does.
 */
import { decimal, Decimal, toText, type DecimalString } from '../../../domain/money.ts';
import type { Side } from '../../../domain/market/order.ts';
import { markOf, type OptionQuote } from '../market.ts';
import { tradeFee } from './fees.ts';
import type { Conditions, EngineSettings } from './settings.ts';
import type { Account } from './account.ts';
import type { AccountState, PaperOrder, PaperPosition } from './types.ts';

export interface MarginSummary {
  readonly wallet: Decimal;
  readonly optionValue: Decimal;
  readonly positionInitial: Decimal;
  readonly positionMaintenance: Decimal;
  readonly orderInitial: Decimal;
  /** Of resting sales that would open. */
  readonly orderMaintenance: Decimal;
  /** Wallet less every initial margin; option value does not count in cross margin. */
  readonly available: Decimal;
}

/** Margin of one unit short at `price`. */
export function shortMargin(
  quote: OptionQuote,
  price: DecimalString,
  settings: EngineSettings,
): { initial: Decimal; maintenance: Decimal } {
  const { initial, floor, maintenance } = settings.marginFactors;
  const index = new Decimal(quote.index);
  const mark = markOf(quote);
  const { strike, isCall } = quote.instrument;
  const outOfTheMoney = Decimal.max(0, isCall ? index.minus(strike).neg() : index.minus(strike));
  const mm = Decimal.max(index, mark).times(maintenance).plus(mark).plus(index.times('0.002'));
  const im = Decimal.max(index.times(initial).minus(outOfTheMoney), index.times(floor)).plus(
    Decimal.max(decimal(price), mark),
  );
  return { initial: Decimal.max(im, mm), maintenance: mm };
}

export function positionMargin(
  position: Pick<PaperPosition, 'symbol' | 'side' | 'qty' | 'averagePrice'>,
  { market, settings }: Conditions,
): { initial: Decimal; maintenance: Decimal; value: Decimal } {
  const quote = market.quote(position.symbol);
  const zero = new Decimal(0);
  if (!quote) return { initial: zero, maintenance: zero, value: zero };
  const worth = markOf(quote).times(position.qty);
  if (position.side === 'Buy') return { initial: zero, maintenance: zero, value: worth };
  const unit = shortMargin(quote, position.averagePrice, settings);
  return {
    initial: unit.initial.times(position.qty),
    maintenance: unit.maintenance.times(position.qty),
    value: worth.neg(),
  };
}

/** What an order locks up: premium and fee of a buy, margin and fee less premium of a sale; nothing when it reduces. */
export function orderCost(
  order: { symbol: string; side: Side; qty: DecimalString; price: DecimalString },
  openingQty: Decimal,
  { market, settings }: Conditions,
): Decimal {
  const quote = market.quote(order.symbol);
  if (!quote || openingQty.lessThanOrEqualTo(0)) return new Decimal(0);
  const premium = decimal(order.price).times(openingQty);
  const fee = decimal(
    tradeFee({
      rate: settings.takerFeeRate,
      index: quote.index,
      price: order.price,
      qty: toText(openingQty),
      cap: settings.tradeFeeCap,
    }),
  );
  if (order.side === 'Buy') return premium.plus(fee);
  const margin = shortMargin(quote, order.price, settings).initial.times(openingQty);
  return Decimal.max(0, margin.plus(fee).minus(premium));
}

/** How much of `qty` of an order would open or grow a position if it were filled now. */
export function openingPart(
  account: AccountState,
  order: Pick<PaperOrder, 'symbol' | 'side'>,
  qty: Decimal,
): Decimal {
  const held = account.positions[order.symbol];
  return held && held.side !== order.side ? Decimal.max(0, qty.minus(held.qty)) : qty;
}

/** Which positions and orders a summary is about. */
export type Chosen = (of: { readonly symbol: string }) => boolean;

/** @param chosen leaves out positions and orders; default all count. */
export function summarise(
  { state: account, pending }: Account,
  conditions: Conditions,
  chosen: Chosen = () => true,
): MarginSummary {
  const zero = new Decimal(0);
  const wallet = decimal(account.wallet.USDT).plus(account.wallet.USDC);
  let positionInitial = zero;
  let positionMaintenance = zero;
  let optionValue = zero;
  for (const position of Object.values(account.positions).filter(chosen)) {
    const margin = positionMargin(position, conditions);
    positionInitial = positionInitial.plus(margin.initial);
    positionMaintenance = positionMaintenance.plus(margin.maintenance);
    optionValue = optionValue.plus(margin.value);
  }
  let orderInitial = zero;
  let orderMaintenance = zero;
  for (const order of pending) {
    if (order.reduceOnly || !chosen(order)) continue;
    const openQty = openingPart(account, order, decimal(order.qty).minus(order.executedQty));
    orderInitial = orderInitial.plus(orderCost(order, openQty, conditions));
    orderMaintenance = orderMaintenance.plus(orderMaintenanceOf(order, openQty, conditions));
  }
  const available = wallet.minus(positionInitial).minus(orderInitial);
  return {
    wallet,
    optionValue,
    positionInitial,
    positionMaintenance,
    orderInitial,
    orderMaintenance,
    available,
  };
}

/** A working sale counts as if it were filled (Bybit docs: v5/account/option-asset-info, assetMM). */
export function orderMaintenanceOf(
  order: { symbol: string; side: Side; price: DecimalString },
  openingQty: Decimal,
  { market, settings }: Conditions,
): Decimal {
  const quote = market.quote(order.symbol);
  if (!quote || order.side === 'Buy') return new Decimal(0);
  return shortMargin(quote, order.price, settings).maintenance.times(openingQty);
}
