/**
 * How far apart the rows of a file are, and where some are missing. The distance is the median over the first of them: one
 * row that came early or late says nothing about the others.
 */
import type { Candle } from './price-file.ts';
import { minuteMs } from '../domain/units.ts';

/** A candle and how long it lasts: to the next row, or as long as rows do. */
export interface Span {
  readonly candle: Candle;
  readonly spanMs: number;
}

/** Where rows are missing: nothing happens for as long. */
export interface Gaps {
  readonly count: number;
  readonly longestMs: number;
  /** When the longest begins. */
  readonly longestAtMs: number | null;
  /** Rows that came early: the one before lasts until they begin. */
  readonly early: number;
}

/** What comes first is enough to tell how far apart the rows are, wherever the file was cut. */
const rowsToTell = 100;

export class RowDistance {
  /** Null until the first row. */
  rowEveryMs: number | null = null;
  #gaps: Gaps = { count: 0, longestMs: 0, longestAtMs: null, early: 0 };

  get gaps(): Gaps {
    return this.#gaps;
  }

  /** Every candle with its span; a candle is copied only where it waits for the next. */
  async *spans(pieces: AsyncIterable<readonly Candle[]>): AsyncGenerator<readonly Span[], void> {
    let waiting: Candle | null = null;
    for await (const piece of openedWide(pieces)) {
      this.rowEveryMs ??= median(piece);
      const spans: Span[] = [];
      for (const candle of piece) {
        if (waiting) spans.push({ candle: waiting, spanMs: this.#spanOf(waiting.atMs, candle.atMs) });
        waiting = candle;
      }
      // A piece may be filled anew for the next.
      waiting = waiting && { ...waiting };
      if (spans.length > 0) yield spans;
    }
    if (waiting) yield [{ candle: waiting, spanMs: this.rowEveryMs ?? minuteMs }];
  }

  #spanOf(atMs: number, nextMs: number): number {
    const everyMs = this.rowEveryMs ?? minuteMs;
    const distanceMs = nextMs - atMs;
    const { count, longestMs, early } = this.#gaps;
    if (distanceMs > everyMs * 1.5) {
      const longest = distanceMs > longestMs ? { longestMs: distanceMs, longestAtMs: atMs } : {};
      this.#gaps = { ...this.#gaps, count: count + 1, ...longest };
    } else if (distanceMs < everyMs / 2) this.#gaps = { ...this.#gaps, early: early + 1 };
    return Math.min(everyMs, distanceMs);
  }
}

async function* openedWide(
  pieces: AsyncIterable<readonly Candle[]>,
): AsyncGenerator<readonly Candle[], void> {
  let first: Candle[] | null = [];
  for await (const piece of pieces) {
    if (first === null) yield piece;
    else if (first.push(...piece.map((candle) => ({ ...candle }))) >= rowsToTell) {
      yield first;
      first = null;
    }
  }
  if (first !== null && first.length > 0) yield first;
}

/** A minute where there is only one row. */
function median(candles: readonly Candle[]): number {
  const distances = candles.slice(1).map(({ atMs }, at) => atMs - (candles[at]?.atMs ?? 0));
  const sorted = distances.sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? minuteMs;
}
