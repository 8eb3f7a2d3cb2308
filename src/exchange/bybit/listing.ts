/**
 * The chain of options: the listing, remembered for a while because it is long and changes rarely, joined with fresh
 * tickers. The join expects either side to lack what the other has (bybit-v5.md §1: more instruments than tickers).
 */
import { compare } from '../../domain/money.ts';
import { tryParseOptionSymbol } from '../../domain/option-symbol.ts';
import type { Instrument, ListedOption, Quote } from '../../domain/order.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ChainFilter } from '../../ports/market-data.ts';
import type { MarketRest } from './market-rest.ts';
import { SharedReads } from './shared-reads.ts';

/** New series are listed at 08:00 UTC; statuses change around delivery (§1). */
export const listingAgeMaxMs = 5 * 60_000;

interface Listing {
  readonly readAtMs: number;
  readonly instruments: readonly Instrument[];
}

export class OptionListing {
  readonly #rest: MarketRest;
  readonly #clock: Clock;
  readonly #listings = new Map<string, Listing>();
  readonly #shared = new SharedReads();
  readonly #underway = new Map<string, Promise<Listing>>();

  constructor(rest: MarketRest, clock: Clock) {
    this.#rest = rest;
    this.#clock = clock;
  }

  /** @throws Retryable | Terminal */
  chain(filter: ChainFilter): Promise<readonly ListedOption[]> {
    const { baseCoin, expiry, optionType, settleCoin } = filter;
    return this.#shared.share(`${baseCoin} ${expiry} ${optionType} ${settleCoin}`, (onLeave) =>
      this.#chain(filter, onLeave),
    );
  }

  async #chain(filter: ChainFilter, onLeave: () => void): Promise<readonly ListedOption[]> {
    const quotes = await this.#quotes(filter, onLeave);
    let slice = (await this.#listing(filter.baseCoin)).filter((each) => matches(each, filter));
    const listed = new Set(slice.map((each) => each.symbol));
    const isMissing = slice.length === 0 || quotes.some((quote) => !listed.has(quote.symbol));
    if (isMissing) {
      slice = (await this.#read(filter.baseCoin)).filter((each) => matches(each, filter));
    }
    const bySymbol = new Map(quotes.map((quote) => [quote.symbol, quote]));
    return slice
      .map((instrument) => ({ instrument, quote: bySymbol.get(instrument.symbol) ?? null }))
      .sort((a, b) => compare(a.instrument.strike, b.instrument.strike));
  }

  /** Quotes of the slice; whether `expDate` wants a padded day is not documented, so nothing found is asked wider. */
  async #quotes(filter: ChainFilter, onLeave: () => void): Promise<readonly Quote[]> {
    const ofExpiry = inSlice(await this.#rest.quotes(filter.baseCoin, filter.expiry, onLeave), filter);
    return ofExpiry.length > 0 ? ofExpiry : inSlice(await this.#rest.quotes(filter.baseCoin), filter);
  }

  async #listing(baseCoin: string): Promise<readonly Instrument[]> {
    const known = this.#listings.get(baseCoin);
    const isFresh = known !== undefined && this.#clock.nowMs() - known.readAtMs < listingAgeMaxMs;
    return isFresh ? known.instruments : this.#read(baseCoin);
  }

  /** Callers at the same time share one read. */
  async #read(baseCoin: string): Promise<readonly Instrument[]> {
    const underway = this.#underway.get(baseCoin);
    if (underway) return (await underway).instruments;
    const reading = this.#rest
      .instruments(baseCoin)
      .then((instruments) => ({ readAtMs: this.#clock.nowMs(), instruments }))
      .finally(() => this.#underway.delete(baseCoin));
    this.#underway.set(baseCoin, reading);
    const listing = await reading;
    this.#listings.set(baseCoin, listing);
    return listing.instruments;
  }
}

const inSlice = (quotes: readonly Quote[], filter: ChainFilter): readonly Quote[] =>
  quotes.filter(({ symbol }) => {
    const parsed = tryParseOptionSymbol(symbol);
    return (
      parsed?.expiry === filter.expiry &&
      parsed.optionType === filter.optionType &&
      parsed.settleCoin === filter.settleCoin
    );
  });

const matches = (instrument: Instrument, filter: ChainFilter): boolean =>
  instrument.optionType === filter.optionType &&
  instrument.settleCoin === filter.settleCoin &&
  tryParseOptionSymbol(instrument.symbol)?.expiry === filter.expiry;
