/** Public prices and listings. Errors as in ports/exchange. */
import type { Instrument, ListedOption, Quote } from '../domain/order.ts';
import type { OptionSeries } from '../domain/option-symbol.ts';

export interface IndexTick {
  readonly baseCoin: string;
  /** Index price of the underlying in USD(T), a decimal string. */
  readonly price: string;
  /** Exchange time of the frame. */
  readonly atMs: number;
}

export interface MarketData {
  /** Connects and keeps connected; resolves when the clock is set and the stream is live for the first time. */
  open(listener: MarketListener): Promise<void>;
  close(): Promise<void>;
  /** Streams the index price of a base coin from now on; a repeat call changes nothing. */
  watchIndex(baseCoin: string): void;
  /** Listed options of one series, strikes ascending, as of some minutes ago at the most. */
  listed(series: OptionSeries): Promise<readonly Instrument[]>;
  /** Current quotes; an option that the exchange shows no prices for has none. Cheaper than a chain for a few. */
  quotes(symbols: readonly string[]): Promise<readonly Quote[]>;
  /** Listed options of one series, strikes ascending, each with its current quote. */
  chain(series: OptionSeries): Promise<readonly ListedOption[]>;
  /** The current quote of one option. */
  quote(symbol: string): Promise<Quote>;
}

export interface MarketListener {
  index(tick: IndexTick): void;
  /** No fresh prices: nothing may fire on the last ones. `live` ends it. */
  stale(reason: string): void;
  live(): void;
}
