/**
 * Finds out what the columns of a price file are: from its header, or from the form of its first row when it has none. Knows
 * how the programs that write such files name their columns; reading the rows is left to `price-file.ts`.
 */
import Papa from 'papaparse';
import { readMoment, type TimeForm } from '../files/moment.ts';

/** How the file was understood. */
export interface PriceShape {
  readonly hasHeader: boolean;
  readonly separator: string;
  /** How the first row writes its time. */
  readonly time: TimeForm;
  /** Each other form of time, and the first row that uses it. */
  readonly otherTimes: readonly { readonly row: number; readonly time: TimeForm }[];
  /** Whether day and hour have a column each. */
  readonly timeInTwoColumns: boolean;
  readonly prices: 'close' | 'open, high, low, close' | 'trades, put together to minutes';
  readonly order: 'oldest first' | 'newest first';
}

export interface Columns {
  readonly header: readonly string[] | null;
  readonly separator: string;
  readonly timeAt: number;
  /** Column of the hour, when it is not in that of the day. */
  readonly hourAt: number | null;
  /** Columns of open, high, low and close; four times the same when there is only a close. */
  readonly pricesAt: readonly [number, number, number, number];
  readonly prices: PriceShape['prices'];
}

/** Names in lower case, without spaces and signs. A number since 1970 comes before a text, for files that have both. */
const timeNames = [
  'unix',
  'unixtime',
  'unixtimestamp',
  'epoch',
  'timestamp',
  'opentime',
  'starttime',
  'startat',
  'start',
  'time',
  'datetime',
  'date',
  'gmttime',
  'utctime',
  'timeutc',
  'dateutc',
  'datetimeutc',
  'utc',
  'ts',
  'timestampms',
  'timems',
  'transacttime',
  'tradetime',
  'ticks',
  'snappedat',
];
const dayNames = ['date', 'day'];
const hourNames = ['time', 'hour'];
const closeNames = [
  'close',
  'closeprice',
  'price',
  'last',
  'lastprice',
  'c',
  'value',
  'iv',
  'volatility',
  'dvol',
  'indexprice',
  'markprice',
];
const tradeNames = [
  'side',
  'size',
  'qty',
  'quantity',
  'tickdirection',
  'trdmatchid',
  'tradeid',
  'isbuyermaker',
];
const separators = ['\t', ';', '|', ','];
const hourShape = /^\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?$/;
const compactHourShape = /^\d{6}$/;
const dayShape = /^[\d./-]{8,10}$/;

/** Cells of one line, without their quotes. `null` when a quote is not closed. */
export function cellsOf(line: string, separator: string): readonly string[] | null {
  const { data, errors } = Papa.parse<string[]>(line, { delimiter: separator, newline: '\n' });
  return errors.length > 0 ? null : (data[0] ?? ['']).map((cell) => cell.trim());
}

export interface Header {
  readonly names: readonly string[];
  readonly separator: string;
}

/** `null` when the line is no header. */
export function headerIn(line: string): Header | null {
  for (const separator of separators) {
    if (!line.includes(separator)) continue;
    const names = (cellsOf(line, separator) ?? []).map(plainName);
    // pandas and R write the time as the index of a table, and leave the name of that column empty.
    const hasTime = placeOf(names, timeNames) >= 0 || names[0] === '';
    if (hasTime && placeOf(names, closeNames) >= 0) return { names, separator };
  }
  return null;
}

