/**
 * Reads price files as people have them: with or without a header, columns in any order, oldest or newest row first, candles
 * or trades. Reads in pieces, so that a file may be larger than memory. The form of the time is recognised in each row by
 * itself, in UTC. Reports how the file was understood, and names the first row and cell that cannot be read.
 */
import Papa from 'papaparse';
import { BadInput, messageOf } from '../domain/errors.ts';
import { isoText, momentExpected, readMoment, type TimeForm } from '../files/moment.ts';
import { readDecimal } from '../domain/money.ts';
import {
  bareColumns,
  headerIn,
  joined,
  namedColumns,
  nameOf,
  timeCell,
  type Columns,
  type Header,
  type PriceShape,
} from './price-columns.ts';
import { CandleRows, MinuteCandles, unreadablePrices, type Candle } from './price-order.ts';
import { textOf } from './text-source.ts';

export type { PriceShape } from './price-columns.ts';
export type { Candle } from './price-order.ts';

export interface PriceFile {
  readonly path: string;
  readonly fromMs?: number | undefined;
  /** Exclusive. */
  readonly toMs?: number | undefined;
  /** A bound for files that people send. Default: three times as many lines as there were minutes since 1970. */
  readonly linesMax?: number | undefined;
  /** Receives how the file was understood, after the last candle. */
  readonly onShape?: (shape: PriceShape) => void;
  /** Receives how much of the file has been read, 0 to 1. */
  readonly onRead?: (share: number) => void;
}

/** Bounds of a price, or of a volatility. */
export const priceMin = 1e-9;
export const priceMax = 1e8;
/** Ten times the longest row of any known program. */
const lineLengthMax = 65_536;
const linesMaxUsually = 100_000_000;
const bannerLinesMax = 20;
const cellExpected = 'a price from 0.000000001 to 100000000, as a plain number with a point';

/** Candles in pieces, oldest first. @throws BadInput naming the file, the first bad row and what is wrong with it */
export async function* candlesOf(file: PriceFile): AsyncGenerator<readonly Candle[], void> {
  const reader = new PriceReader(file);
  for await (const text of piecesOf(file)) yield reader.take(text);
  yield reader.takeLastLine();
  yield* reader.rest();
  if (reader.shape) file.onShape?.(reader.shape);
  if (reader.kept > 0) return;
  const { path } = file;
  throw unreadablePrices(
    reader.shape
      ? { path, found: 'no row between the chosen start and end', expected: 'prices in that time' }
      : { path, found: 'no row', expected: 'prices' },
  );
}

async function* piecesOf({ path, onRead }: PriceFile): AsyncGenerator<string, void> {
  try {
    yield* textOf(path, onRead);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    const found = messageOf(error);
    throw unreadablePrices({ path, found, expected: 'a file of prices, plain or gzipped' });
  }
}

/** A row of data that is read, and where it stands. */
interface Row {
  /** Counted from the lines that were read before. */
  readonly row: number;
  readonly cells: readonly string[];
  readonly columns: Columns;
}

interface BadCell {
  /** Index of the cell in its row. */
  readonly at: number;
  readonly found: string;
  readonly expected: string;
}

class PriceReader {
  readonly #file: PriceFile;
  readonly #rows: CandleRows;
  readonly #minutes: MinuteCandles;
  #header: Header | null = null;
  #columns: Columns | null = null;
  #pending = '';
  /** Lines that have been read. */
  #lines = 0;
  #banner = 0;
  #firstTime: TimeForm | null = null;
  readonly #otherTimes: { row: number; time: TimeForm }[] = [];
  #latestTime: TimeForm | null = null;
  #latestMs = Number.NaN;
  #isNewestFirst: boolean | null = null;
  kept = 0;

  constructor(file: PriceFile) {
    this.#file = file;
    this.#rows = new CandleRows();
    this.#minutes = new MinuteCandles();
  }

  get shape(): PriceShape | null {
    const columns = this.#columns;
    if (!columns || !this.#firstTime) return null;
    return {
      hasHeader: columns.header !== null,
      separator: columns.separator,
      time: this.#firstTime,
      otherTimes: this.#otherTimes,
      timeInTwoColumns: columns.hourAt !== null,
      prices: columns.prices,
      order: this.#order,
    };
  }

  get #order(): PriceShape['order'] {
    return this.#isNewestFirst === true ? 'newest first' : 'oldest first';
  }

  /** @returns what can be played already: nothing while the file has, or may have, its newest rows first */
  take(piece: string): readonly Candle[] {
    const text = this.#pending + piece;
    const end = text.lastIndexOf('\n') + 1;
    this.#pending = text.slice(end);
    return this.#takeLines(text.slice(0, end));
  }

  /** The last line of a file that does not end it. */
  takeLastLine(): readonly Candle[] {
    const text = this.#pending;
    this.#pending = '';
    return this.#takeLines(text);
  }

