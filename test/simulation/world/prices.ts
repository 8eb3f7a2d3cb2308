/** Public prices as one daemon gets them: a feed that may fall silent, and listings read on request. */
import { Retryable } from '../../../src/domain/errors.ts';
import { withQuotes } from '../../../src/domain/market/order.ts';
import type { OptionFamily, OptionSeries } from '../../../src/domain/market/option.ts';
import type { Instrument, ListedOption, Quote } from '../../../src/domain/market/order.ts';
import { readingsOf, type Readings } from '../../../src/domain/rules/triggers.ts';
import { StreamedQuotes } from '../../../src/exchange/bybit/kept/streamed-quotes.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { tryParseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import type { PaperInstrument } from '../../../src/exchange/paper/listing.ts';
import type { Market } from '../../../src/exchange/paper/market.ts';
import type { MarketData, MarketListener, QuoteSource } from '../../../src/ports/market-data.ts';
import type { Link } from './link.ts';
import { localTimeOf } from './streams.ts';
import { instrumentOf, listedOf, quoteOf } from '../../../src/backtest/translate.ts';

export class SimMarketData implements MarketData {
  readonly rules = bybitRules;
  readonly #link: Link;
  #listener: MarketListener | null = null;
  #unfollow: () => void = () => undefined;
  #isSilent = false;
  /** Options whose tickers are streamed, and from when on, exchange time. */
  readonly #watched = new Map<string, number>();
  /** What the streams have told, as the adapter keeps it. */
  readonly #streamed: StreamedQuotes | null;
  readonly #lastQuotes = new Map<string, Quote>();
  readonly #lastPrices = new Map<string, { readonly index: string; readonly atMs: number }>();

  constructor(link: Link) {
    this.#link = link;
    const { clock, process, timeline, keepsReadings } = link.parts;
    this.#streamed =
      keepsReadings === true
        ? new StreamedQuotes({
            lastOf: (symbol) => this.#lastQuotes.get(symbol) ?? null,
            indexOf: (symbol) =>
              this.#lastPrices.get(tryParseOptionSymbol(symbol)?.baseCoin ?? '')?.index ?? null,
            clock,
            local: localTimeOf(process, timeline),
            ageMaxMs: keptQuoteAgeMaxMs,
          })
        : null;
  }

