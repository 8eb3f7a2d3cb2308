/**
 * The market of Bybit: streams what is watched, and answers from what the streams have brought while that is young and agrees with
 * the price of its coin; anything else is asked for.
 */
import { Retryable } from '../../domain/errors.ts';
import type { Quote } from '../../domain/market/order.ts';
import type { MarketData, MarketListener, QuoteSource } from '../../ports/market-data.ts';
import type { StreamsStanding } from '../../ports/system.ts';
import { StreamedQuotes } from './kept/streamed-quotes.ts';
import { OptionListing } from './listing.ts';
import type { Endpoints } from './rest/endpoints.ts';
import type { MarketRest } from './rest/market-rest.ts';
import { bybitRules } from './rules.ts';
import type { StreamTools } from './stream/connection-plan.ts';
import { OptionTickers, UnderlyingStream } from './stream/price-streams.ts';
import { tryParseOptionSymbol } from './symbols.ts';
import type { TimeKeeper } from './time/time-keeper.ts';

export interface MarketParts {
  readonly urls: Endpoints;
  readonly tools: StreamTools;
  readonly time: TimeKeeper;
  readonly rest: MarketRest;
  /** So old may a price be that a stream has brought, exchange time, before it is asked for. Default 0: it always is. */
  readonly ageMaxMs?: number | undefined;
}

export class BybitMarket implements MarketData {
  readonly rules = bybitRules;
  readonly #parts: MarketParts;
  readonly #streamed: StreamedQuotes;
  readonly #rest: MarketRest;
  readonly #listing: OptionListing;
  readonly #baseCoins = new Set<string>();
  readonly #options = new Set<string>();
  #stream: UnderlyingStream | null = null;
  #tickers: OptionTickers | null = null;
  #isClosed = false;

  constructor(parts: MarketParts) {
    const { rest, tools, ageMaxMs = 0 } = parts;
    this.#parts = parts;
    this.#rest = rest;
    this.#streamed = new StreamedQuotes({
      lastOf: (symbol) => this.#tickers?.lastOf(symbol) ?? null,
      indexOf: (symbol) => this.#indexOf(symbol),
      clock: tools.clock,
      local: tools.local,
      ageMaxMs,
    });
    this.#listing = new OptionListing(rest, tools.clock, (symbols) => this.#streamed.of(symbols));
  }

  async open(listener: MarketListener): Promise<void> {
    if (this.#stream) throw new Error('The market is open already');
    const { urls, tools, time } = this.#parts;
    const stream = new UnderlyingStream(`${urls.wsUrl}/v5/public/linear`, listener, tools);
    const tickers = new OptionTickers(`${urls.wsUrl}/v5/public/option`, this.#listening(listener), tools);
    this.#stream = stream;
    this.#tickers = tickers;
    await time.start();
    if (this.#isClosed) throw new Retryable('The market was closed while it opened');
    for (const baseCoin of this.#baseCoins) stream.watch(baseCoin);
    for (const symbol of this.#options) tickers.watch(symbol);
    await stream.open();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stream?.close();
    this.#tickers?.close();
    return Promise.resolve();
  }

  /** Before a coin is watched there is nothing to deliver. */
  streams(): readonly StreamsStanding[] {
    const isWanted = this.#stream !== null && this.#baseCoins.size > 0;
    const isDown = isWanted && this.#stream?.isLive === false;
    const options = this.#tickers?.standing ?? { wanted: 0, down: 0 };
    return [
      { stream: 'prices', wanted: isWanted ? 1 : 0, down: isDown ? 1 : 0 },
      { stream: 'options', ...options },
    ];
  }

  watchUnderlying(baseCoin: string): void {
    this.#baseCoins.add(baseCoin);
    this.#stream?.watch(baseCoin);
  }

  watchOption(symbol: string): void {
    this.#options.add(symbol);
    if (this.#stream) this.#tickers?.watch(symbol);
  }

  unwatchOption(symbol: string): void {
    this.#options.delete(symbol);
    this.#tickers?.unwatch(symbol);
  }

  listed: MarketData['listed'] = (family) => this.#listing.listed(family);
  chain: MarketData['chain'] = (series, from) => this.#listing.chain(series, from);

  async quotes(symbols: readonly string[], from: QuoteSource = 'stream'): Promise<readonly Quote[]> {
    const streamed = from === 'stream' ? await this.#streamed.of(symbols) : [];
    const others = symbols.filter((symbol) => !streamed.some((quote) => quote.symbol === symbol));
    return others.length === 0 ? streamed : [...streamed, ...(await this.#rest.quotesOf(others))];
  }

  async quote(symbol: string): Promise<Quote> {
    const [streamed] = await this.#streamed.of([symbol]);
    return streamed ?? this.#rest.quote(symbol);
  }

  /** Always asked for: what a frame of the stream has triggered is not confirmed by the same frame. */
  underlying: MarketData['underlying'] = (baseCoin) => this.#rest.underlying(baseCoin);
  realisedVolatility: MarketData['realisedVolatility'] = (baseCoin, days) =>
    this.#rest.realisedVolatility(baseCoin, days);

  #listening(listener: MarketListener): MarketListener {
    return {
      tick: (...ticks) => {
        this.#streamed.came();
        listener.tick(...ticks);
      },
      stale: (...what) => listener.stale(...what),
      live: (...what) => listener.live(...what),
    };
  }

  #indexOf(symbol: string): string | null {
    const baseCoin = tryParseOptionSymbol(symbol)?.baseCoin ?? '';
    return this.#stream?.lastOf(baseCoin)?.readings.index ?? null;
  }
}
