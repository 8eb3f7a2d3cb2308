/** Price files as people have them, and the first row that makes no sense. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import { candlesOf, type Candle, type PriceFile, type PriceShape } from '../../../src/backtest/price-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-prices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(text: string, limits: Partial<PriceFile> = {}, name = 'prices.csv') {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
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

describe('a file is taken for', () => {
  test.each<[string, string, Candle, Partial<PriceShape>]>([
    ['seconds and a close', '1677628800,23000', flat(23_000), { time: 'seconds', prices: 'close' }],
    ['milliseconds', '1677628800000,23000', flat(23_000), { time: 'milliseconds', hasHeader: false }],
    ['microseconds', '1677628800000000,23000', flat(23_000), { time: 'microseconds' }],
    ['ISO with a zone', '2023-03-01T00:00Z,23000', flat(23_000), { time: 'ISO' }],
    ['ISO without one, which is UTC', '2023-03-01 00:00:00,23000', flat(23_000), { time: 'ISO' }],
    ['no header and OHLC', '1677628800,2,4,1,3', ohlc, { prices: 'open, high, low, close' }],
    [
      'a header in another order',
      'Close,Low,High,Open,Timestamp\n3,1,4,2,1677628800',
      ohlc,
      { hasHeader: true },
    ],
    [
      'more columns than are needed',
      'open_time,open,high,low,close,volume\n1677628800000,2,4,1,3,99',
      ohlc,
      {},
    ],
    ['a header with a close only', 'date;price\n2023-03-01;23000', flat(23_000), { separator: ';' }],
    ['tabs and Windows line ends', '1677628800\t23000\r\n', flat(23_000), { separator: '\t' }],
  ])('%s', async (_, text, candle, shape) => {
    expect(await read(text)).toEqual({
      candles: [candle],
      shape: expect.objectContaining(shape) as PriceShape,
    });
  });

  test('gzipped, and between two moments', async () => {
    const rows = [0, 1, 2, 3].map((minute) => `${atMs + minute * 60_000},${10 + minute}`).join('\n');
    const limits = { fromMs: atMs + 60_000, toMs: atMs + 180_000 };
    const { candles } = await read(rows, limits, 'prices.csv.gz');
    expect(candles).toEqual([flat(11, atMs + 60_000), flat(12, atMs + 120_000)]);
  });
});

describe('the first bad row is named', () => {
  test.each<[string, string, RegExp]>([
    ['a word for a price', '1677628800,1\n1677628860,x', /row 2.*1677628860,x.*prices above 0/s],
    ['a price of nothing', '1677628800,0', /row 1.*prices above 0/s],
    ['a high below the close', '1677628800,2,2,1,3', /row 1.*a high that is the highest/s],
    ['time that goes back', '1677628860,1\n1677628800,1', /row 2.*a time after that of the row before/s],
    ['a day that is none', '2023-03-01,1\n2023-13-01,1', /row 2.*a time in ISO/s],
    ['a missing column', '1677628800,2,4,1,3\n1677628860,2,4', /row 2.*prices above 0/s],
    ['a header without a close', 'time,volume\n1677628800,1', /row 1.*a header with a time and a close/s],
    ['nothing at all', '', /no row/],
  ])('%s', async (_, text, message) => {
    const error = await read(text).catch((cause: unknown) => cause as { issues: unknown });
    expect(JSON.stringify((error as { issues: unknown }).issues).replaceAll('\\"', '')).toMatch(message);
  });

  test('and a file that is not there', async () => {
    const reading = candlesOf({ path: join(folder, 'none.csv') }).next();
    await expect(reading).rejects.toBeInstanceOf(BadInput);
  });
});
