/**
 * Reads price files as people have them: a header or none, times in seconds, milliseconds or ISO, a close alone or open,
 * high, low and close; plain or gzipped, in pieces, so that a file may be longer than memory. Says what it took the
 * columns for, and names the first row that makes no sense.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { BadInput, messageOf } from '../domain/errors.ts';

/** Prices of one interval, USD. */
export interface Candle {
  readonly atMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

/** What the columns were taken for. */
export interface PriceShape {
  readonly hasHeader: boolean;
  readonly separator: string;
  readonly time: 'ISO' | 'seconds' | 'milliseconds' | 'microseconds';
  readonly prices: 'close' | 'open, high, low, close';
}

interface Columns extends PriceShape {
  readonly timeAt: number;
  /** Of open, high, low, close; the same four times when there is only a close. */
  readonly pricesAt: readonly [number, number, number, number];
}

export interface PriceFile {
  readonly path: string;
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
  readonly onShape?: (shape: PriceShape) => void;
  /** How much of the file is read, 0 to 1. */
  readonly onRead?: (share: number) => void;
}

const timeNames = ['time', 'timestamp', 'date', 'datetime', 'open_time', 'opentime', 'start', 'unix'];
const closeNames = ['close', 'price', 'last', 'c', 'iv', 'volatility', 'dvol'];

/** Candles in pieces, in order. @throws BadInput naming the file, the first bad row and what is wrong with it */
export async function* candlesOf(file: PriceFile): AsyncGenerator<readonly Candle[], void> {
  const reader = new PriceReader(file);
  for await (const text of piecesOf(file)) yield reader.take(text, false);
  yield reader.take('', true);
  if (reader.rows === 0)
    throw wrong(file.path, 'no row between the chosen start and end', 'prices in that time');
}

async function* piecesOf({ path, onRead }: PriceFile): AsyncGenerator<string, void> {
  const bytes = createReadStream(path, { highWaterMark: 1 << 18 });
  const source = path.endsWith('.gz') ? bytes.pipe(createGunzip({ chunkSize: 1 << 18 })) : bytes;
  // What fails to be read fails the pipe too.
  bytes.on('error', (error) => source.destroy(error));
  source.setEncoding('utf8');
  try {
    const { size } = await stat(path);
    for await (const piece of source) {
      yield piece as string;
      onRead?.(bytes.bytesRead / size);
    }
  } catch (error) {
    throw wrong(path, messageOf(error), 'a file of prices, plain or gzipped');
  }
}

class PriceReader {
  readonly #file: PriceFile;
  #columns: Columns | null = null;
  #rest = '';
  #line = 0;
  #lastMs = Number.NEGATIVE_INFINITY;
  rows = 0;

  constructor(file: PriceFile) {
    this.#file = file;
  }

  take(text: string, isEnd: boolean): Candle[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = isEnd ? '' : (lines.pop() ?? '');
    const candles: Candle[] = [];
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = this.#file;
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      this.#line += 1;
      if (line === '') continue;
      if (!this.#columns && this.#learn(line)) continue;
      const candle = this.#read(line);
      if (candle.atMs < fromMs || candle.atMs >= toMs) continue;
      candles.push(candle);
    }
    this.rows += candles.length;
    return candles;
  }

  /** @returns whether the line is a header */
  #learn(line: string): boolean {
    const separator = [',', ';', '\t'].find((each) => line.includes(each)) ?? ',';
    const cells = line.split(separator).map((cell) => cell.trim().replace(/^"|"$/g, ''));
    const hasHeader = cells.every((cell) => Number.isNaN(Number(cell)) && Number.isNaN(Date.parse(cell)));
    if (hasHeader) {
      this.#columns = this.#named(cells, separator);
      return true;
    }
    const isOhlc = cells.length >= 5;
    const pricesAt = isOhlc ? ([1, 2, 3, 4] as const) : ([1, 1, 1, 1] as const);
    const prices = isOhlc ? 'open, high, low, close' : 'close';
    this.#decide({ hasHeader, separator, timeAt: 0, pricesAt, prices, time: timeIn(cells[0] ?? '') });
    return false;
  }

  #named(cells: readonly string[], separator: string): Columns {
    const names = cells.map((cell) => cell.toLowerCase());
    const at = (wanted: readonly string[]): number => names.findIndex((name) => wanted.includes(name));
    const [timeAt, closeAt] = [at(timeNames), at(closeNames)];
    if (timeAt < 0 || closeAt < 0)
      throw this.#bad(
        cells.join(separator),
        'a header with a time and a close, like time,open,high,low,close',
      );
    const all = [at(['open', 'o']), at(['high', 'h']), at(['low', 'l']), closeAt] as const;
    const isOhlc = all.every((place) => place >= 0);
    // The unit of time is told by the first row.
    return {
      ...{ hasHeader: true, separator, timeAt, time: 'ISO' },
      pricesAt: isOhlc ? all : [closeAt, closeAt, closeAt, closeAt],
      prices: isOhlc ? 'open, high, low, close' : 'close',
    };
  }

  #decide(columns: Columns): Columns {
    this.#columns = columns;
    const { hasHeader, separator, time, prices } = columns;
    this.#file.onShape?.({ hasHeader, separator, time, prices });
    return columns;
  }

  #read(line: string): Candle {
    let columns = this.#columns;
    if (!columns) throw this.#bad(line, 'a row of prices');
    const cells = line.split(columns.separator);
    const time = (cells[columns.timeAt] ?? '').trim();
    if (this.#lastMs === Number.NEGATIVE_INFINITY && columns.hasHeader)
      columns = this.#decide({ ...columns, time: timeIn(time) });
    const atMs = msOf(time, columns.time);
    const [open, high, low, close] = columns.pricesAt.map((at) => Number(cells[at])) as [
      number,
      number,
      number,
      number,
    ];
    if (!Number.isFinite(atMs)) throw this.#bad(line, `a time in ${columns.time}`);
    if (!(open > 0 && high > 0 && low > 0 && close > 0)) throw this.#bad(line, 'prices above 0');
    if (high < low || high < open || high < close || low > open || low > close)
      throw this.#bad(line, 'a high that is the highest and a low that is the lowest');
    if (atMs <= this.#lastMs) throw this.#bad(line, 'a time after that of the row before');
    this.#lastMs = atMs;
    return { atMs, open, high, low, close };
  }

  #bad(line: string, expected: string): BadInput {
    return wrong(`${this.#file.path}, row ${this.#line}`, JSON.stringify(line.slice(0, 80)), expected);
  }
}

function timeIn(cell: string): PriceShape['time'] {
  if (!/^\d+(\.\d+)?$/.test(cell)) return 'ISO';
  const digits = cell.split('.')[0]?.length ?? 0;
  return digits <= 10 ? 'seconds' : digits <= 13 ? 'milliseconds' : 'microseconds';
}

function msOf(cell: string, time: PriceShape['time']): number {
  switch (time) {
    case 'ISO':
      return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(cell) ? cell : `${cell.replace(' ', 'T')}Z`);
    case 'seconds':
      return Number(cell) * 1_000;
    case 'milliseconds':
      return Number(cell);
    case 'microseconds':
      return Number(cell) / 1_000;
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The price file cannot be read', [{ path, found, expected }]);
