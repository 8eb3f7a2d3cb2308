/**
 * The chain of options: the listing, cached for a while because it is long and changes rarely, joined with fresh tickers.
 * Either side may lack rows that the other has, because Bybit lists more instruments than it has tickers.
 */
import { compare } from '../../domain/money.ts';
import { isOfFamily, isOfSeries, type OptionFamily, type OptionSeries } from '../../domain/market/option.ts';
import { parseOptionSymbol, tryParseOptionSymbol } from './symbols.ts';
import { withQuotes, type Instrument, type ListedOption, type Quote } from '../../domain/market/order.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { QuoteSource } from '../../ports/market-data.ts';
import type { MarketRest } from './rest/market-rest.ts';
import { SharedReads } from './rest/shared-reads.ts';

/** New series are listed at 08:00 UTC; statuses change around delivery (docs/exchange.md#symbols). */
export const listingAgeMaxMs = 5 * minuteMs;

/** While a series is announced but not traded yet, because trading may begin at any moment. */
export const announcedAgeMaxMs = 30_000;

interface Listing {
  /** From this time on the listing is read again. */
  readonly goodUntilMs: number;
  readonly instruments: readonly Instrument[];
}

/** A listing is good until it is too old, or until the next delivery, when series change. */
function listingOf(instruments: readonly Instrument[], readAtMs: number): Listing {
  const isAnnounced = instruments.some(({ status }) => status === 'PreLaunch');
  const ageMaxMs = isAnnounced ? announcedAgeMaxMs : listingAgeMaxMs;
  const goodUntilMs = instruments.reduce(
    (until, { expiryMs }) => (expiryMs > readAtMs ? Math.min(until, expiryMs) : until),
    readAtMs + ageMaxMs,
  );
  return { goodUntilMs, instruments };
}

type StreamedOf = (symbols: readonly string[]) => Promise<readonly Quote[]>;

export class OptionListing {
  readonly #rest: MarketRest;
  readonly #clock: Clock;
  readonly #streamed: StreamedOf;
  readonly #listings = new Map<string, Listing>();
  readonly #shared = new SharedReads();
  /** Sorted once for each listing, because thousands of tasks may ask for the same family. */
  readonly #families = new Map<string, { of: readonly Instrument[]; instruments: readonly Instrument[] }>();
  readonly #underway = new Map<string, Promise<Listing>>();

  /** @param streamed the quotes of those of these options of which one may be used without asking; default: of none */
  constructor(rest: MarketRest, clock: Clock, streamed: StreamedOf = () => Promise.resolve([])) {
    this.#rest = rest;
    this.#clock = clock;
    this.#streamed = streamed;
  }

  /** Nearest expiry first, then strikes ascending. @throws Retryable | Terminal */
  async listed(family: OptionFamily): Promise<readonly Instrument[]> {
    const key = `${family.baseCoin} ${family.optionType} ${family.settleCoin}`;
    const all = await this.#listing(family.baseCoin);
    const known = this.#families.get(key);
    if (known?.of === all) return known.instruments;
    const instruments = all
      .filter((instrument) => isOfFamily(instrument, family))
      .sort((a, b) => a.expiryMs - b.expiryMs || compare(a.strike, b.strike));
    this.#families.set(key, { of: all, instruments });
    return instruments;
  }

  async #ofSeries(series: OptionSeries): Promise<readonly Instrument[]> {
    const known = ofSeries(await this.#listing(series.baseCoin), series);
    return known.length > 0 ? known : ofSeries(await this.#read(series.baseCoin), series);
  }

  /** @throws Retryable | Terminal */
  chain(series: OptionSeries, from: QuoteSource = 'stream'): Promise<readonly ListedOption[]> {
    const { baseCoin, expiryMs, optionType, settleCoin } = series;
    return this.#shared.share(`${from} ${baseCoin} ${expiryMs} ${optionType} ${settleCoin}`, () =>
      this.#chain(series, from),
    );
  }

  async #chain(series: OptionSeries, from: QuoteSource): Promise<readonly ListedOption[]> {
    const known = await this.#ofSeries(series);
    const [first] = known;
    if (!first) return [];
    const trading = known.flatMap(({ symbol, status }) => (status === 'Trading' ? symbol : []));
    const streamed = from === 'stream' ? await this.#streamed(trading) : [];
    if (trading.length > 0 && streamed.length === trading.length) return withQuotes(known, streamed);
    const quotes = await this.#quotes(series, parseOptionSymbol(first.symbol).expiry);
    const symbols = new Set(known.map(({ symbol }) => symbol));
    const isMissing = quotes.some(({ symbol }) => !symbols.has(symbol));
    return withQuotes(isMissing ? ofSeries(await this.#read(series.baseCoin), series) : known, quotes);
  }

  /** Bybit does not document whether `expDate` takes a padded day; so when nothing is found, all expiries are read. */
  async #quotes(series: OptionSeries, expiry: string): Promise<readonly Quote[]> {
    const { baseCoin } = series;
    const isWanted = (symbol: string): boolean => {
      const option = tryParseOptionSymbol(symbol);
      return option?.expiry === expiry && isOfFamily(option, series);
    };
    const ofExpiry = await this.#rest.quotes(baseCoin, expiry, isWanted);
    return ofExpiry.length > 0 ? ofExpiry : this.#rest.quotes(baseCoin, null, isWanted);
  }

  async #listing(baseCoin: string): Promise<readonly Instrument[]> {
    const known = this.#listings.get(baseCoin);
    const isFresh = known !== undefined && this.#clock.nowMs() < known.goodUntilMs;
    return isFresh ? known.instruments : this.#read(baseCoin);
  }

  /** Callers at the same time share one read. */
  async #read(baseCoin: string): Promise<readonly Instrument[]> {
    const underway = this.#underway.get(baseCoin);
    if (underway) return (await underway).instruments;
    const reading = this.#rest
      .instruments(baseCoin)
      .then((instruments) => listingOf(instruments, this.#clock.nowMs()))
      .finally(() => this.#underway.delete(baseCoin));
    this.#underway.set(baseCoin, reading);
    const listing = await reading;
    this.#listings.set(baseCoin, listing);
    return listing.instruments;
  }
}

const ofSeries = (instruments: readonly Instrument[], series: OptionSeries): readonly Instrument[] =>
  instruments
    .filter((instrument) => isOfSeries(instrument, series))
    .sort((a, b) => compare(a.strike, b.strike));