  async open(listener: MarketListener): Promise<void> {
    const { exchange, process } = this.#link.parts;
    while (!(await this.#isReached())) await new Promise<void>((resolve) => process.after(1_000, resolve));
    this.#listener = listener;
    this.#unfollow = exchange.followIndex({
      index: (baseCoin, price) => {
        for (const symbol of this.#watched.keys()) this.#tickOption(symbol);
        const sentAtMs = exchange.nowMs();
        const { prices } = this.#link.parts.weather.streams;
        if (prices.isStalled(sentAtMs)) {
          this.#link.met('prices that a stream did not send');
          return;
        }
        const lateMs = prices.lateMs(sentAtMs);
        process.after(lateMs + this.#link.latencyMs(), () => {
          const atMs = lateMs > 0 ? sentAtMs : exchange.nowMs();
          if (this.#isSilent || !this.#isFresh(atMs, this.#lastPrices.get(baseCoin), lateMs)) return;
          this.#lastPrices.set(baseCoin, { index: price, atMs });
          this.#streamed?.came();
          const readings = { index: price, mark: price, last: price };
          this.#listener?.tick({ feed: 'underlying', source: baseCoin, readings, atMs });
        });
      },
    });
  }

  close(): Promise<void> {
    this.#unfollow();
    this.#listener = null;
    return Promise.resolve();
  }

  /** No price comes for a while; after `noticedMs` the feed says so. */
  fallSilent(noticedMs: number, awayMs: number): void {
    const { process } = this.#link.parts;
    this.#isSilent = true;
    process.after(noticedMs, () => {
      this.#listener?.stale('underlying', 'no frame for a while');
      this.#listener?.stale('options', 'no frame for a while');
      process.after(awayMs, () => {
        this.#isSilent = false;
        this.#listener?.live('underlying');
        this.#listener?.live('options');
      });
    });
  }

  watchUnderlying(): void {
    // Every base coin is on the feed.
  }
  watchOption(symbol: string): void {
    const { exchange, weather } = this.#link.parts;
    const { untilMs, byMs } = weather.lateSubscriptions;
    const nowMs = exchange.nowMs();
    const isLate = nowMs < untilMs && !this.#watched.has(symbol);
    if (isLate) this.#link.met('subscriptions that delivered late');
    this.#watched.set(symbol, this.#watched.get(symbol) ?? (isLate ? nowMs + byMs : nowMs));
    this.#tickOption(symbol);
  }
  unwatchOption(symbol: string): void {
    this.#watched.delete(symbol);
    this.#lastQuotes.delete(symbol);
  }

  #tickOption(symbol: string): void {
    const { exchange, process, weather } = this.#link.parts;
    const { options } = weather.streams;
    const sentAtMs = exchange.nowMs();
    if (sentAtMs < (this.#watched.get(symbol) ?? Infinity)) return;
    if (options.isStalled(sentAtMs)) {
      this.#link.met('quotes that a stream did not send');
      return;
    }
    const lateMs = options.lateMs(sentAtMs);
    const sent = lateMs > 0 ? exchange.market.quote(symbol) : null;
    process.after(lateMs + this.#link.latencyMs(), () => {
      if (this.#isSilent || !this.#watched.has(symbol)) return;
      const found = lateMs > 0 ? sent : exchange.market.quote(symbol);
      if (!found) return;
      const atMs = lateMs > 0 ? sentAtMs : exchange.nowMs();
      if (!this.#isFresh(atMs, this.#lastQuotes.get(symbol), lateMs)) return;
      const quote = quoteOf(found, atMs);
      this.#lastQuotes.set(symbol, quote);
      this.#streamed?.came();
      this.#listener?.tick({ feed: 'options', source: symbol, readings: readingsOf(quote), atMs });
    });
  }

  /** As the adapter takes frames: none that is older than the last one, or of no use any more. */
  #isFresh(atMs: number, last: { readonly atMs: number } | undefined, lateMs: number): boolean {
    const { clock } = this.#link.parts;
    if (lateMs > 0) this.#link.met('prices and quotes that came late');
    return atMs >= (last?.atMs ?? 0) && clock.nowMs() - atMs <= priceAgeMaxMs;
  }

  underlying(baseCoin: string): Promise<Readings> {
    const { exchange } = this.#link.parts;
    return this.#read('/v5/market/tickers', () => {
      const price = exchange.market.indexText(baseCoin);
      return { index: price, mark: price, last: price };
    });
  }

