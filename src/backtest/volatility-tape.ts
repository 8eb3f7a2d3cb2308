/**
 * Recorded volatility: a file of times and at-the-money volatilities, in any form of a price file, read as a whole before the
 * prices. A value holds until the next one. Reports what was used where the file has no value.
 */
import { BadInput } from '../domain/errors.ts';
import { isoText } from '../files/moment.ts';
import { candlesOf, type PriceShape } from './price-file.ts';

/** No volatility is above 500 % a year: a file with larger values is in per cent, as volatility indices are published. */
const fractionMax = 5;
const fractionMin = 0.01;
const percentMax = 1_000;

/** How far the file covers what is played, and where an older or later value was used instead. */
export interface VolatilityCoverage {
  readonly unit: 'fractions' | 'per cent';
  readonly firstMs: number;
  readonly lastMs: number;
  /** How long its first value was used before the file begins, and its last one after it ends, ms. */
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Median distance of its values; 0 when there is only one. */
  readonly everyMs: number;
  /** How many of its values were used. */
  readonly used: number;
  /** Where values are missing within what is played: how often, and the longest interval. */
  readonly missing: {
    readonly count: number;
    readonly longestMs: number;
    readonly longestAtMs: number | null;
  };
}

export class VolatilityTape {
  readonly #path: string;
  readonly #times: readonly number[];
  /** Fractions per year. */
  readonly #values: readonly number[];
  readonly #unit: VolatilityCoverage['unit'];
  readonly shape: PriceShape | null;
  #at = 0;

  private constructor(path: string, rows: readonly [number, number][], shape: PriceShape | null) {
    const isPercent = (rows[0]?.[1] ?? 0) > fractionMax;
    const [min, max] = isPercent ? [fractionMax, percentMax] : [fractionMin, fractionMax];
    for (const [atMs, value] of rows) {
      if (value >= min && value <= max) continue;
      const expected = `volatility in ${isPercent ? 'per cent' : 'fractions'} a year, from ${min} to ${max}, as its first row has it`;
      throw wrong(`${path}, ${isoText(atMs)}`, String(value), expected);
    }
    this.#path = path;
    this.#times = rows.map(([atMs]) => atMs);
    this.#values = rows.map(([, value]) => (isPercent ? value / 100 : value));
    this.#unit = isPercent ? 'per cent' : 'fractions';
    this.shape = shape;
  }

  /** @throws BadInput when there is no row, or at the first bad one */
  static async open(path: string): Promise<VolatilityTape> {
    const rows: [number, number][] = [];
    let shape: PriceShape | null = null;
    for await (const piece of candlesOf({ path, onShape: (taken) => (shape = taken) }))
      for (const { atMs, close } of piece) rows.push([atMs, close]);
    return new VolatilityTape(path, rows, shape);
  }

  /** The volatility of now, fraction per year. */
  get value(): number {
    return this.#values[this.#at] ?? 0;
  }

  /** Whether `goTo` would change the value. */
  isDue(atMs: number): boolean {
    return (this.#times[this.#at + 1] ?? Number.POSITIVE_INFINITY) <= atMs;
  }

  goTo(atMs: number): void {
    while (this.isDue(atMs)) this.#at += 1;
  }

  /**
   * How far the file covers what is played. Its last value holds for as long as the one before it did.
   * @throws BadInput when it covers nothing of what is played
   */
  coverage(fromMs: number, toMs: number): VolatilityCoverage {
    const firstMs = this.#times[0] ?? 0;
    const lastMs = this.#times.at(-1) ?? 0;
    const endMs = lastMs + (lastMs - (this.#times.at(-2) ?? lastMs));
    if (firstMs > toMs || endMs < fromMs) {
      const found = `volatilities from ${isoText(firstMs)} to ${isoText(lastMs)}`;
      throw wrong(
        this.#path,
        found,
        `volatilities for at least a part of ${isoText(fromMs)} to ${isoText(toMs)}, which is played`,
      );
    }
    const [beforeMs, afterMs] = [Math.max(0, firstMs - fromMs), Math.max(0, toMs - endMs)];
    return { unit: this.#unit, firstMs, lastMs, beforeMs, afterMs, ...this.#within(fromMs, toMs) };
  }

  #within(fromMs: number, toMs: number): Pick<VolatilityCoverage, 'everyMs' | 'used' | 'missing'> {
    const times = this.#times;
    const distances = times.slice(1).map((atMs, at) => atMs - (times[at] ?? atMs));
    const everyMs = distances.toSorted((a, b) => a - b)[Math.floor((distances.length - 1) / 2)] ?? 0;
    const later = times.filter((atMs) => atMs > fromMs && atMs <= toMs).length;
    let missing: VolatilityCoverage['missing'] = { count: 0, longestMs: 0, longestAtMs: null };
    for (const [at, distanceMs] of distances.entries()) {
      const startMs = times[at] ?? 0;
      const isPlayed = startMs < toMs && startMs + distanceMs > fromMs;
      if (!isPlayed || distanceMs <= everyMs * 1.5) continue;
      const isLongest = distanceMs > missing.longestMs;
      const longest = isLongest ? { longestMs: distanceMs, longestAtMs: startMs } : {};
      missing = { ...missing, count: missing.count + 1, ...longest };
    }
    const isThereFirst = (times[0] ?? 0) <= fromMs;
    return { everyMs, used: later + (isThereFirst ? 1 : 0), missing };
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The volatilities do not fit', [{ path, found, expected }]);
