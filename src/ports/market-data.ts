/** Public prices and listings. Promises reject with `Retryable` or `Terminal`, as in ports/exchange. */
import type { ExchangeRules } from '../domain/market/exchange-rules.ts';
import type { Instrument, ListedOption, Quote } from '../domain/market/order.ts';
import type { OptionFamily, OptionSeries } from '../domain/market/option.ts';
import type { DecimalString } from '../domain/money.ts';
import type { Readings, VolatilityDays } from '../domain/rules/triggers.ts';

/** What a feed reports of one source at one moment. */
export interface Tick {
  readonly feed: Feed;
  /** A base coin, for its index, mark and last price; of the feed of options a symbol, for its delta and mark. */
  readonly source: string;
  readonly readings: Readings;
  /** Exchange time of the frame. */
  readonly atMs: number;
}

export type Feed = 'underlying' | 'options';

export type QuoteSource = 'stream' | 'request';

export interface MarketData {
  /** What holds at this exchange whatever the market does. */
  readonly rules: ExchangeRules;
  /** Connects and keeps connected; resolves when the clock is set and the first price of what is watched has come. */
  open(listener: MarketListener): Promise<void>;
  /** Ends every stream; the listener receives nothing more. */
  close(): Promise<void>;
  /** Streams the prices of a base coin from now on; a repeat call changes nothing. */
  watchUnderlying(baseCoin: string): void;
  /** Streams an option's ticker until it is unwatched; a repeat call changes nothing. */
  watchOption(symbol: string): void;
  /** Ends an option's ticker; does nothing when it is not watched. */
  unwatchOption(symbol: string): void;
  /** Listed options of the family, nearest expiry first, then strikes ascending. The list may be some minutes old. */
  listed(family: OptionFamily): Promise<readonly Instrument[]>;
  /**
   * Current quotes; options that the exchange shows no prices for are left out. Cheaper than a chain for a few.
   * @param from `stream`: those that a stream has told a moment ago are not asked for, where options are streamed; the default
   */
  quotes(symbols: readonly string[], from?: QuoteSource): Promise<readonly Quote[]>;
  /** Listed options of one series, strikes ascending, each with its current quote or `null`. @param from as of `quotes` */
  chain(series: OptionSeries, from?: QuoteSource): Promise<readonly ListedOption[]>;
  /** The current quote of one option. @throws Retryable when the exchange shows no prices for it */
  quote(symbol: string): Promise<Quote>;
  /** Current index, mark and last price of a base coin. */
  underlying(baseCoin: string): Promise<Readings>;
  /**
   * The newest realised volatility of a base coin that the exchange publishes, a fraction per year; `null` when it has
   * none. It changes once an hour.
   */
  realisedVolatility(baseCoin: string, days: VolatilityDays): Promise<DecimalString | null>;
}

/** Receives the market feed. Sources are base coins or options' symbols; without any, the whole feed is meant. */
export interface MarketListener {
  /**
   * A frame has come; `readings` holds every field that is known of the source, changed or not. Several that are of one moment
   * are known before anything fires on one of them.
   */
  tick(...ticks: readonly Tick[]): void;
  /** These sources have no fresh prices: nothing may fire on their last ones until they are `live`. */
  stale(feed: Feed, reason: string, sources?: readonly string[]): void;
  /** A price of each of these has come, for the first time or again. */
  live(feed: Feed, sources?: readonly string[]): void;
}
