/** Public prices and listings. Errors as in ports/exchange. */
import type { ExchangeRules } from '../domain/market/exchange-rules.ts';
import type { Instrument, ListedOption, Quote } from '../domain/market/order.ts';
import type { OptionFamily, OptionSeries } from '../domain/market/option.ts';
import type { Readings } from '../domain/rules/triggers.ts';

/** What a feed says of one source at one moment. */
export interface Tick {
  readonly feed: Feed;
  /** A base coin, for its index, mark and last price; of the feed of options a symbol, for its delta and mark. */
  readonly source: string;
  readonly readings: Readings;
  /** Exchange time of the frame. */
  readonly atMs: number;
}

export type Feed = 'underlying' | 'options';

export interface MarketData {
  /** What holds there whatever the market does. */
  readonly rules: ExchangeRules;
  /** Connects and keeps connected; resolves when the clock is set and the first price of what is watched came. */
  open(listener: MarketListener): Promise<void>;
  close(): Promise<void>;
  /** Streams the prices of a base coin from now on; a repeat call changes nothing. */
  watchUnderlying(baseCoin: string): void;
  /** Streams an option's ticker until it is unwatched; a repeat call changes nothing. */
  watchOption(symbol: string): void;
  unwatchOption(symbol: string): void;
  /** Listed options that differ in strike and expiry alone, nearest expiry first, then strikes ascending; some minutes old at the most. */
  listed(family: OptionFamily): Promise<readonly Instrument[]>;
  /** Current quotes; an option that the exchange shows no prices for has none. Cheaper than a chain for a few. */
  quotes(symbols: readonly string[]): Promise<readonly Quote[]>;
  /** Listed options of one series, strikes ascending, each with its current quote. */
  chain(series: OptionSeries): Promise<readonly ListedOption[]>;
  /** The current quote of one option. */
  quote(symbol: string): Promise<Quote>;
  /** Current index, mark and last price of a base coin. */
  underlying(baseCoin: string): Promise<Readings>;
}

/** Sources are base coins or options' symbols; without any, everything of the feed is meant. */
export interface MarketListener {
  tick(tick: Tick): void;
  /** No fresh prices of these: nothing may fire on the last ones, until they are `live`. */
  stale(feed: Feed, reason: string, sources?: readonly string[]): void;
  /** A price of each has come, for the first time or again. */
  live(feed: Feed, sources?: readonly string[]): void;
}
