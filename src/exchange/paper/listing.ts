/**
 * The instruments of every base coin at the exchange's own time: expiries from the ladder, strikes around the prices
 * seen so far (a strike once listed stays), a USDT series for all and a USDC series for the nearest quarterly. Statuses
 * follow the clock. Options are priced in pricing.ts.
 */
import { decimal, Decimal, toText, type DecimalString } from '../../domain/money.ts';
import { dayMs } from '../../domain/units.ts';
import { expiryDateMs, tryParseOptionSymbol, type SettleCoin } from '../bybit/symbols.ts';
import { coinRulesFor, fixedRulesOf, type CoinRules } from './coin-rules.ts';
import { expiriesAt, expiryOn, ladderSpan, type Expiry, type ExpiryClass } from './expiries.ts';

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

/** How far strikes reach below the lowest and above the highest price seen, as factors of them. */
const reach: Readonly<Record<ExpiryClass, readonly [number, number]>> = {
  daily: [0.8, 1.25],
  weekly: [0.65, 1.5],
  monthly: [0.43, 2.6],
  quarterly: [0.43, 2.6],
};
const fineReach = [0.62, 1.65] as const;
const fineWithinMs = 35 * dayMs;
const strikesMax = 120;
/** No strikes are listed for a lowest price that is farther below the highest than this factor. */
const rangeFactorMax = 10_000;

export class Listing {
  readonly #ranges = new Map<string, PriceRange>();
  /** By coin, made from its first price: a coin that falls keeps its tick and its lot. */
  readonly #rules = new Map<string, CoinRules>();
  readonly #listed = new Map<string, ReadonlyMap<string, PaperInstrument>>();
  #span = { fromMs: 0, untilMs: 0 };