  #takeLines(lines: string): readonly Candle[] {
    let text = lines;
    while (!this.#columns && text !== '') {
      const lineEnd = text.indexOf('\n');
      const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
      if (line.length > lineLengthMax) throw this.#tooLong(line);
      if (this.#learn(line)) break;
      this.#lines += 1;
      text = lineEnd < 0 ? '' : text.slice(lineEnd + 1);
    }
    const candles = this.#columns && text !== '' ? this.#readAll(text, this.#columns) : [];
    if (this.#pending.length > lineLengthMax) throw this.#tooLong(this.#pending);
    if (this.#isNewestFirst === false) return [...this.#rows.take(), ...candles];
    this.#rows.add(candles);
    return [];
  }

  /** What could be played only when the whole file was read. */
  *rest(): Generator<readonly Candle[], void> {
    const last = this.#minutes.end();
    if (last) this.#rows.add([last]);
    this.kept += last ? 1 : 0;
    yield* this.#rows.pieces(this.#order);
  }

  /** @returns whether the line is the first row */
  #learn(line: string): boolean {
    if (isSkipped(line) || /^sep=.$/i.test(line)) return false;
    if (this.#header) {
      this.#columns = namedColumns(this.#header, line);
      if (this.#columns) return true;
      throw this.#badFirstTime(line, this.#header);
    }
    this.#header = headerIn(line);
    if (this.#header) return false;
    this.#columns = bareColumns(line);
    if (this.#columns) return true;
    this.#banner += 1;
    // A title has one cell or names a web page. A line with more cells is a row or a header that was not understood.
    const isTitle = !/[,;\t|]/.test(line) || /https?:\/\//i.test(line);
    if (isTitle && /[a-z]/i.test(line) && this.#banner <= bannerLinesMax) return false;
    throw this.#bad(1, line, firstLineExpected(line));
  }

  #readAll(text: string, columns: Columns): Candle[] {
    const data = this.#cellsOf(text, columns.separator);
    const candles: Candle[] = [];
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = this.#file;
    const isTrades = columns.prices.startsWith('trades');
    for (let at = 0; at < data.length; at += 1) {
      const cells = data[at] ?? [];
      if (cells.length === 1 && isSkipped(cells[0] ?? '')) continue;
      const candle = this.#read(cells, at + 1, columns);
      if (!candle || candle.atMs < fromMs || candle.atMs >= toMs) continue;
      const ready = isTrades ? this.#minutes.add(candle) : candle;
      if (ready) candles.push(ready);
    }
    // After the last line end comes an empty entry, which is no line.
    this.#lines += text.endsWith('\n') ? data.length - 1 : data.length;
    const { linesMax = linesMaxUsually } = this.#file;
    if (this.#lines > linesMax) throw this.#bad(0, '', `at most ${linesMax} lines`);
    this.kept += candles.length;
    return candles;
  }

  /** @param row counted from the lines that were read before @returns `null` for a line to be skipped */
  #read(cells: readonly string[], row: number, columns: Columns): Candle | null {
    const { timeAt, hourAt, pricesAt } = columns;
    const day = (cells[timeAt] ?? '').trim();
    const time = hourAt === null ? day : joined(day, (cells[hourAt] ?? '').trim());
    const moment = readMoment(time);
    if (!moment) {
      if (this.#isHeaderAgain(cells) || isSkipped(cells.join(''))) return null;
      throw this.#badCell(
        { row, cells, columns },
        { at: timeAt, found: time, expected: momentExpected(time) },
      );
    }
    const { atMs, form } = moment;
    const close = priceIn(cells[pricesAt[3]] ?? '');
    const isClose = pricesAt[0] === pricesAt[3];
    const open = isClose ? close : priceIn(cells[pricesAt[0]] ?? '');
    const high = isClose ? close : priceIn(cells[pricesAt[1]] ?? '');
    const low = isClose ? close : priceIn(cells[pricesAt[2]] ?? '');
    if (!(open >= priceMin && high >= priceMin && low >= priceMin && close >= priceMin))
      throw this.#badPrice({ row, cells, columns });
    if (high > priceMax || open > priceMax || close > priceMax || low > priceMax)
      throw this.#badPrice({ row, cells, columns });
    if (high < low || high < open || high < close || low > open || low > close)
      throw this.#bad(
        row,
        cells.join(columns.separator),
        'a high that is the highest and a low that is the lowest',
      );
    if (form !== this.#latestTime) this.#noteForm(form, row);
    const expected = this.#complaintOfOrder(atMs, columns);
    if (expected !== null) throw this.#badCell({ row, cells, columns }, { at: timeAt, found: day, expected });
    return { atMs, open, high, low, close };
  }

  #noteForm(form: TimeForm, row: number): void {
    this.#latestTime = form;
    this.#firstTime ??= form;
    if (form === this.#firstTime || this.#otherTimes.some(({ time }) => time === form)) return;
    this.#otherTimes.push({ row: this.#lines + row, time: form });
  }

  /**
   * The first two different times decide which way the file goes; several trades may have the same time.
   * @returns what would have been right, or `null` when the time is in order
   */
  #complaintOfOrder(atMs: number, { prices }: Columns): string | null {
    const before = this.#latestMs;
    this.#latestMs = atMs;
    if (Number.isNaN(before) || (prices.startsWith('trades') && atMs === before)) return null;
    if (this.#isNewestFirst === null && atMs !== before) {
      this.#isNewestFirst = atMs < before;
      this.#minutes.isNewestFirst = this.#isNewestFirst;
      return null;
    }
    if (this.#isNewestFirst === true ? atMs < before : atMs > before) return null;
    const expected = this.#isNewestFirst === true ? 'a time before' : 'a time after';
    return `${expected} that of the row before (${isoText(before)})`;
  }

  /** Text without quotes is split without a parser, which takes a fifth of the time. */
  #cellsOf(text: string, separator: string): readonly (readonly string[])[] {
    if (!text.includes('"')) return text.split('\n').map((line) => line.split(separator));
    const { data, errors } = Papa.parse<string[]>(text, { delimiter: separator, newline: '\n' });
    const [error] = errors;
    const badAt = error?.row ?? data.findIndex((cells) => cells.some((cell) => cell.includes('\n')));
    if (badAt < 0) return data;
    const expected = error ? 'quotes that are closed' : 'every row on a line of its own';
    throw this.#bad(badAt + 1, (data[badAt] ?? []).join(separator), expected);
  }

  /** Concatenated files repeat their header. */
  #isHeaderAgain(cells: readonly string[]): boolean {
    const again = this.#header && headerIn(cells.join(this.#header.separator));
    return again?.names.join() === this.#header?.names.join() && this.#header !== null;
  }

  #badPrice(place: Row): BadInput {
    const { cells, columns } = place;
    const isGood = (at: number): boolean => {
      const price = priceIn(cells[at] ?? '');
      return price >= priceMin && price <= priceMax;
    };
    const at = columns.pricesAt.find((each) => !isGood(each)) ?? 0;
    const found = cells[at]?.trim() ?? 'no such cell';
    return this.#badCell(place, { at, found, expected: priceExpected(cells[at]) });
  }

  #bad(row: number, found: string, expected: string): BadInput {
    return unreadablePrices({ path: this.#rowName(row), found: shown(found), expected });
  }

  /** Names the column beside the row, and shows the whole row beside the cell. */
  #badCell({ row, cells, columns }: Row, { at, found, expected }: BadCell): BadInput {
    return unreadablePrices({
      path: `${this.#rowName(row)}, ${nameOf(columns, at)}`,
      found: `${shown(found)} in ${shown(cells.join(columns.separator))}`,
      expected,
    });
  }

  /** @param row counted from the lines that were read before */
  #rowName(row: number): string {
    return `${this.#file.path}, row ${this.#lines + row}`;
  }

