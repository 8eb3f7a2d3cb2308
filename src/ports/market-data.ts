/** Public prices and listings. Errors as in ports/exchange. */
import type { ListedOption, Quote } from '../domain/order.ts';
import type { OptionType, SettleCoin } from '../domain/option-symbol.ts';

export interface IndexTick {
  readonly baseCoin: string;
  /** Index price of the underlying in USD(T), a decimal string. */
  readonly price: string;
  /** Exchange time of the frame. */
  readonly atMs: number;
}

/** A slice of the listing: one expiry, one type, one settle coin. */
export interface ChainFilter {
  readonly baseCoin: string;
  readonly settleCoin: SettleCoin;
  readonly optionType: OptionType;
  /** As written in symbols, e.g. `31MAR23`. */
  readonly expiry: string;
}

export interface MarketData {
  /** Connects and keeps connected; resolves when the clock is set and the stream is live for the first time. */
  open(listener: MarketListener): Promise<void>;
  close(): Promise<void>;
  /** Streams the index price of a base coin from now on; a repeat call changes nothing. */
  watchIndex(baseCoin: string): void;
  /** Listed options of one slice, strikes ascending, each with its current quote. */
  chain(filter: ChainFilter): Promise<readonly ListedOption[]>;
  /** The current quote of one option. */
  quote(symbol: string): Promise<Quote>;
}

export interface MarketListener {
  index(tick: IndexTick): void;
  /** No fresh prices: nothing may fire on the last ones. `live` ends it. */
  stale(reason: string): void;
  live(): void;
}