  realisedVolatility: MarketData['realisedVolatility'] = (baseCoin, days) => {
    const { exchange } = this.#link.parts;
    return this.#read('/v5/market/historical-volatility', () =>
      exchange.market.realisedVolatility(baseCoin, days),
    );
  };

  chain(series: OptionSeries, from: QuoteSource = 'stream'): Promise<readonly ListedOption[]> {
    return this.#streamed && from === 'stream' ? this.#keptChain(series) : this.#askChain(series);
  }

  /** Kept as a whole or not at all, as the adapter does it. */
  async #keptChain(series: OptionSeries): Promise<readonly ListedOption[]> {
    const known = this.#instruments(series, series.expiryMs);
    const trading = known.filter(({ status }) => status === 'Trading');
    const kept = await this.#keptOf(trading.map(({ symbol }) => symbol));
    const isWhole = trading.length > 0 && kept.length === trading.length;
    return isWhole ? withQuotes(known, kept) : this.#askChain(series);
  }

  #askChain(series: OptionSeries): Promise<readonly ListedOption[]> {
    const { exchange } = this.#link.parts;
    return this.#read('/v5/market/tickers', () =>
      this.#nearby(knownBy(exchange.market, series, series.expiryMs)).flatMap(({ symbol }) => {
        const found = exchange.market.quote(symbol);
        return found ? [listedOf(found, exchange.nowMs())] : [];
      }),
    );
  }

  /** Mostly remembered, so it costs no request. */
  listed(family: OptionFamily): Promise<readonly Instrument[]> {
    return Promise.resolve(this.#instruments(family, null));
  }

  #instruments(family: OptionFamily, expiryMs: number | null): readonly Instrument[] {
    const { market } = this.#link.parts.exchange;
    return this.#nearby(knownBy(market, family, expiryMs)).map((option) =>
      instrumentOf(option, market.listing.statusOf(option, market.nowMs())),
    );
  }

  async quotes(symbols: readonly string[], from: QuoteSource = 'stream'): Promise<readonly Quote[]> {
    if (this.#streamed) return this.#keptQuotes(symbols, from);
    const found = await Promise.all(symbols.map((symbol) => this.#quote(symbol)));
    return found.filter((quote) => quote !== null);
  }

  async #keptQuotes(symbols: readonly string[], from: QuoteSource): Promise<readonly Quote[]> {
    const kept = from === 'stream' ? await this.#keptOf(symbols) : [];
    const others = symbols.filter((symbol) => !kept.some((quote) => quote.symbol === symbol));
    if (others.length === 0) return kept;
    const asked = () => others.flatMap((symbol) => this.#quoteNow(symbol) ?? []);
    return [...kept, ...(await this.#read('/v5/market/tickers', asked))];
  }

  async #keptOf(symbols: readonly string[]): Promise<readonly Quote[]> {
    const kept = (await this.#streamed?.of(symbols)) ?? [];
    for (let at = 0; at < symbols.length; at += 1)
      this.#link.met(at < kept.length ? 'quotes kept' : 'quotes asked for');
    return kept;
  }

  async quote(symbol: string): Promise<Quote> {
    const [kept] = this.#streamed ? await this.#keptOf([symbol]) : [];
    const quote = kept ?? (await this.#quote(symbol));
    if (quote) return quote;
    throw new Retryable(`no quote for ${symbol}`);
  }

  #quote(symbol: string): Promise<Quote | null> {
    return this.#read('/v5/market/tickers', () => this.#quoteNow(symbol));
  }

  #quoteNow(symbol: string): Quote | null {
    const { exchange } = this.#link.parts;
    const found = exchange.market.quote(symbol);
    return found?.status === 'Trading' ? quoteOf(found, exchange.nowMs()) : null;
  }

  /** A small world lists few strikes: those around where the index has been, because what is listed stays, and what was traded. */
  #nearby(series: readonly PaperInstrument[]): readonly PaperInstrument[] {
    const { exchange } = this.#link.parts;
    const { traded, around } = exchange;
    const { low, high } = exchange.indexRange(series[0]?.baseCoin ?? '');
    return series.filter(
      ({ symbol, strike }) =>
        (strike >= low - nearbyUsdt && strike <= high + nearbyUsdt) ||
        around.some((price) => Math.abs(strike - price) <= nearbyUsdt) ||
        traded.has(symbol),
    );
  }

  #isReached(): Promise<boolean> {
    return this.#read('/v5/market/time', () => true).catch(() => false);
  }

  #read<T>(endpoint: string, act: () => T): Promise<T> {
    return this.#link.send({ command: 'read', site: { apiKey: '', endpoint }, act });
  }
}

const nearbyUsdt = 6_000;
/** As of a daemon that reads ahead. */
export const keptQuoteAgeMaxMs = 1_000;
/** As of the adapter. */
const priceAgeMaxMs = 10_000;

/** A family, or one series of it, by expiry and strike; looked up once for each listing. */
const knownSeries = new WeakMap<
  ReadonlyMap<string, PaperInstrument>,
  Map<string, readonly PaperInstrument[]>
>();

function knownBy(
  market: Market,
  { baseCoin, optionType, settleCoin }: OptionFamily,
  expiryMs: number | null,
): readonly PaperInstrument[] {
  const listing = market.listing.of(baseCoin, market.nowMs());
  const series = knownSeries.get(listing) ?? new Map<string, readonly PaperInstrument[]>();
  knownSeries.set(listing, series);
  const key = `${expiryMs ?? 'all'} ${optionType} ${settleCoin}`;
  const known =
    series.get(key) ??
    [...listing.values()]
      .filter(
        (instrument) =>
          instrument.expiry.deliveryMs === (expiryMs ?? instrument.expiry.deliveryMs) &&
          instrument.settleCoin === settleCoin &&
          instrument.isCall === (optionType === 'call'),
      )
      .sort((a, b) => a.expiry.deliveryMs - b.expiry.deliveryMs || a.strike - b.strike);
  series.set(key, known);
  return known;
}