  #badFirstTime(line: string, header: Header): BadInput {
    const time = timeCell(header, line);
    const expected = momentExpected(time ?? '');
    if (time === null) return this.#bad(1, line, `a first row with ${expected}`);
    return unreadablePrices({
      path: `${this.#rowName(1)}, time`,
      found: `${shown(time)} in ${shown(line)}`,
      expected,
    });
  }

  #tooLong(line: string): BadInput {
    return this.#bad(1, line, `lines of at most ${lineLengthMax} characters`);
  }
}

const plainNumber = /^\d{1,16}(?:\.\d{0,20})?$/;

/** `NaN` for anything but a number of at most forty digits. */
function priceIn(cell: string): number {
  if (plainNumber.test(cell)) return Number(cell);
  const text = readDecimal(cell.trim());
  return text === null ? Number.NaN : Number(text);
}

function priceExpected(cell = ''): string {
  if (/^\s*\d+,\d+\s*$/.test(cell)) return `${cellExpected}: a comma may be a decimal point or a thousand`;
  if (/\d[ ',_]\d{3}/.test(cell)) return `${cellExpected}, without separators of thousands`;
  if (cell.trim().endsWith('%')) return `${cellExpected}, without the sign`;
  return cellExpected;
}

const firstLineExpected = (line: string): string =>
  /^["\s]*\d/.test(line)
    ? `a row that begins with ${momentExpected(line.split(/[,;\t|]/)[0] ?? '')}, then prices`
    : 'a header with a time and a close, like time,open,high,low,close';

const isSkipped = (line: string): boolean =>
  line.startsWith('#') || line.startsWith('//') || line.trim() === '';

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
