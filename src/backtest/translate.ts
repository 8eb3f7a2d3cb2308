/** Translates the paper engine's data to the domain's, as the adapter would read it off the wire (a test compares the two). */
import type { StandingStop, StopFill, StopKind } from '../domain/market/stops.ts';
import { decimal, Decimal, isZero, toText } from '../domain/money.ts';
import { parseOptionSymbol } from '../exchange/bybit/symbols.ts';
import type {
  Fill,
  Greeks,
  Instrument,
  ListedOption,
  Margin,
  OrderReport,
  Position,
  Quote,
} from '../domain/market/order.ts';
import type { PreCheck } from '../domain/market/pre-check.ts';
import type { Readings } from '../domain/rules/triggers.ts';
import { refusalOf } from '../exchange/bybit/errors.ts';
import { checkOf, refusedCheckOf } from '../exchange/bybit/pre-check.ts';
import type { Account } from '../exchange/paper/engine/account.ts';
import { summarise } from '../exchange/paper/engine/margin.ts';
import type { Engine } from '../exchange/paper/engine/engine.ts';
import { Refusal } from '../exchange/paper/engine/refusal.ts';
import type { EngineSettings } from '../exchange/paper/engine/settings.ts';
import type { PaperFill, PaperOrder, StopTerms } from '../exchange/paper/engine/types.ts';
import type { PaperInstrument } from '../exchange/paper/listing.ts';
import type { Market, OptionQuote } from '../exchange/paper/market.ts';
import { plainNumber } from '../exchange/paper/pricing.ts';

const statuses = {
  Accepted: 'open',
  New: 'open',
  Untriggered: 'open',
  PartiallyFilled: 'open',
  Filled: 'filled',
  Cancelled: 'cancelled',
  Rejected: 'rejected',
} as const;

const noReason = new Set(['UNKNOWN', 'EC_NoError']);

export const reportOf = (order: PaperOrder): OrderReport => ({
  linkId: order.linkId,
  symbol: order.symbol,
  side: order.side,
  status: statuses[order.status],
  qty: order.qty,
  price: order.price,
  executedQty: order.executedQty,
  averagePrice: isZero(order.executedQty)
    ? '0'
    : toText(decimal(order.executedValue).dividedBy(order.executedQty)),
  fee: order.fee,
  reason: [order.cancelType, order.rejectReason].filter((reason) => !noReason.has(reason)).join(', '),
  refusal: refusalOf(order.cancelType, order.rejectReason),
  updatedAtMs: order.updatedAtMs,
});

export const fillOf = ({ execId, linkId, symbol, side, qty, price, fee, atMs }: PaperFill): Fill => ({
  execId,
  linkId,
  symbol,
  side,
  qty,
  price,
  fee,
  atMs,
});

const kinds = { StopLoss: 'stopLoss', TakeProfit: 'takeProfit' } as const;

export const stopKindOf = ({ kind }: StopTerms): StopKind => kinds[kind];

/** Its stops that wait for their price. */
export const stopsOf = (account: Account): StandingStop[] =>
  [...account.untriggered].flatMap(({ symbol, qty, stop }) =>
    stop ? [{ symbol, kind: kinds[stop.kind], qty, mark: stop.triggerPrice }] : [],
  );

/** What stops have executed in an option. */
export const stopFillsOf = (account: Account, of: string): StopFill[] =>
  account.state.orders.flatMap(({ symbol, stop, side, executedQty, executedValue, fee, updatedAtMs }) =>
    stop && symbol === of && !isZero(executedQty)
      ? [
          {
            symbol,
            kind: kinds[stop.kind],
            side,
            qty: executedQty,
            value: executedValue,
            fee,
            atMs: updatedAtMs,
          },
        ]
      : [],
  );

export function positionOf(account: Account, symbol: string): Position {
  const held = account.state.positions[symbol];
  return held
    ? { symbol, side: held.side, qty: held.qty, averagePrice: held.averagePrice }
    : { symbol, side: null, qty: '0', averagePrice: '0' };
}