/** Columns by the names in a header, checked against the first row; `null` when that row has no time in them. */
export function namedColumns({ names, separator }: Header, firstRow: string): Columns | null {
  const cells = cellsOf(firstRow, separator);
  if (!cells) return null;
  for (const shift of cells.length === names.length + 1 ? [0, 1] : [0]) {
    const time = namedTime(names, cells, shift);
    if (!time) continue;
    const at = (wanted: readonly string[]): number => placeOf(names, wanted) + shift;
    const closeAt = at(closeNames);
    const all = [
      at(['open', 'o', 'openprice']),
      at(['high', 'h', 'highprice']),
      at(['low', 'l', 'lowprice']),
    ];
    const isOhlc = all.every((place) => place >= shift);
    const isTrades = !isOhlc && placeOf(names, tradeNames) >= 0;
    const [openAt = 0, highAt = 0, lowAt = 0] = isOhlc ? all : [closeAt, closeAt, closeAt];
    const prices = isOhlc ? 'open, high, low, close' : isTrades ? 'trades, put together to minutes' : 'close';
    return { header: names, separator, ...time, pricesAt: [openAt, highAt, lowAt, closeAt], prices };
  }
  return null;
}

function namedTime(
  names: readonly string[],
  cells: readonly string[],
  shift: number,
): Pick<Columns, 'timeAt' | 'hourAt'> | null {
  const [dayAt, hourAt] = [placeOf(names, dayNames) + shift, placeOf(names, hourNames) + shift];
  if (dayAt >= shift && hourAt >= shift && isDayAndHour(cells[dayAt], cells[hourAt]))
    return { timeAt: dayAt, hourAt };
  const places = names.flatMap((name, at) => (timeNames.includes(name) ? [at + shift] : []));
  places.sort(
    (a, b) => timeNames.indexOf(names[a - shift] ?? '') - timeNames.indexOf(names[b - shift] ?? ''),
  );
  if (names[0] === '') places.push(shift);
  const timeAt = places.find((at) => readMoment(cells[at] ?? '') !== null);
  return timeAt === undefined ? null : { timeAt, hourAt: null };
}

/** Columns by the first row alone: a time, perhaps after a row number, then prices. `null` when there is no time. */
export function bareColumns(line: string): Columns | null {
  for (const separator of separators) {
    const cells = line.includes(separator) ? (cellsOf(line, separator) ?? []) : [];
    for (const timeAt of [0, 1]) {
      const isSplit = isDayAndHour(cells[timeAt], cells[timeAt + 1]);
      const isTime = isSplit || readMoment(cells[timeAt] ?? '') !== null;
      const isNumbered = timeAt === 0 || /^\d{1,9}$/.test(cells[0] ?? '');
      const first = timeAt + (isSplit ? 2 : 1);
      if (!isTime || !isNumbered || first >= cells.length) continue;
      const isOhlc = cells.length - first >= 4;
      return {
        header: null,
        separator,
        timeAt,
        hourAt: isSplit ? timeAt + 1 : null,
        pricesAt: isOhlc ? [first, first + 1, first + 2, first + 3] : [first, first, first, first],
        prices: isOhlc ? 'open, high, low, close' : 'close',
      };
    }
  }
  return null;
}

/** The cell of a first row that should have been its time, by its name or else the first; `null` when the row is empty. */
export function timeCell({ names, separator }: Header, firstRow: string): string | null {
  const cells = cellsOf(firstRow, separator) ?? [];
  const at = names.findIndex((name) => timeNames.includes(name));
  return cells[Math.max(0, at)] ?? null;
}

export const nameOf = (columns: Columns, at: number): string => {
  const names = ['open', 'high', 'low', 'close'];
  if (at === columns.timeAt || at === columns.hourAt) return 'time';
  return columns.prices === 'open, high, low, close' ? (names[columns.pricesAt.indexOf(at)] ?? '') : 'price';
};

/** Day and hour of two cells, as one text. */
export const joined = (day: string, hour: string): string => `${day} ${hour}`;

const isDayAndHour = (day = '', hour = ''): boolean =>
  dayShape.test(day) &&
  (hourShape.test(hour) || (compactHourShape.test(hour) && /^\d{8}$/.test(day))) &&
  readMoment(joined(day, hour)) !== null;

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Index of the first wanted name that is there; -1 when none is. */
const placeOf = (names: readonly string[], wanted: readonly string[]): number => {
  const name = wanted.find((each) => names.includes(each));
  return name === undefined ? -1 : names.indexOf(name);
};
