/** Public prices as one daemon gets them: a feed that may fall silent, and listings read on request. */
import { Retryable } from '../../../src/domain/errors.ts';
import type { OptionFamily, OptionSeries } from '../../../src/domain/market/option.ts';
import type { Instrument, ListedOption, Quote } from '../../../src/domain/market/order.ts';
import { readingsOf, type Readings } from '../../../src/domain/rules/triggers.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { PaperInstrument } from '../../../src/exchange/paper/listing.ts';
import type { Market } from '../../../src/exchange/paper/market.ts';
import type { MarketData, MarketListener } from '../../../src/ports/market-data.ts';
import type { Link } from './link.ts';
import { instrumentOf, listedOf, quoteOf } from '../../../src/backtest/translate.ts';

export class SimMarketData implements MarketData {
  readonly rules = bybitRules;
  readonly #link: Link;
  #listener: MarketListener | null = null;
  #unfollow: () => void = () => undefined;
  #isSilent = false;
  /** Options whose tickers are streamed. */
  readonly #watched = new Set<string>();

  constructor(link: Link) {
    this.#link = link;
  }

  async open(listener: MarketListener): Promise<void> {
    const { exchange, process } = this.#link.parts;
    while (!(await this.#isReached())) await new Promise<void>((resolve) => process.after(1_000, resolve));
    this.#listener = listener;
    this.#unfollow = exchange.followIndex({
      index: (baseCoin, price) => {
        for (const symbol of this.#watched) this.#tickOption(symbol);
        process.after(this.#link.latencyMs(), () => {
          if (!this.#isSilent)
            this.#listener?.tick({
              feed: 'underlying',
              source: baseCoin,
              readings: { index: price, mark: price, last: price },
              atMs: exchange.nowMs(),
            });
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
    this.#watched.add(symbol);
    this.#tickOption(symbol);
  }
  unwatchOption(symbol: string): void {
    this.#watched.delete(symbol);
  }

  #tickOption(symbol: string): void {
    const { exchange, process } = this.#link.parts;
    process.after(this.#link.latencyMs(), () => {
      if (this.#isSilent || !this.#watched.has(symbol)) return;
      const found = exchange.market.quote(symbol);
      if (!found) return;
      const atMs = exchange.nowMs();
      const readings = readingsOf(quoteOf(found, atMs));
      this.#listener?.tick({ feed: 'options', source: symbol, readings, atMs });
    });
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

  chain(series: OptionSeries): Promise<readonly ListedOption[]> {
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
    const { exchange } = this.#link.parts;
    const { market } = exchange;
    const listed = this.#nearby(knownBy(market, family, null));
    return Promise.resolve(
      listed.map((option) => instrumentOf(option, market.listing.statusOf(option, market.nowMs()))),
    );
  }

  async quotes(symbols: readonly string[]): Promise<readonly Quote[]> {
    const found = await Promise.all(symbols.map((symbol) => this.#quote(symbol)));
    return found.filter((quote) => quote !== null);
  }

  async quote(symbol: string): Promise<Quote> {
    const quote = await this.#quote(symbol);
    if (quote) return quote;
    throw new Retryable(`no quote for ${symbol}`);
  }

  #quote(symbol: string): Promise<Quote | null> {
    const { exchange } = this.#link.parts;
    return this.#read('/v5/market/tickers', () => {
      const found = exchange.market.quote(symbol);
      return found?.status === 'Trading' ? quoteOf(found, exchange.nowMs()) : null;
    });
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
