/** Orders, fills, positions and quotes in the product's own words. Quantities are in base coin, prices and fees in settle coin. */
import type { RefusalScope } from '../errors.ts';
import type { DecimalString } from '../money.ts';
import type { Expiry } from './expiries.ts';
import type { Option } from './option.ts';

export type Side = 'Buy' | 'Sell';
/** The side that closes what was opened on this one. */
export const opposite = (side: Side): Side => (side === 'Buy' ? 'Sell' : 'Buy');

export interface OrderRequest {
  /** Our idempotency key, at most 36 characters of `[A-Za-z0-9_-]`, never used for another order. */
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  /** Limit price, on the tick grid. */
  readonly price: DecimalString;
  /** `PostOnly`: ended by the exchange rather than filled on arrival. */
  readonly timeInForce: 'GTC' | 'IOC' | 'PostOnly';
  readonly reduceOnly: boolean;
}

/** What the exchange last said of an order. Only `executedQty` says how much was traded, whatever the status. */
export interface OrderReport {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly status: 'open' | 'filled' | 'cancelled' | 'rejected';
  readonly qty: DecimalString;
  readonly price: DecimalString;
  readonly executedQty: DecimalString;
  /** Average price of what was executed; `"0"` when nothing was. */
  readonly averagePrice: DecimalString;
  /** Cumulated fee, positive = cost. */
  readonly fee: DecimalString;
  /** The exchange's reject or cancel reason, `""` when there is none. */
  readonly reason: string;
  /** Why the exchange ended it by itself, where that says what to do next; `null` when it did not. */
  readonly refusal: RefusalScope | null;
  readonly updatedAtMs: number;
}

/** One execution. `execId` is unique; the same fill may be reported more than once. */
export interface Fill {
  readonly execId: string;
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly price: DecimalString;
  readonly fee: DecimalString;
  readonly atMs: number;
  /** Told ahead, without its fee: the same execution is still to come with it. */
  readonly isFast?: true;
}

/** Everything a look-up by link id found. `order: null` and no fills = nothing seen, which is no proof of absence. */
export interface OrderSighting {
  readonly order: OrderReport | null;
  readonly fills: readonly Fill[];
}

export interface Position {
  readonly symbol: string;
  /** `null` when flat. */
  readonly side: Side | null;
  /** Always positive or `"0"`; the direction is in `side`. */
  readonly qty: DecimalString;
  readonly averagePrice: DecimalString;
}

export interface Margin {
  /** Fractions of equity, e.g. `"0.0123"`; `null` when the exchange leaves them empty. */
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
  readonly equity: DecimalString;
  readonly available: DecimalString;
  /** What the rates are fractions of, and the margins themselves, in USD; `null` when the exchange leaves them empty. */
  readonly balance: DecimalString | null;
  readonly initial: DecimalString | null;
  readonly maintenance: DecimalString | null;
}

/** What became of a position when its option was delivered. */
export interface Settlement {
  readonly symbol: string;
  readonly side: Side;
  /** Of the whole position, in base coin. */
  readonly qty: DecimalString;
  readonly deliveryPrice: DecimalString;
  /** Of the whole position, positive = cost. */
  readonly fee: DecimalString;
  readonly atMs: number;
}

export interface Instrument extends Option, Expiry {
  readonly status: 'PreLaunch' | 'Trading' | 'Delivering' | 'Closed';
  readonly tickSize: DecimalString;
  readonly minPrice: DecimalString;
  readonly qtyStep: DecimalString;
  readonly minQty: DecimalString;
  readonly maxQty: DecimalString;
}

/** Top of book. `null` = no quote on that side (the wire's `"0"`). */
export interface Quote {
  readonly symbol: string;
  readonly bid: DecimalString | null;
  readonly ask: DecimalString | null;
  readonly mark: DecimalString;
  /** Index price of the underlying. */
  readonly index: DecimalString;
  /** Of one unit held long, as the exchange computes them; `null` when it does not say. */
  readonly greeks: Greeks | null;
  /** In base coin; `null` when the exchange does not say. */
  readonly openInterest: DecimalString | null;
  /** When the exchange made this quote, exchange time. */
  readonly atMs: number;
}

export interface Greeks {
  readonly delta: DecimalString;
  readonly gamma: DecimalString;
  /** Per percentage point of volatility. */
  readonly vega: DecimalString;
  /** Per day. */
  readonly theta: DecimalString;
  /** The mark's volatility, a fraction per year. */
  readonly volatility: DecimalString | null;
}

/** A listed option with its quote, or without one when the exchange shows none or none was asked for. */
export interface ListedOption {
  readonly instrument: Instrument;
  readonly quote: Quote | null;
}

/** Each instrument with its quote, `null` where there is none; in the order of the instruments. */
export function withQuotes(instruments: readonly Instrument[], quotes: readonly Quote[]): ListedOption[] {
  const bySymbol = new Map(quotes.map((quote) => [quote.symbol, quote]));
  return instruments.map((instrument) => ({ instrument, quote: bySymbol.get(instrument.symbol) ?? null }));
}
