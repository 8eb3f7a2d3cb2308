/**
 * The instruments of every base coin at the exchange's own time: expiries from the ladder, strikes around the prices
 * seen so far (a strike once listed stays), a USDT series for all and a USDC series for the nearest quarterly. Statuses
 * follow the clock. Prices are none of its business.
 */
import { expiryDateMs, tryParseOptionSymbol, type SettleCoin } from '../../domain/option-symbol.ts';
import { expiriesAt, expiryOn, nextLadderChangeMs, type Expiry, type ExpiryClass } from './expiries.ts';

export interface CoinRules {
  /** Strike distance of dailies and of near monthlies, and of everything else. */
  readonly nearStep: number;
  readonly farStep: number;
  readonly tickSize: string;
  readonly minPrice: string;
  readonly maxPrice: string;
  readonly minQty: string;
  readonly qtyStep: string;
  readonly maxQty: string;
  readonly deliveryFeeRate: string;
}

/** bybit-v5.md §1, "Typical filters". */
export const coinRules: Readonly<Record<string, CoinRules>> = {
  BTC: {
    nearStep: 500,
    farStep: 1000,
    tickSize: '5',
    minPrice: '5',
    maxPrice: '1110000',
    minQty: '0.01',
    qtyStep: '0.01',
    maxQty: '500',
    deliveryFeeRate: '0.00015',
  },
  ETH: {
    nearStep: 25,
    farStep: 50,
    tickSize: '0.1',
    minPrice: '0.1',
    maxPrice: '111000',
    minQty: '0.1',
    qtyStep: '0.1',
    maxQty: '5000',
    deliveryFeeRate: '0.00015',
  },
};

export type InstrumentStatus = 'PreLaunch' | 'Trading' | 'Delivering';

export interface PaperInstrument {
  readonly symbol: string;
  readonly symbolId: number;
  readonly baseCoin: string;
  readonly settleCoin: SettleCoin;
  readonly isCall: boolean;
  readonly strike: number;
  readonly expiry: Expiry;
  readonly rules: CoinRules;
}

interface PriceRange {
  low: number;
  high: number;
}

/** How far strikes reach from the lowest and the highest price seen, as factors. */
const reach: Readonly<Record<ExpiryClass, readonly [number, number]>> = {
  daily: [0.8, 1.25],
  weekly: [0.65, 1.5],
  monthly: [0.43, 2.6],
  quarterly: [0.43, 2.6],
};
const fineReach = [0.62, 1.65] as const;
const fineWithinMs = 35 * 86_400_000;
const strikesMax = 120;

export class Listing {
  readonly #ranges = new Map<string, PriceRange>();
  readonly #listed = new Map<string, Map<string, PaperInstrument>>();
  #validFromMs = 0;
  #validUntilMs = 0;

  /** Takes note of a price; far moves add strikes. */
  notePrice(baseCoin: string, price: number): void {
    const range = this.#ranges.get(baseCoin);
    if (range && price >= range.low && price <= range.high) return;
    // Widened in steps of 5 %, so that a trend does not relist on every tick.
    const low = price * 0.95;
    const high = price * 1.05;
    const widened = range
      ? { low: price < range.low ? low : range.low, high: price > range.high ? high : range.high }
      : { low: price, high: price };
    this.#ranges.set(baseCoin, widened);
    this.#listed.delete(baseCoin);
  }

