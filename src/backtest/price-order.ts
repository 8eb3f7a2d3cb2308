/**
 * Brings rows into the order in which they are played: reverses a file with the newest rows first, and aggregates trades
 * into candles of a minute. Owns how candles are packed into flat arrays of numbers.
 */
import { BadInput, type InputIssue } from '../domain/errors.ts';
import { minuteMs } from '../domain/units.ts';
import type { PriceShape } from './price-columns.ts';

/** Prices of one interval, USD. */
export interface Candle {
  readonly atMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** Numbers of one packed candle: `atMs, open, high, low, close`. */
export const packedFields = 5;
/** Candles that are handed on at a time. */
export const pieceRows = 4_096;
/** About 400 MB: how much of a file is held when it has to be held as a whole. */
const heldRowsMax = 10_000_000;

export const unreadablePrices = (issue: InputIssue): BadInput =>
  new BadInput('The price file cannot be read', [issue]);

/** The candles as one flat array, `packedFields` numbers each. */
export function packed(candles: readonly Candle[]): Float64Array {
  const piece = new Float64Array(candles.length * packedFields);
  candles.forEach(({ atMs, open, high, low, close }, at) =>
    piece.set([atMs, open, high, low, close], at * packedFields),
  );
  return piece;
}

/** Holds candles until the whole file has been read. */
export class CandleRows {
  #pieces: Float64Array[] = [];
  #rows = 0;

  /** @throws BadInput when there are more than fit into memory */
  add(candles: readonly Candle[]): void {
    if (candles.length === 0) return;
    this.#rows += candles.length;
    if (this.#rows > heldRowsMax) {
      throw unreadablePrices({
        path: 'rows',
        found: 'more of them',
        expected: `at most ${heldRowsMax} rows in a file with the newest first: reverse it, or split it`,
      });
    }
    this.#pieces.push(packed(candles));
  }

  /** Everything that was held, in the order of the file; nothing is held afterwards. */
  take(): readonly Candle[] {
    if (this.#pieces.length === 0) return [];
    const all = [...this.pieces('oldest first')].flat();
    this.#pieces = [];
    return all;
  }

  /** Everything that is held, oldest first. @param order in which the file has its rows */
  *pieces(order: PriceShape['order']): Generator<readonly Candle[], void> {
    const isReversed = order === 'newest first';
    for (const piece of isReversed ? this.#pieces.reverse() : this.#pieces) {
      const rows = piece.length / packedFields;
      for (let from = 0; from < rows; from += pieceRows) {
        const count = Math.min(pieceRows, rows - from);
        yield Array.from({ length: count }, (_, row) => {
          const at = (isReversed ? rows - 1 - from - row : from + row) * packedFields;
          const [atMs = 0, open = 0, high = 0, low = 0, close = 0] = piece.subarray(at, at + packedFields);
          return { atMs, open, high, low, close };
        });
      }
    }
  }
}

/** Aggregates trades, oldest or newest first, into candles of a minute. */
export class MinuteCandles {
  isNewestFirst = false;
  #minute: Candle | null = null;

  /** @returns the finished candle when this trade begins another minute, else `null` */
  add({ atMs, close: price }: Candle): Candle | null {
    const startMs = atMs - (atMs % minuteMs);
    const minute = this.#minute;
    if (minute?.atMs === startMs) {
      const [high, low] = [Math.max(minute.high, price), Math.min(minute.low, price)];
      this.#minute = { atMs: startMs, open: minute.open, high, low, close: price };
      return null;
    }
    const done = this.end();
    this.#minute = { atMs: startMs, open: price, high: price, low: price, close: price };
    return done;
  }

  /** @returns the candle of the last trades */
  end(): Candle | null {
    const minute = this.#minute;
    this.#minute = null;
    // With the newest first, the trade that was read first is the last of its minute.
    return minute && this.isNewestFirst ? { ...minute, open: minute.close, close: minute.open } : minute;
  }
}
