/**
 * The public endpoints: server time, listed options, tickers. It owns their parameters (docs/exchange.md#quotes). Rows
 * that cannot be read are skipped with a warning: one bad row must not hide hundreds of good ones.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import { Retryable, Terminal } from '../../../domain/errors.ts';
import { isPositive, type DecimalString } from '../../../domain/money.ts';
import type { Instrument, Quote } from '../../../domain/market/order.ts';
import type { Readings } from '../../../domain/rules/triggers.ts';
import {
  instrumentRow,
  linearTickerRow,
  optionCategory as category,
  optionTickerRow,
  volatilityRow,
  volatilityRows,
} from '../messages.ts';
import { parseInstrument, parseQuote, underlyingReadings } from '../parse.ts';
import type { RestChannel } from './rest.ts';
import { type LocalTime, localTime } from '../time/local-time.ts';
import { RareLog } from '../rare-log.ts';
import { SharedReads } from './shared-reads.ts';

export class MarketRest {
  readonly #rest: RestChannel;
  readonly #shared = new SharedReads();
  readonly #badListings: RareLog;
  readonly #badTickers: RareLog;
  constructor(rest: RestChannel, log: Logger, local: LocalTime = localTime) {
    this.#rest = rest;
    this.#badListings = new RareLog('skipped a listed option that cannot be read', { log, local });
    this.#badTickers = new RareLog('skipped a ticker that cannot be read', { log, local });
  }

  close(): void {
    this.#badListings.flush();
    this.#badTickers.flush();
  }

  /** Exchange time, ms. */
  async serverTimeMs(): Promise<number> {
    const subject = 'read server time';
    const { timeMs } = await this.#rest.read({ subject, path: '/v5/market/time', params: {} }, z.unknown());
    if (timeMs === null) throw new Retryable(`${subject}: the answer carries no time`);
    return timeMs;
  }

  /** Every listed option of a base coin, both settle coins, any status. */
  instruments(baseCoin: string): Promise<Instrument[]> {
    return this.#rest.readAll({
      subject: `read options on ${baseCoin}`,
      path: '/v5/market/instruments-info',
      params: { category, baseCoin, limit: 1000 },
      shape: instrumentRow,
      toDomain: parseInstrument,
      onBadRow: (reason) => this.#badListings.warn(() => ({ baseCoin, reason })),
    });
  }

  /**
   * Tickers of a base coin, of one expiry when given; options without mark or index price are left out.
   * @param isWanted is called with the symbol before the row is checked, so that unwanted rows cost nothing
   */
  quotes(baseCoin: string, expiry: string | null, isWanted: (symbol: string) => boolean): Promise<Quote[]> {
    const params = { category, baseCoin, ...(expiry === null ? {} : { expDate: expiry }) };
    return this.#tickers(`read tickers of ${baseCoin} ${expiry ?? ''}`.trimEnd(), params, isWanted);
  }

  /** @throws Retryable when the exchange shows no ticker for it. */
  async quote(symbol: string): Promise<Quote> {
    const quote = await this.#ticker(symbol);
    if (!quote) throw new Retryable(`read ticker ${symbol}: the exchange shows no mark price for it`);
    return quote;
  }

  /** @throws Retryable when the exchange shows no ticker of its perpetual. */
  async underlying(baseCoin: string): Promise<Readings> {
    const [readings] = await this.#rest.readAll({
      subject: `read ticker ${baseCoin}USDT`,
      path: '/v5/market/tickers',
      params: { category: 'linear', symbol: `${baseCoin}USDT` },
      shape: linearTickerRow,
      toDomain: underlyingReadings,
    });
    if (readings) return readings;
    throw new Retryable(`read ticker ${baseCoin}USDT: the exchange shows none`);
  }

  /** @returns the newest that is above 0, `null` when there is none */
  async realisedVolatility(baseCoin: string, days: number): Promise<DecimalString | null> {
    const { result } = await this.#rest.read(
      {
        subject: `read the volatility of ${baseCoin}`,
        path: '/v5/market/historical-volatility',
        params: { category, baseCoin, period: days },
      },
      volatilityRows,
    );
    const rows = result.flatMap((raw) => volatilityRow.safeParse(raw).data ?? []);
    const [newest] = rows
      .filter(({ period, value }) => period === days && value !== null && isPositive(value))
      .sort((a, b) => (b.time ?? 0) - (a.time ?? 0));
    return newest?.value ?? null;
  }

  /** Leaves out options that the exchange no longer knows because they were delivered; it refuses to answer for those. */
  async quotesOf(symbols: readonly string[]): Promise<readonly Quote[]> {
    const found = symbols.map((symbol) =>
      this.#ticker(symbol).catch((error: unknown) => {
        if (error instanceof Terminal && error.scope === 'request') return null;
        throw error;
      }),
    );
    return (await Promise.all(found)).filter((quote) => quote !== null);
  }

  async #ticker(symbol: string): Promise<Quote | null> {
    const [quote] = await this.#shared.share(symbol, () =>
      this.#tickers(`read ticker ${symbol}`, { category, symbol }, (each) => each === symbol),
    );
    return quote ?? null;
  }

  async #tickers(
    subject: string,
    params: Readonly<Record<string, string>>,
    isWanted: (symbol: string) => boolean,
  ): Promise<Quote[]> {
    const quotes = await this.#rest.readAll({
      subject,
      path: '/v5/market/tickers',
      params,
      shape: optionTickerRow,
      toDomain: (row, timeMs) => {
        if (timeMs === null) throw new Retryable(`${subject}: the answer carries no time`);
        return parseQuote(row, timeMs);
      },
      isWanted: (row) => isWanted(symbolOf(row)),
      onBadRow: (reason) => this.#badTickers.warn(() => ({ subject, reason })),
    });
    return quotes.filter((quote) => quote !== null);
  }
}

function symbolOf(row: unknown): string {
  const { symbol } = Object(row) as { symbol?: unknown };
  return typeof symbol === 'string' ? symbol : '';
}