export function marginOf(account: Account, market: Market, settings: EngineSettings): Margin {
  const { wallet, optionValue, positionInitial, orderInitial, positionMaintenance, available } = summarise(
    account,
    { market, settings },
  );
  const rate = (margin: typeof wallet) => (wallet.isZero() ? null : toText(margin.dividedBy(wallet)));
  return {
    initialRate: rate(positionInitial.plus(orderInitial)),
    maintenanceRate: rate(positionMaintenance),
    equity: toText(wallet.plus(optionValue)),
    available: toText(Decimal.max(0, available)),
    balance: toText(wallet),
    initial: toText(positionInitial.plus(orderInitial)),
    maintenance: toText(positionMaintenance),
  };
}

/** What the exchange refuses for want of margin, and what comes with it. */
const marginRefusal = { code: 110007, text: 'ab not enough for new order' };

/**
 * The answer to a check of an order, in rates of a ten-thousandth.
 * @param refuse makes an error of a refusal as the adapter would
 */
export function preCheckOf(
  checked: ReturnType<Engine['preCheck']>,
  refuse: (failure: { readonly code: number; readonly text: string }) => Error,
): PreCheck {
  if (checked instanceof Refusal) return refusedCheckOf(refuse(checked), undefined);
  const { before, initial, cost, maintenance, maintenanceCost, fits } = checked;
  const e4 = (margin: Decimal): string =>
    before.wallet.isZero() ? '0' : toText(margin.dividedBy(before.wallet).times(10_000).round());
  const [postImrE4, postMmrE4] = [e4(initial.plus(cost)), e4(maintenance.plus(maintenanceCost))];
  return fits
    ? checkOf({ postImrE4, postMmrE4 })
    : refusedCheckOf(refuse(marginRefusal), { post_imr_e4: postImrE4, post_mmr_e4: postMmrE4 });
}

export function quoteOf({ instrument, value, index, depth }: OptionQuote, atMs: number): Quote {
  return {
    symbol: instrument.symbol,
    bid: depth.bids[0]?.price ?? null,
    ask: depth.asks[0]?.price ?? null,
    mark: text(value.mark, instrument.rules.markPlaces),
    index,
    greeks: greeksOf(value),
    openInterest: null,
    atMs,
  };
}

/** Readings with the same figures as the quote. */
export const readingsOf = ({ instrument, value, index }: OptionQuote): Readings => ({
  optionMark: text(value.mark, instrument.rules.markPlaces),
  optionIndex: index,
  delta: text(value.delta),
  theta: text(value.theta),
  ...(value.iv > 0 && { volatility: text(value.iv) }),
});

const text = (value: number, places = 8): string => plainNumber(value, places);

const greeksOf = ({ delta, gamma, vega, theta, iv }: OptionQuote['value']): Greeks => ({
  delta: text(delta),
  gamma: text(gamma),
  vega: text(vega),
  theta: text(theta),
  volatility: text(iv),
});

export const listedOf = (found: OptionQuote, atMs: number): ListedOption => ({
  instrument: instrumentOf(found.instrument, found.status),
  quote: found.status === 'Trading' ? quoteOf(found, atMs) : null,
});

/** Kept because only the status of an instrument changes, and every look at a listing needs hundreds of them. */
const translated = new WeakMap<PaperInstrument, Instrument>();

export function instrumentOf(instrument: PaperInstrument, status: Instrument['status']): Instrument {
  const known = translated.get(instrument);
  if (known?.status === status) return known;
  const { symbol, baseCoin, settleCoin } = instrument;
  const { tickSize, minPrice, qtyStep, minQty, maxQty } = instrument.rules;
  const fresh: Instrument = {
    symbol,
    baseCoin,
    settleCoin,
    optionType: instrument.isCall ? 'call' : 'put',
    strike: parseOptionSymbol(symbol).strike,
    status,
    expiryMs: instrument.expiry.deliveryMs,
    expiryKind: instrument.expiry.kind,
    tickSize,
    minPrice,
    qtyStep,
    minQty,
    maxQty,
  };
  translated.set(instrument, fresh);
  return fresh;
}
