/** Price files as people have them, and the first row that makes no sense. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import { minuteMs } from '../../../src/domain/units.ts';
import { candlesOf, type Candle, type PriceFile, type PriceShape } from '../../../src/backtest/price-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-prices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(text: string | Buffer, limits: Partial<PriceFile> = {}, name = 'prices.csv') {
  const path = join(folder, name);
  writeFileSync(path, /\.gz$/i.test(name) ? gzipSync(text) : text);
  let shape: PriceShape | null = null;
  const candles: Candle[] = [];
  for await (const piece of candlesOf({ path, ...limits, onShape: (taken) => (shape = taken) }))
    candles.push(...piece);
  return { candles, shape: shape as PriceShape | null };
}

const atMs = Date.UTC(2023, 2, 1);
const flat = (price: number, at = atMs): Candle => ({
  atMs: at,
  open: price,
  high: price,
  low: price,
  close: price,
});
const ohlc: Candle = { atMs, open: 2, high: 4, low: 1, close: 3 };

const minute = (at: number): number => atMs + at * minuteMs;

describe('a file is taken for', () => {
  test.each<[string, string, { candle: Candle; shape: Partial<PriceShape> }]>([
    [
      'seconds and a close',
      '1677628800,23000',
      { candle: flat(23_000), shape: { time: 'seconds', prices: 'close' } },
    ],
    [
      'milliseconds',
      '1677628800000,23000',
      { candle: flat(23_000), shape: { time: 'milliseconds', hasHeader: false } },
    ],
    ['microseconds', '1677628800000000,23000', { candle: flat(23_000), shape: { time: 'microseconds' } }],
    ['ISO with a zone', '2023-03-01T00:00Z,23000', { candle: flat(23_000), shape: { time: 'ISO' } }],
    [
      'ISO without one, which is UTC',
      '2023-03-01 00:00:00,23000',
      { candle: flat(23_000), shape: { time: 'ISO' } },
    ],
    [
      'no header and OHLC',
      '1677628800,2,4,1,3',
      { candle: ohlc, shape: { prices: 'open, high, low, close' } },
    ],
    [
      'a header in another order',
      'Close,Low,High,Open,Timestamp\n3,1,4,2,1677628800',
      { candle: ohlc, shape: { hasHeader: true } },
    ],
    [
      'more columns than are needed',
      'open_time,open,high,low,close,volume\n1677628800000,2,4,1,3,99',
      { candle: ohlc, shape: {} },
    ],
    [
      'a header with a close only',
      'date;price\n2023-03-01;23000',
      { candle: flat(23_000), shape: { separator: ';' } },
    ],
    [
      'tabs and Windows line ends',
      '1677628800\t23000\r\n',
      { candle: flat(23_000), shape: { separator: '\t' } },
    ],
  ])('%s', async (_, text, { candle, shape }) => {
    expect(await read(text)).toEqual({
      candles: [candle],
      shape: expect.objectContaining(shape) as PriceShape,
    });
  });

  test('gzipped, and between two moments', async () => {
    const rows = [0, 1, 2, 3].map((at) => `${minute(at)},${10 + at}`).join('\n');
    const limits = { fromMs: minute(1), toMs: minute(3) };
    const { candles } = await read(rows, limits, 'prices.csv.gz');
    expect(candles).toEqual([flat(11, minute(1)), flat(12, minute(2))]);
  });
});

const rising = [flat(10, minute(0)), flat(11, minute(1)), flat(12, minute(2))];

describe('a file as programs write it', () => {
  test.each<[string, string, readonly Candle[]]>([
    [
      'pandas, with its nameless index',
      ',time,close\n0,1677628800,10\n1,1677628860,11\n2,1677628920,12',
      rising,
    ],
    [
      'pandas, with the time as its nameless index',
      ',close,volume\n2023-03-01 00:00:00+00:00,10,1\n2023-03-01 00:01:00+00:00,11,1\n2023-03-01 00:02:00+00:00,12,1',
      rising,
    ],
    [
      'R, with the time as row names',
      '"","price"\n"2023-03-01",10\n"2023-03-01 00:01:00",11\n"2023-03-01 00:02:00",12',
      rising,
    ],
    [
      'R, with quotes and row names',
      '"","time","price"\n"1","2023-03-01 00:00:00",10\n"2","2023-03-01 00:01:00",11\n"3","2023-03-01 00:02:00",12',
      rising,
    ],
    [
      'R, with a header that is a cell short',
      '"time","price"\n"1","2023-03-01 00:00:00",10\n"2","2023-03-01 00:01:00",11\n"3","2023-03-01 00:02:00",12',
      rising,
    ],
    [
      'Binance, whose times change to microseconds',
      `${minute(0)},10,10,10,10,5\n${minute(1)}000,11,11,11,11,5\n${minute(2)}000000,12,12,12,12,5`,
      rising,
    ],
    [
      'Bybit for MetaTrader',
      '2023.03.01 00:00,10,10,10,10,1\n2023.03.01 00:01,11,11,11,11,1\n2023.03.01 00:02,12,12,12,12,1',
      rising,
    ],
    [
      "Bybit's index prices",
      'start_at,symbol,period,open,high,low,close\n1677628800,BTCUSD,1,10,10,10,10\n1677628860,BTCUSD,1,11,11,11,11\n1677628920,BTCUSD,1,12,12,12,12',
      rising,
    ],
    [
      'MetaTrader 5, a day and an hour in two columns',
      '<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\n2023.03.01\t00:00:00\t2\t4\t1\t3',
      [ohlc],
    ],
    ['MetaTrader 4, without a header', '2023.03.01,00:00,2,4,1,3,99', [ohlc]],
    ['Open time with a space', 'Open time,Open,High,Low,Close\n2023-03-01 00:00:00.000000,2,4,1,3', [ohlc]],
    ['Dukascopy', 'Gmt time,Open,High,Low,Close,Volume\n01.03.2023 00:00:00.000,2,4,1,3,9', [ohlc]],
    ['ISO without signs', 'time,close\n20230301T000000Z,10', [flat(10)]],
    ['a month first', 'Date,Close\n03/01/2023,10\n', [flat(10)]],
    [
      'CryptoDataDownload, newest first under a banner',
      'https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close\n1677628920000,x,B,12,12,12,12\n1677628860,x,B,11,11,11,11\n1677628800,x,B,10,10,10,10\n',
      rising,
    ],
    [
      'CryptoDataDownload of before, under a banner of two cells',
      'Timestamps are UTC timezone,https://www.CryptoDataDownload.com\nDate,Symbol,Open,High,Low,Close\n2023-03-01 12-AM,B,2,4,1,3',
      [ohlc],
    ],
    [
      'CoinGecko',
      'snapped_at,price,market_cap\n2023-03-01 00:00:00 UTC,10,1\n2023-03-01 00:01:00 UTC,11,1',
      rising.slice(0, 2),
    ],
    [
      "Binance's aggregated trades",
      'agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time,is_buyer_maker\n2734523412,10,1,1,1,1677628800000,true\n2734523413,10,1,1,1,1677628800000,true',
      [flat(10)],
    ],
    ['Excel, with its separator', 'sep=;\ntime;close\n2023-03-01 0:00;10\n;\n', [flat(10)]],
    [
      'bars, comments and old Mac line ends',
      '# from a script\rtime|close\r2023-03-01|10\r# the end\r',
      [flat(10)],
    ],
    [
      'files put one after the other',
      'time,close\n1677628800,10\ntime,close\n1677628860,11',
      rising.slice(0, 2),
    ],
    [
      'seconds with decimals and numbers with exponents',
      '1677628800.0,1e1\n1677628860.000,1.1e+01',
      rising.slice(0, 2),
    ],
    [
      'trades, which are put together to minutes',
      'id,timestamp,price,volume,side\n1,1677628800001,2,1,buy\n2,1677628800001,4,1,buy\n3,1677628830000,1,1,sell\n4,1677628859999,3,1,buy\n5,1677628860000,11,1,buy',
      [ohlc, flat(11, minute(1))],
    ],
    [
      'trades, newest first',
      'timestamp,symbol,side,size,price\n1677628860.1,B,Buy,1,11\n1677628859.9,B,Buy,1,3\n1677628830,B,Buy,1,1\n1677628830,B,Sell,1,4\n1677628800.5,B,Buy,1,2',
      [ohlc, flat(11, minute(1))],
    ],
  ])('%s', async (_, text, candles) => {
    expect((await read(text)).candles).toEqual(candles);
  });

  test.each([
    ['a byte order mark', Buffer.from('\uFEFF1677628800,10')],
    ['UTF-16 of Windows', Buffer.from('\uFEFF1677628800,10\r\n', 'utf16le')],
    ['UTF-16 the other way round', Buffer.from('\uFEFF1677628800,10', 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from('1677628800,10\n', 'utf16le')],
  ])('with %s', async (_, bytes) => {
    expect((await read(bytes)).candles).toEqual([flat(10)]);
  });

  test('gzipped under any name', async () => {
    expect((await read('1677628800,10', {}, 'PRICES.CSV.GZ')).candles).toEqual([flat(10)]);
    expect((await read(gzipSync('1677628800,10'), {}, 'packed.csv')).candles).toEqual([flat(10)]);
  });

  test('says where times change, and which way it goes', async () => {
    const { shape } = await read(`${minute(1)}000,10\n${minute(0)},10`);
    expect(shape).toMatchObject({
      time: 'microseconds',
      otherTimes: [{ row: 2, time: 'milliseconds' }],
      order: 'newest first',
    });
  });

  test('of many pieces, newest first', async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => `${minute(29_999 - at)},${at + 1},x`);
    const { candles } = await read(rows.join('\n'));
    expect(candles).toHaveLength(30_000);
    expect(
      candles.every(({ atMs: at, close }, index) => at === minute(index) && close === 30_000 - index),
    ).toBe(true);
  });
});

describe('the first bad row is named', () => {
  test.each<[string, string, RegExp]>([
    ['a word for a price', '1677628800,1\n1677628860,x', /row 2, price.*x in 1677628860,x.*a price from/s],
    ['a price of nothing', '1677628800,0', /row 1, price.*a price from/s],
    ['an empty cell', 'time,open,high,low,close\n1677628800,2,4,,3', /row 2, low.*a price from/s],
    ['a price of 1e308', '1677628800,1e308', /row 1, price.*1e308.*a price from/s],
    ['a price that is too large', '1677628800,2e8', /row 1, price.*a price from/s],
    ['an endless price', '1677628800,Infinity', /row 1, price.*Infinity/s],
    ['hexadecimal', '1677628800,0x10', /row 1, price.*0x10/s],
    [
      'a decimal comma',
      'time;close\n2023-03-01;23000,5',
      /row 2.*a comma may be a decimal point or a thousand/s,
    ],
    ['thousands apart', 'time,close\n2023-03-01,"23,000.5"', /row 2.*without separators of thousands/s],
    ['a high below the close', '1677628800,2,2,1,3', /row 1.*a high that is the highest/s],
    [
      'time that goes back',
      '1677628800,1\n1677628860,1\n1677628800,1',
      /row 3, time.*a time after that of the row before/s,
    ],
    [
      'time that stands still',
      '1677628800,1\n1677628800,1',
      /row 2, time.*a time after that of the row before/s,
    ],
    ['time that goes on again', '1677628860,1\n1677628800,1\n1677628820,1', /row 3, time.*a time before/s],
    [
      'a month that is none',
      '2023-03-01,1\n2023-13-01,1',
      /row 2, time.*2023-13-01.*a day and an hour that exist/s,
    ],
    [
      'a day that is none',
      '2023-02-28,1\n2023-02-30,1',
      /row 2, time.*2023-02-30.*a day and an hour that exist/s,
    ],
    ['an hour that is none', '2023-03-01 23:59,1\n2023-03-01 24:00,1', /row 2, time.*an hour that exist/s],
    ['a time of another age', '1677628800,1\n167762886,1', /row 2, time.*a time from 2000 to 2099/s],
    ['a missing column', '1677628800,2,4,1,3\n1677628860,2,4', /row 2, low.*no such cell.*a price from/s],
    ['a header without a close', 'time,volume\n1677628800,1', /row 1.*a header with a time and a close/s],
    ['a first row without a time', 'time,close\nsoon,1', /row 2, time.*soon in soon,1.*a time like/s],
    [
      'a first day that is none',
      'id,time,close\n1,2023-02-30,1',
      /row 2, time.*2023-02-30 in 1,2023-02-30,1.*a day and an hour that exist/s,
    ],
    ['a first row of another age', 'time,close\n1677628,1', /row 2, time.*1677628 in/s],
    ['a quote that is not closed', '1677628800,1\n1677628860,"1\n', /row 2.*quotes that are closed/s],
    [
      'a row on two lines',
      'time,close,x\n1677628800,1,a\n1677628860,1,"a\nb"',
      /row 3.*(quotes that are closed|a line of its own)/s,
    ],
    ['a line without end', `1677628800,1\n${'1'.repeat(70_000)}`, /row 2.*lines of at most 65536/s],
    ['nothing at all', '', /no row/],
  ])('%s', async (_, text, message) => {
    const error = await read(text).catch((cause: unknown) => cause as { issues: unknown });
    expect(JSON.stringify((error as { issues: unknown }).issues).replaceAll('\\"', '')).toMatch(message);
  });

  test('zeros for a gigabyte are refused with the first of them', async () => {
    const path = join(folder, 'zeros.csv.gz');
    writeFileSync(
      path,
      gzipSync(Buffer.concat([Buffer.from('1677628800,1\n'), Buffer.alloc(5_000_000, '1')])),
    );
    await expect(drain(path)).rejects.toThrow(/row 2.*lines of at most/s);
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path), /a directory/],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path]), /no regular file/],
    ['a device', (path: string) => symlinkSync('/dev/zero', path), /no regular file/],
    ['a ZIP archive', (path: string) => writeFileSync(path, 'PK\u0003\u0004....'), /ZIP.*unpack it/],
    [
      'a damaged gzip',
      (path: string) => writeFileSync(path, gzipSync('1677628800,1').subarray(0, 20)),
      /gzip is damaged/,
    ],
    ['bytes', (path: string) => writeFileSync(path, Buffer.from([1, 0, 0, 7, 0, 9, 0, 0])), /zero bytes/],
    ['another encoding', (path: string) => writeFileSync(path, Buffer.from([0xe4, 0xf6, 0xfc])), /utf-8/],
  ])('%s is refused with its name', async (name, make, message) => {
    const path = join(folder, name);
    make(path);
    await expect(drain(path)).rejects.toThrow(message);
    await expect(drain(path)).rejects.toThrow(path);
  });

  test('and a file that is not there', async () => {
    const reading = candlesOf({ path: join(folder, 'none.csv') }).next();
    await expect(reading).rejects.toBeInstanceOf(BadInput);
  });
});

async function drain(path: string): Promise<readonly Candle[]> {
  const all: Candle[] = [];
  for await (const piece of candlesOf({ path })) all.push(...piece);
  return all;
}

const cell = fc.oneof(
  fc.constantFrom(
    '1677628800',
    '1677628860',
    '1677628860000',
    '2023-03-01',
    '2023-02-30',
    '2023.03.01 00:00',
    '00:01',
  ),
  fc.constantFrom(
    '1',
    '2.5',
    '1e308',
    'Infinity',
    '0x10',
    '-1',
    '',
    '1,5',
    '1e-9',
    '"a',
    '"1"',
    '#',
    'time',
    'close',
    'open',
  ),
  fc.string({ maxLength: 8 }),
);
const line = fc
  .tuple(fc.array(cell, { maxLength: 7 }), fc.constantFrom(',', ';', '\t', '|'))
  .map(([cells, separator]) => cells.join(separator));
const garbage = fc
  .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'))
  .map(([lines, end]) => lines.join(end));

test('any text is prices in the order of time, or refused with its file and row', async () => {
  await fc.assert(
    fc.asyncProperty(garbage, async (text) => {
      const read_ = await read(text, {}, 'garbage.csv').catch((error: unknown) => error);
      if (read_ instanceof Error) {
        expect(read_).toBeInstanceOf(BadInput);
        expect(read_.message).toMatch(/garbage\.csv(, row \d+.*)?: found/s);
        return;
      }
      let latestMs = Number.NEGATIVE_INFINITY;
      for (const { atMs: at, ...prices } of (read_ as { candles: Candle[] }).candles) {
        expect(at).toBeGreaterThan(latestMs);
        latestMs = at;
        for (const price of Object.values(prices)) expect(price > 0 && price <= 1e8).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
