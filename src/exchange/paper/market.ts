/**
 * The public side: index prices, instruments, marks and the market maker's book, computed only when they are asked for
 * and kept until the next tick. Knows no accounts; the engine reports what users traded away through `take`.
 */
import { add, decimal, Decimal, toText, type DecimalString } from '../../domain/money.ts';
import { depthAround, cappedTo, levelsLeft, type Depth, type DepthSettings } from './depth.ts';
import { deliveryWindowMs, IndexHistory } from './index-history.ts';
import { VolatilityHistory } from './volatility-history.ts';
import { Listing, type InstrumentStatus, type PaperInstrument } from './listing.ts';
import { plainNumber, valueOption, type PricingSettings, type Valuation } from './pricing.ts';

export interface OptionQuote {
  readonly instrument: PaperInstrument;
  readonly status: InstrumentStatus | 'Closed';
  readonly value: Valuation;
  /** Index as shown. */
  readonly index: DecimalString;
  readonly depth: Depth;
}

/** What faults do to the market maker's book. */
export interface BookShape {
  /** True when the market maker shows nothing on this side of a symbol. */
  isHidden(symbol: string, side: 'bid' | 'ask'): boolean;
  /** The most that the market maker shows on each side, or null. */
  sizeCap(symbol: string): DecimalString | null;
}

/** The mark price of an option, in the digits that the exchange shows. */
export const markOf = ({ value, instrument }: OptionQuote): Decimal =>
  new Decimal(value.mark.toFixed(instrument.rules.markPlaces));

export interface MarketSettings {
  readonly pricing: PricingSettings;
  readonly depth: DepthSettings;
  /** How long traded-away size stays away, exchange time. */
  readonly refillMs: number;
}

export interface CoinStats {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

interface Taken {
  bid: DecimalString;
  ask: DecimalString;
  untilMs: number;
}

export class Market {
  readonly listing = new Listing();
  readonly #settings: MarketSettings;
  readonly #shape: BookShape;
  readonly #index = new Map<string, number>();
  readonly #stats = new Map<string, CoinStats>();
  readonly #histories = new Map<string, IndexHistory>();
  readonly #volatilities = new Map<string, VolatilityHistory>();
  readonly #quotes = new Map<string, OptionQuote>();
  readonly #taken = new Map<string, Taken>();
  /** Symbols held by an account stay priced even where the listing no longer reaches. */
  readonly #held = new Set<string>();
  #nowMs = 0;

  constructor(settings: MarketSettings, shape: BookShape) {
    this.#settings = settings;
    this.#shape = shape;
  }

  tick(atMs: number, baseCoin: string, price: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
    this.#index.set(baseCoin, price);
    this.listing.notePrice(baseCoin, price);
    const stats = this.#stats.get(baseCoin) ?? { open: price, high: price, low: price };
    if (price > stats.high || price < stats.low || !this.#stats.has(baseCoin))
      this.#stats.set(baseCoin, {
        open: stats.open,
        high: Math.max(stats.high, price),
        low: Math.min(stats.low, price),
      });
    const history = this.#histories.get(baseCoin) ?? new IndexHistory();
    this.#histories.set(baseCoin, history);
    history.addPrice(atMs, price);
    const volatility = this.#volatilities.get(baseCoin) ?? new VolatilityHistory();
    this.#volatilities.set(baseCoin, volatility);
    volatility.addPrice(atMs, price);
    this.forgetQuotes();
  }

  /** To be called after a change that is no price: a fault, a trade. */
  forgetQuotes(): void {
    this.#quotes.clear();
  }

  /** Exchange time of the newest tick. */
  nowMs(): number {
    return this.#nowMs;
  }

