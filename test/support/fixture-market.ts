/** A market in memory: every option quoted alike, but for what a test changes. */
import { Retryable } from '../../src/domain/errors.ts';
import type { OptionFamily, OptionSeries } from '../../src/domain/market/option.ts';
import {
  expiryDateMs,
  expiryOf,
  formatOptionSymbol,
  type SettleCoin,
} from '../../src/exchange/bybit/symbols.ts';
import type { Instrument, ListedOption, Quote } from '../../src/domain/market/order.ts';
import type { Readings } from '../../src/domain/rules/triggers.ts';
import type { MarketData } from '../../src/ports/market-data.ts';
import { expiryKindOf } from '../../src/exchange/bybit/expiries.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { optionNamed } from './options.ts';
import type { VirtualClock } from './virtual-clock.ts';

const deliveryMs = (expiry: string): number => (expiryDateMs(expiry) ?? 0) + 8 * 3_600_000;

export class FixtureMarket implements MarketData {
  readonly rules = bybitRules;
  readonly #clock: VirtualClock;
  /** Strikes without a quote. */
  readonly silent = new Set<string>();
  /** Strikes that are not `Trading`. */
  readonly status = new Map<string, Instrument['status']>();
  /** Nothing can be read while this is true. */
  isAway = false;
  strikes: readonly string[];
  expiries: readonly string[] = ['31MAR23'];
  /** By strike, of calls. */
  deltas: Readonly<Record<string, string>> = {};
  index = '23000';
  /** What the exchange says when it is asked anew, where that is not as by default. */
  #fresh: Readings = {};
  /** Bid and ask by strike. */
  spreadOf: (strike: string) => readonly [string, string] = () => ['990', '1010'];

  constructor(clock: VirtualClock, strikes: readonly string[]) {
    this.#clock = clock;
    this.strikes = strikes;
  }
  open = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
  watchUnderlying(): void {
    // The fixture sends prices itself.
  }
  /** Options whose tickers are streamed. */
  readonly watched = new Set<string>();
  watchOption(symbol: string): void {
    this.watched.add(symbol);
  }
  unwatchOption(symbol: string): void {
    this.watched.delete(symbol);
  }
  async listed(family: OptionFamily): Promise<readonly Instrument[]> {
    const chains = this.expiries.map((expiry) => this.chain({ ...family, expiryMs: deliveryMs(expiry) }));
    return (await Promise.all(chains)).flat().map(({ instrument }) => instrument);
  }
  /** The exchange moves with its feed. */
  moveTo(readings: Readings): void {
    this.#fresh = { ...this.#fresh, ...readings };
    this.index = readings.index ?? this.index;
  }
  underlying(): Promise<Readings> {
    const { mark = this.index, last = this.index } = this.#fresh;
    return this.isAway
      ? Promise.reject(new Error('connect ECONNREFUSED'))
      : Promise.resolve({ index: this.index, mark, last });
  }
  /** By days. */
  volatilities: Readonly<Record<number, string>> = {};
  realisedVolatility: MarketData['realisedVolatility'] = (_, days) =>
    this.isAway
      ? Promise.reject(new Error('connect ECONNREFUSED'))
      : Promise.resolve(this.volatilities[days] ?? null);
  quotes(symbols: readonly string[]): Promise<readonly Quote[]> {
    if (this.isAway) return Promise.reject(new Error('connect ECONNREFUSED'));
    return Promise.resolve(symbols.flatMap((symbol) => this.#listed(optionNamed(symbol)).quote ?? []));
  }
  chain(series: OptionSeries): Promise<readonly ListedOption[]> {
    if (this.isAway) return Promise.reject(new Error('connect ECONNREFUSED'));
    return Promise.resolve(this.strikes.map((strike) => this.#listed({ ...series, strike })));
  }
  quote(symbol: string) {
    const { quote } = this.#listed(optionNamed(symbol));
    return quote
      ? Promise.resolve(quote)
      : Promise.reject(new Retryable(`no quote for ${symbol}`, { retryAfterMs: 100 }));
  }

  #greeks(strike: string): Quote['greeks'] {
    const { theta = '0', volatility = '0.6', delta: shown } = this.#fresh;
    const delta = this.deltas[strike] ?? shown;
    return delta === undefined ? null : { delta, gamma: '0', vega: '0', theta, volatility };
  }

  #listed(option: OptionSeries & { readonly strike: string }): ListedOption {
    const { strike, expiryMs } = option;
    const settleCoin = option.settleCoin as SettleCoin;
    const name = formatOptionSymbol({ ...option, settleCoin, expiry: expiryOf(expiryMs) });
    const nowMs = this.#clock.nowMs();
    const [bid, ask] = this.spreadOf(strike);
    return {
      instrument: {
        ...optionNamed(name),
        expiryKind: expiryKindOf(expiryMs),
        status: this.status.get(strike) ?? 'Trading',
        tickSize: '5',
        minPrice: '5',
        qtyStep: '0.01',
        minQty: '0.01',
        maxQty: '500',
      },
      quote: this.silent.has(strike)
        ? null
        : {
            symbol: name,
            bid,
            ask,
            mark: this.#fresh.optionMark ?? '1000',
            atMs: nowMs,
            index: this.#fresh.optionIndex ?? this.index,
            openInterest: '20',
            greeks: this.#greeks(strike),
          },
    };
  }
}
