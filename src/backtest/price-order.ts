/** Rows brought into the order in which they are played: newest first turned around, trades put together to minutes. */
import { BadInput } from '../domain/errors.ts';
import { minuteMs } from '../domain/units.ts';

/** Prices of one interval, USD. */
export interface Candle {
  readonly atMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const columns = 5;
const pieceRows = 4_096;
/** Of a file that has to be held whole, about 400 MB. */
const heldRowsMax = 10_000_000;

/** Candles that wait for the end of their file. */
export class CandleRows {
  #pieces: Float64Array[] = [];
  #rows = 0;

  /** @throws BadInput when there are more than fit into memory */
  add(candles: readonly Candle[]): void {
    if (candles.length === 0) return;
    this.#rows += candles.length;
    if (this.#rows > heldRowsMax) {
      const expected = `at most ${heldRowsMax} rows in a file with the newest first: turn it around, or cut it`;
      throw new BadInput('The price file cannot be read', [
        { path: 'rows', found: 'more of them', expected },
      ]);
    }
    const piece = new Float64Array(candles.length * columns);
    candles.forEach(({ atMs, open, high, low, close }, at) =>
      piece.set([atMs, open, high, low, close], at * columns),
    );
    this.#pieces.push(piece);
  }

  /** All of it, and nothing is held any more. */
  take(): readonly Candle[] {
    if (this.#pieces.length === 0) return [];
    const all = [...this.pieces(false)].flat();
    this.#pieces = [];
    return all;
  }

  *pieces(isTurned: boolean): Generator<readonly Candle[], void> {
    const order = isTurned ? this.#pieces.reverse() : this.#pieces;
    for (const piece of order) {
      const rows = piece.length / columns;
      for (let from = 0; from < rows; from += pieceRows) {
        const count = Math.min(pieceRows, rows - from);
        yield Array.from({ length: count }, (_, row) => {
          const at = (isTurned ? rows - 1 - from - row : from + row) * columns;
          const [atMs = 0, open = 0, high = 0, low = 0, close = 0] = piece.subarray(at, at + columns);
          return { atMs, open, high, low, close };
        });
      }
    }
  }
}

/** Trades as they come, whichever way the file goes, put together to the minutes in which they were made. */
export class MinuteCandles {
  isNewestFirst = false;
  #minute: Candle | null = null;

  /** @returns the minute before, when this trade begins another */
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

  end(): Candle | null {
    const minute = this.#minute;
    this.#minute = null;
    // The first that was read is then the last that was traded.
    return minute && this.isNewestFirst ? { ...minute, open: minute.close, close: minute.open } : minute;
  }
}
