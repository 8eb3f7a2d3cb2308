/**
 * Finds out how far apart the rows of a file are, and where rows are missing. The distance is the median over the first rows,
 * so that a single early or late row does not distort it.
 */
import type { Candle } from './price-file.ts';
import { minuteMs } from '../domain/units.ts';

/** A candle and how long it lasts: until the next row, but at most the usual distance. */
export interface Span {
  readonly candle: Candle;
  readonly spanMs: number;
}

/** Where rows are missing; no price moves there. */
export interface Gaps {
  readonly count: number;
  readonly longestMs: number;
  /** When the longest gap begins. */
  readonly longestAtMs: number | null;
  /** How many rows came early: the row before each lasts only until it begins. */
  readonly early: number;
}

/** So many rows are collected before the distance is computed, however small the pieces are. */
const rowsForMedian = 100;

export class RowDistance {
  /** `null` until the first row. */
  rowEveryMs: number | null = null;
  #gaps: Gaps = { count: 0, longestMs: 0, longestAtMs: null, early: 0 };

  get gaps(): Gaps {
    return this.#gaps;
  }

  /** Every candle with its span. Candles are copied only when they are kept beyond their piece. */
  async *spans(pieces: AsyncIterable<readonly Candle[]>): AsyncGenerator<readonly Span[], void> {
    let waiting: Candle | null = null;
    for await (const piece of withLongFirstPiece(pieces)) {
      this.rowEveryMs ??= median(piece);
      const spans: Span[] = [];
      for (const candle of piece) {
        if (waiting) spans.push({ candle: waiting, spanMs: this.#spanOf(waiting.atMs, candle.atMs) });
        waiting = candle;
      }
      // The source may reuse the objects of this piece for the next.
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

/** The first piece with at least `rowsForMedian` candles, if there are so many; the others as they come. */
async function* withLongFirstPiece(
  pieces: AsyncIterable<readonly Candle[]>,
): AsyncGenerator<readonly Candle[], void> {
  let first: Candle[] | null = [];
  for await (const piece of pieces) {
    if (first === null) yield piece;
    else if (first.push(...piece.map((candle) => ({ ...candle }))) >= rowsForMedian) {
      yield first;
      first = null;
    }
  }
  if (first !== null && first.length > 0) yield first;
}

/** The median distance; a minute when there is only one row. */
function median(candles: readonly Candle[]): number {
  const distances = candles.slice(1).map(({ atMs }, at) => atMs - (candles[at]?.atMs ?? 0));
  const sorted = distances.sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? minuteMs;
}