  baseCoins(): readonly string[] {
    return [...this.#index.keys()];
  }

  index(baseCoin: string): number {
    return this.#index.get(baseCoin) ?? 0;
  }

  indexText(baseCoin: string): DecimalString {
    return this.index(baseCoin).toFixed(this.indexPlaces(baseCoin));
  }

  /** Decimals of a coin's index price. */
  indexPlaces(baseCoin: string): number {
    return this.listing.rulesOf(baseCoin)?.indexPlaces ?? 2;
  }

  stats(baseCoin: string): CoinStats {
    return this.#stats.get(baseCoin) ?? { open: 0, high: 0, low: 0 };
  }

  hold(symbol: string): void {
    this.#held.add(symbol);
  }

  instrument(symbol: string): PaperInstrument | undefined {
    // An option that is held is found without the listing, which is made anew every day.
    return this.#held.has(symbol)
      ? this.listing.instrumentOf(symbol)
      : this.listing.find(symbol, this.#nowMs);
  }

  /** Undefined when no such option is traded here. */
  quote(symbol: string): OptionQuote | undefined {
    const known = this.#quotes.get(symbol);
    if (known) return known;
    const instrument = this.instrument(symbol);
    if (!instrument || !this.#index.has(instrument.baseCoin)) return undefined;
    const moment = { index: this.index(instrument.baseCoin), nowMs: this.#nowMs };
    const value = valueOption(instrument, moment, this.#settings.pricing);
    const status = this.listing.statusOf(instrument, this.#nowMs);
    const depth = once(() =>
      status === 'Trading' ? this.#depth(instrument, value.mark) : { bids: [], asks: [] },
    );
    const index = this.indexText(instrument.baseCoin);
    const quote = {
      instrument,
      status,
      value,
      index,
      // Computed only when asked for, which happens far less often than for the value.
      get depth() {
        return depth();
      },
    };
    this.#quotes.set(symbol, quote);
    return quote;
  }

  /** Takes size out of the market maker's book; it comes back after `refillMs`. */
  take(symbol: string, side: 'bid' | 'ask', qty: DecimalString): void {
    const current = this.#takenOf(symbol) ?? { bid: '0', ask: '0', untilMs: 0 };
    this.#taken.set(symbol, {
      ...current,
      [side]: add(current[side], qty),
      untilMs: this.#nowMs + this.#settings.refillMs,
    });
    this.#quotes.delete(symbol);
  }

  /** "0" outside the last 30 minutes, as on the wire. */
  /** A fraction per year; `null` before so many days were seen. */
  realisedVolatility(baseCoin: string, days: number): DecimalString | null {
    const value = this.#volatilities.get(baseCoin)?.over(days) ?? null;
    return value === null ? null : plainNumber(value, 8);
  }

  predictedDeliveryPrice(instrument: PaperInstrument): number {
    const aheadMs = instrument.expiry.deliveryMs - this.#nowMs;
    if (aheadMs <= 0 || aheadMs > deliveryWindowMs) return 0;
    return this.#averageIndex(instrument.baseCoin, instrument.expiry.deliveryMs, this.#nowMs);
  }

  /** What options of a coin were delivered at, in the digits of its mark prices. */
  deliveryPrice(baseCoin: string, deliveryMs: number): DecimalString {
    const price = this.#averageIndex(baseCoin, deliveryMs, deliveryMs);
    return toText(decimal(price.toFixed(this.listing.rulesOf(baseCoin)?.markPlaces ?? 8)));
  }

  #averageIndex(baseCoin: string, deliveryMs: number, untilMs: number): number {
    const average = this.#histories.get(baseCoin)?.averageBefore(deliveryMs, untilMs) ?? 0;
    return Number(average.toFixed(Math.max(8, this.indexPlaces(baseCoin))));
  }

  #depth(instrument: PaperInstrument, mark: number): Depth {
    const { symbol } = instrument;
    const taken = this.#takenOf(symbol);
    const cap = this.#shape.sizeCap(symbol);
    const full = depthAround(instrument, mark, this.#settings.depth);
    const shown = (side: 'bid' | 'ask') => {
      if (this.#shape.isHidden(symbol, side)) return [];
      const levels = side === 'bid' ? full.bids : full.asks;
      const capped = cap === null ? levels : cappedTo(levels, cap);
      return taken ? levelsLeft(capped, taken[side]) : capped;
    };
    return { bids: shown('bid'), asks: shown('ask') };
  }

  #takenOf(symbol: string): Taken | undefined {
    const taken = this.#taken.get(symbol);
    if (!taken || taken.untilMs > this.#nowMs) return taken;
    this.#taken.delete(symbol);
    return undefined;
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}