  baseCoins(): readonly string[] {
    return [...this.#ranges.keys()];
  }

  /** Every instrument shown at `nowMs`, by symbol. */
  of(baseCoin: string, nowMs: number): ReadonlyMap<string, PaperInstrument> {
    if (nowMs < this.#validFromMs || nowMs >= this.#validUntilMs) {
      this.#listed.clear();
      this.#validFromMs = nowMs;
      this.#validUntilMs = nextLadderChangeMs(nowMs);
    }
    const listed = this.#listed.get(baseCoin) ?? this.#list(baseCoin, nowMs);
    this.#listed.set(baseCoin, listed);
    return listed;
  }

  /** Undefined for anything not shown at `nowMs`. */
  find(symbol: string, nowMs: number): PaperInstrument | undefined {
    const coin = symbol.slice(0, symbol.indexOf('-'));
    return this.#ranges.has(coin) ? this.of(coin, nowMs).get(symbol) : undefined;
  }

  statusOf(instrument: PaperInstrument, nowMs: number): InstrumentStatus | 'Closed' {
    const { expiry } = instrument;
    if (nowMs < expiry.launchMs) return 'PreLaunch';
    if (nowMs < expiry.deliveryMs) return 'Trading';
    return nowMs < expiry.shownUntilMs ? 'Delivering' : 'Closed';
  }

  #list(baseCoin: string, nowMs: number): Map<string, PaperInstrument> {
    const rules = coinRules[baseCoin];
    const range = this.#ranges.get(baseCoin);
    const listed = new Map<string, PaperInstrument>();
    if (!rules || !range) return listed;
    const expiries = expiriesAt(nowMs);
    const legacy = expiries.find(({ kind, deliveryMs }) => kind === 'quarterly' && deliveryMs > nowMs);
    for (const expiry of expiries) {
      for (const strike of strikesOf(expiry, range, rules, nowMs)) {
        for (const letter of ['C', 'P']) {
          const symbol = `${baseCoin}-${expiry.code}-${strike}-${letter}`;
          const names =
            expiry === legacy && isOldSeries(strike, range, rules)
              ? [`${symbol}-USDT`, symbol]
              : [`${symbol}-USDT`];
          for (const name of names) {
            const instrument = instrumentOf(name);
            if (instrument) listed.set(name, instrument);
          }
        }
      }
    }
    return listed;
  }
}

/** The USDC series is smaller: whole far steps around the money. */
const isOldSeries = (strike: number, range: PriceRange, rules: CoinRules): boolean =>
  strike % rules.farStep === 0 && strike >= range.low * 0.7 && strike <= range.high * 1.4;

/** An instrument never changes, and a market that moves lists most of them again. */
const made = new Map<string, PaperInstrument | undefined>();
const madeMax = 50_000;

/** The instrument a symbol names, listed or not; undefined when it is no option of a known coin. */
export function instrumentOf(symbol: string): PaperInstrument | undefined {
  if (made.has(symbol)) return made.get(symbol);
  if (made.size >= madeMax) made.clear();
  const instrument = makeInstrument(symbol);
  made.set(symbol, instrument);
  return instrument;
}

function makeInstrument(symbol: string): PaperInstrument | undefined {
  const parsed = tryParseOptionSymbol(symbol);
  const rules = parsed && coinRules[parsed.baseCoin];
  const dateMs = parsed && expiryDateMs(parsed.expiry);
  if (!parsed || !rules || dateMs === null) return undefined;
  const strike = Number(parsed.strike);
  const expiry = expiryOn(dateMs);
  const variant = (parsed.optionType === 'call' ? 0 : 1) + (parsed.settleCoin === 'USDT' ? 0 : 2);
  return {
    symbol,
    symbolId: (Math.floor(dateMs / 86_400_000) % 10_000) * 4_000_000 + (strike % 1_000_000) * 4 + variant,
    baseCoin: parsed.baseCoin,
    settleCoin: parsed.settleCoin,
    isCall: parsed.optionType === 'call',
    strike,
    expiry,
    rules,
  };
}

function strikesOf(expiry: Expiry, range: PriceRange, rules: CoinRules, nowMs: number): readonly number[] {
  const isLong = expiry.kind === 'monthly' || expiry.kind === 'quarterly';
  const isFine = expiry.kind === 'daily' || (isLong && expiry.deliveryMs - nowMs <= fineWithinMs);
  // Powers of two of the lowest price: a later, finer grid still holds every strike of the coarser one.
  const scale = 2 ** Math.max(0, Math.ceil(Math.log2(range.low / (rules.nearStep * strikesMax))));
  const near = rules.nearStep * scale;
  const far = rules.farStep * scale;
  const strikes = new Set<number>();
  const add = (from: number, to: number, step: number): void => {
    for (let strike = Math.ceil(from / step) * step; strike <= to; strike += step)
      if (strike > 0) strikes.add(strike);
  };
  const [down, up] = reach[expiry.kind];
  if (expiry.kind === 'daily') add(range.low * down, range.high * up, near);
  else add(range.low * down, range.high * Math.min(up, 1.75), far);
  if (isLong) add(range.high * 1.75, range.high * up, 2 * far);
  if (isLong && isFine) add(range.low * fineReach[0], range.high * fineReach[1], near);
  return [...strikes].sort((a, b) => a - b);
}
