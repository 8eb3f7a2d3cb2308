/**
 * Where an option's implied volatility stands within what was seen of it: 0 at the lowest, 1 at the highest. A sample is
 * taken every quarter of an hour while a task looks at the rank, and only where two tickers in a row agree, because one wrong
 * figure would spoil the range for good. Before a day of samples nothing is known.
 */
import type { Logger } from 'pino';
import { compare, decimal, larger, smaller, toText, type DecimalString } from '../../domain/money.ts';
import { minuteMs } from '../../domain/units.ts';
import type { VolatilityBook, VolatilityRange, VolatilitySample } from '../../ports/volatility-book.ts';
import { Groups } from '../groups.ts';

const sampleEveryMs = 15 * minuteMs;
const samplesMin = 96;
const agreesWithin = '0.05';

/** Keeps ranges for as long as it lives: for a backtest, and where no other book is given. */
export class MemoryVolatilityBook implements VolatilityBook {
  readonly #ranges = new Map<string, VolatilityRange>();

  range(symbol: string): Promise<VolatilityRange | null> {
    return Promise.resolve(this.#ranges.get(symbol) ?? null);
  }

  note(symbol: string, sample: VolatilitySample): Promise<VolatilityRange> {
    const range = withSample(this.#ranges.get(symbol) ?? null, sample);
    this.#ranges.set(symbol, range);
    return Promise.resolve(range);
  }
}

/** Unchanged when the last sample is too young. */
function withSample(range: VolatilityRange | null, { value, atMs }: VolatilitySample): VolatilityRange {
  if (range === null) return { low: value, high: value, samples: 1, atMs };
  if (atMs < range.atMs + sampleEveryMs) return range;
  return {
    low: smaller(range.low, value),
    high: larger(range.high, value),
    samples: range.samples + 1,
    atMs,
  };
}

interface Seen {
  /** `null` while it is being read, or when nothing was seen yet. */
  range: VolatilityRange | null;
  isRead: boolean;
  last: DecimalString | null;
}

export class VolatilityRanks {
  readonly #book: VolatilityBook;
  readonly #log: Logger | undefined;
  /** By task: the symbols whose ranks it wants. */
  readonly #symbols = new Map<string, readonly string[]>();
  readonly #tasks = new Groups<string, string>();
  /** By symbol, while a task wants it. */
  readonly #seen = new Map<string, Seen>();

  constructor(book: VolatilityBook, log?: Logger) {
    this.#book = book;
    this.#log = log;
  }

  /** The task wants the ranks of these options now instead of those that it wanted before. */
  want(taskId: string, ...symbols: readonly string[]): void {
    const before = this.#symbols.get(taskId) ?? [];
    if (before.length === symbols.length && symbols.every((symbol) => before.includes(symbol))) return;
    if (symbols.length > 0) this.#symbols.set(taskId, symbols);
    else this.#symbols.delete(taskId);
    for (const symbol of before) if (!symbols.includes(symbol)) this.#release(taskId, symbol);
    for (const symbol of symbols) {
      this.#tasks.add(symbol, taskId);
      if (!this.#seen.has(symbol)) void this.#read(symbol);
    }
  }

  /** The task wants none any more. */
  leave(taskId: string): void {
    const symbols = this.#symbols.get(taskId) ?? [];
    this.#symbols.delete(taskId);
    for (const symbol of symbols) this.#release(taskId, symbol);
  }

  #release(taskId: string, symbol: string): void {
    this.#tasks.remove(symbol, taskId);
    if (!this.#tasks.has(symbol)) this.#seen.delete(symbol);
  }

  /** Notes what a ticker says, where a task wants the rank. */
  note(symbol: string, { value, atMs }: VolatilitySample): void {
    const seen = this.#seen.get(symbol);
    if (!seen?.isRead) return;
    const isSound = seen.last !== null && isNear(value, seen.last);
    seen.last = value;
    if (!isSound || (seen.range && atMs < seen.range.atMs + sampleEveryMs)) return;
    seen.range = withSample(seen.range, { value, atMs });
    this.#book.note(symbol, { value, atMs }).then(
      (range) => (seen.range = range),
      (error: unknown) => this.#log?.warn({ symbol, err: error }, 'a sample of volatility was not stored'),
    );
  }

  /** `null` while it is not known. */
  rankOf(symbol: string, volatility: DecimalString): DecimalString | null {
    const range = this.#seen.get(symbol)?.range;
    if (!range || range.samples < samplesMin || compare(range.high, range.low) === 0) return null;
    const span = decimal(range.high).minus(range.low);
    return toText(decimal(volatility).minus(range.low).dividedBy(span).toDecimalPlaces(4));
  }

  async #read(symbol: string): Promise<void> {
    const seen: Seen = { range: null, isRead: false, last: null };
    this.#seen.set(symbol, seen);
    try {
      seen.range = await this.#book.range(symbol);
    } catch (error) {
      this.#log?.warn({ symbol, err: error }, 'what was seen of a volatility cannot be read: it begins anew');
    }
    seen.isRead = true;
  }
}

const isNear = (a: DecimalString, b: DecimalString): boolean =>
  decimal(a).minus(b).abs().lessThanOrEqualTo(decimal(b).times(agreesWithin));