  /** To be called for every price of a coin; far moves add strikes. */
  notePrice(baseCoin: string, price: number): void {
    if (!this.#rules.has(baseCoin)) this.#rules.set(baseCoin, coinRulesFor(baseCoin, price));
    const range = this.#ranges.get(baseCoin);
    if (range && price >= range.low && price <= range.high) return;
    // The range grows in steps of 5 %, so that a trend does not make a new list on every tick.
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
    if (nowMs < this.#span.fromMs || nowMs >= this.#span.untilMs) {
      this.#listed.clear();
      this.#span = ladderSpan(nowMs);
    }
    const listed = this.#listed.get(baseCoin) ?? this.#list(baseCoin);
    this.#listed.set(baseCoin, listed);
    return listed;
  }

  /** Undefined for anything not shown at `nowMs`. */
  find(symbol: string, nowMs: number): PaperInstrument | undefined {
    const coin = baseCoinOf(symbol);
    return this.#ranges.has(coin) ? this.of(coin, nowMs).get(symbol) : undefined;
  }

  /** Undefined for a coin without a price, unless its rules are the same at every price. */
  rulesOf(baseCoin: string): CoinRules | undefined {
    return this.#rules.get(baseCoin) ?? fixedRulesOf(baseCoin);
  }

  /** The instrument a symbol names, listed or not; undefined when it is no option, or its coin is not known. */
  instrumentOf(symbol: string): PaperInstrument | undefined {
    const rules = this.rulesOf(baseCoinOf(symbol));
    return rules && instrumentOf(symbol, rules);
  }

  statusOf(instrument: PaperInstrument, nowMs: number): InstrumentStatus | 'Closed' {
    const { expiry } = instrument;
    if (nowMs < expiry.launchMs) return 'PreLaunch';
    if (nowMs < expiry.deliveryMs) return 'Trading';
    return nowMs < expiry.shownUntilMs ? 'Delivering' : 'Closed';
  }

  #list(baseCoin: string): ReadonlyMap<string, PaperInstrument> {
    const rules = this.rulesOf(baseCoin);
    const range = this.#ranges.get(baseCoin);
    return rules && range ? instrumentsOf({ baseCoin, rules, range, atMs: this.#span.fromMs }) : new Map();
  }
}

const baseCoinOf = (symbol: string): string => symbol.slice(0, symbol.indexOf('-'));

/** Lists made before, because simulations and backtests with the same beginning ask for the same. */
const knownLists = new WeakMap<CoinRules, Map<string, ReadonlyMap<string, PaperInstrument>>>();
const knownListsMax = 16;

/** What the list of a coin's instruments follows from. */
interface ListingBasis {
  readonly baseCoin: string;
  readonly rules: CoinRules;
  readonly range: PriceRange;
  /** The expiries are those of this moment. */
  readonly atMs: number;
}

function instrumentsOf(basis: ListingBasis): ReadonlyMap<string, PaperInstrument> {
  const { baseCoin, rules, range, atMs } = basis;
  const ofRules = knownLists.get(rules) ?? new Map<string, ReadonlyMap<string, PaperInstrument>>();
  knownLists.set(rules, ofRules);
  const key = `${baseCoin} ${range.low} ${range.high} ${atMs}`;
  const before = ofRules.get(key);
  if (before) return before;
  if (ofRules.size >= knownListsMax) ofRules.clear();
  const listed = new Map<string, PaperInstrument>();
  const expiries = expiriesAt(atMs);
  const legacy = expiries.find(({ kind, deliveryMs }) => kind === 'quarterly' && deliveryMs > atMs);
  for (const expiry of expiries) {
    for (const strike of strikesOf(expiry, basis)) {
      for (const letter of ['C', 'P']) {
        const symbol = `${baseCoin}-${expiry.code}-${strike.text}-${letter}`;
        const names =
          expiry === legacy && isOldSeries(strike, range) ? [`${symbol}-USDT`, symbol] : [`${symbol}-USDT`];
        for (const name of names) {
          const instrument = instrumentOf(name, rules);
          if (instrument) listed.set(name, instrument);
        }
      }
    }
  }
  ofRules.set(key, listed);
  return listed;
}

/** The USDC series is smaller: it has only strikes of the far grid around the money. */
const isOldSeries = ({ value, isFar }: Strike, range: PriceRange): boolean =>
  isFar && value >= range.low * 0.7 && value <= range.high * 1.4;

/** Instruments made before, because a market that moves lists most of them again. */
const knownInstruments = new WeakMap<CoinRules, Map<string, PaperInstrument | undefined>>();
const knownInstrumentsMax = 50_000;

/** Undefined when the symbol is no option. */
function instrumentOf(symbol: string, rules: CoinRules): PaperInstrument | undefined {
  const ofRules = knownInstruments.get(rules) ?? new Map<string, PaperInstrument | undefined>();
  knownInstruments.set(rules, ofRules);
  if (ofRules.has(symbol)) return ofRules.get(symbol);
  if (ofRules.size >= knownInstrumentsMax) ofRules.clear();
  const instrument = makeInstrument(symbol, rules);
  ofRules.set(symbol, instrument);
  return instrument;
}

function makeInstrument(symbol: string, rules: CoinRules): PaperInstrument | undefined {
  const parsed = tryParseOptionSymbol(symbol);
  const dateMs = parsed && expiryDateMs(parsed.expiry);
  if (!parsed || dateMs === null) return undefined;
  const strike = Number(parsed.strike);
  const expiry = expiryOn(dateMs);
  const variant = (parsed.optionType === 'call' ? 0 : 1) + (parsed.settleCoin === 'USDT' ? 0 : 2);
  const whole = Number.isInteger(strike) ? strike : Math.round(strike / Number(rules.tickSize));
  return {
    symbol,
    symbolId: (Math.floor(dateMs / dayMs) % 10_000) * 4_000_000 + (whole % 1_000_000) * 4 + variant,
    baseCoin: parsed.baseCoin,
    settleCoin: parsed.settleCoin,
    isCall: parsed.optionType === 'call',
    strike,
    expiry,
    rules,
  };
}

/** When an option is delivered, ms since epoch; null when the symbol names no option. */
export function deliveryMsOf(symbol: string): number | null {
  const parsed = tryParseOptionSymbol(symbol);
  const dateMs = parsed && expiryDateMs(parsed.expiry);
  return dateMs === null ? null : expiryOn(dateMs).deliveryMs;
}

interface Strike {
  readonly text: DecimalString;
  readonly value: number;
  /** On the grid of the far strikes that this coin has at every price. */
  readonly isFar: boolean;
}

function strikesOf(expiry: Expiry, { range, rules, atMs }: ListingBasis): readonly Strike[] {
  const isLong = expiry.kind === 'monthly' || expiry.kind === 'quarterly';
  const isFine = expiry.kind === 'daily' || (isLong && expiry.deliveryMs - atMs <= fineWithinMs);
  const near = decimal(rules.strikeStep).times(scaleOf(range, Number(rules.strikeStep)));
  const nearStep = near.toNumber();
  /**
   * Depends on the strike alone, so that no strike is lost when the range grows. For prices within a factor of two it is
   * never above the near step. One wrong price, a thousand times too high, so lists some more strikes and not a thousand
   * times as many.
   */
  const leastStep = (strike: number): number => {
    const step = Number(rules.strikeStep);
    return step * 2 ** Math.floor(Math.log2(strike / (step * strikesMax)));
  };
  /** Strikes as multiples of the near step, because whole numbers do not drift. */
  const multiples = new Set<number>();
  const add = (from: number, to: number, every: number): void => {
    const firstMultiple = Math.max(1, Math.ceil(from / nearStep));
    for (let at = firstMultiple, step = every; ; at += step) {
      step = Math.max(every, leastStep(at * nearStep) / nearStep);
      at = Math.ceil(at / step) * step;
      if (at * nearStep > to) return;
      multiples.add(at);
    }
  };
  const [down, up] = reach[expiry.kind];
  if (expiry.kind === 'daily') add(range.low * down, range.high * up, 1);
  else add(range.low * down, range.high * Math.min(up, 1.75), 2);
  if (isLong) add(range.high * 1.75, range.high * up, 4);
  if (isLong && isFine) add(range.low * fineReach[0], range.high * fineReach[1], 1);
  const far = decimal(rules.strikeStep).times(2);
  return [...multiples]
    .sort((a, b) => a - b)
    .map((multiple) => {
      const strike = near.times(multiple);
      return { text: toText(strike), value: strike.toNumber(), isFar: strike.modulo(far).isZero() };
    });
}

/**
 * By how much the grid is coarser than the coin's own: a power of two, so that a finer or coarser grid shares its strikes
 * with the one before. It follows the lowest price: coarser when there would be more than `strikesMax` strikes below it,
 * finer when a step would be more than a tenth of it.
 */
function scaleOf(range: PriceRange, step: number): Decimal {
  const low = Math.max(range.low, range.high / rangeFactorMax);
  const coarser = Math.max(0, Math.ceil(Math.log2(low / (step * strikesMax))));
  const finer = Math.max(0, Math.ceil(Math.log2((step * 10) / low)));
  return new Decimal(2).pow(coarser - finer);
}
