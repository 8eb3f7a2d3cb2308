/** Volatility read beside the prices. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { playJob, type BacktestJob } from '../../../src/backtest/job.ts';
import type { BacktestResult } from '../../../src/backtest/backtest.ts';
import { hourMs } from '../../../src/domain/units.ts';
import { VolatilityTape } from '../../../src/backtest/volatility-tape.ts';
import { volatilityGapsText } from '../../../src/backtest/file-notes.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-iv-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, ...lines: string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, [...lines, ''].join('\n'));
  return path;
};
const day = (of: number) => Date.UTC(2023, 2, of);
const job: BacktestJob = {
  spec: { symbol: 'BTC-31MAR23-25000-C-USDT', trigger: 24_500, target: '+1000', guards: { cooldown: '1m' } },
  qty: '0.5',
  side: 'Sell',
  cash: '50000',
  volatility: 0.55,
  tape: { path: demoTapePath, toMs: day(15) },
};

test('a value holds until the next, and the first before it', async () => {
  const tape = await VolatilityTape.open(
    file('a.csv', 'time,iv', ...[1, 2, 3].map((at) => `${1_677_628_800 + at * 1_000},0.${at}`)),
  );
  const seen: number[] = [];
  for (const atMs of [0, 1_000, 1_999, 2_000, 3_500, 9_000_000]) {
    tape.goTo((1_677_628_800 + atMs) * 1_000);
    seen.push(tape.value);
    expect(tape.isDue((1_677_628_800 + atMs) * 1_000)).toBe(false);
  }
  expect(seen).toEqual([0.1, 0.1, 0.1, 0.2, 0.3, 0.3]);
});

test('a long file is read piece by piece to its end', async () => {
  const rows = Array.from(
    { length: 40_000 },
    (_, at) => `${1_677_628_800 + at * 60},${0.4 + (at % 7) / 100}`,
  );
  const tape = await VolatilityTape.open(file('long.csv', 'time,iv', ...rows));
  for (const at of [0, 20_000, 39_999]) {
    tape.goTo((1_677_628_800 + at * 60) * 1_000);
    expect(tape.value).toBeCloseTo(0.4 + (at % 7) / 100, 10);
  }
  tape.goTo(Number.MAX_SAFE_INTEGER);
  expect(tape.isDue(Number.MAX_SAFE_INTEGER)).toBe(false);
});

describe('says where volatility did not move', () => {
  const tapeOf = (...hours: readonly number[]) =>
    VolatilityTape.open(file('hours.csv', 'time,iv', ...hours.map((at) => `${day(1) + at * hourMs},0.5`)));
  const saidOf = async (tape: Promise<VolatilityTape>, toHours: number) => {
    const volatility = (await tape).coverage(day(1), day(1) + toHours * hourMs);
    return volatilityGapsText('iv.csv', { volatility } as BacktestResult).join(' ');
  };

  test('where rows are missing in the middle', async () => {
    const tape = await tapeOf(0, 1, 2, 3, 40, 41, 42);
    expect(tape.coverage(day(1), day(1) + 42 * hourMs)).toMatchObject({
      everyMs: hourMs,
      used: 7,
      missing: { count: 1, longestMs: 37 * hourMs, longestAtMs: day(1) + 3 * hourMs },
    });
    expect(tape.coverage(day(1), day(1) + 3 * hourMs).missing.count).toBe(0);
    expect(await saidOf(tapeOf(0, 1, 2, 40), 40)).toMatch(/missing at 1 place, the longest for 38 h/);
  });

  test('between two rows of other years', async () => {
    const said = await saidOf(tapeOf(-9_000, 9_000), 48);
    expect(said).toMatch(/one every 18000 h/);
    expect(said).toMatch(/Only one of them was used/);
  });

  test('and nothing of it where it did', async () => {
    expect(await saidOf(tapeOf(0, 1, 2, 3), 3)).not.toMatch(/missing|Only one|did not move/);
  });
});

describe('a backtest', () => {
  test('at the same volatility all the time is the one with that volatility, in per cent too', async () => {
    const constant = await playJob(job);
    for (const value of ['0.55', '55'])
      expect({
        ...(await playJob({ ...job, volatilityPath: file('same.csv', `${day(1)},${value}`) })),
        volatility: null,
      }).toEqual(constant);
  });

  test('rolls at other prices when volatility was another at that time', async () => {
    const rising = file('rising.csv', 'time,dvol', `${day(1)},55`, `${day(14)},90`);
    const [constant, risen] = [await playJob(job), await playJob({ ...job, volatilityPath: rising })];
    expect(risen.rolls.map(({ startedAtMs }) => startedAtMs)).toEqual(
      constant.rolls.map(({ startedAtMs }) => startedAtMs),
    );
    expect(Number(risen.fees)).not.toBe(Number(constant.fees));
    expect(Number(risen.result.notRolling)).toBeLessThan(Number(constant.result.notRolling));
    expect(risen.equity[24]).toEqual(constant.equity[24]);
  });

  test.each([
    ['without a row', ['time,iv']],
    ['with a row that is none', [`${day(1)},0.5`, `${day(2)},none`]],
  ])('names a file %s', async (_, lines) => {
    const path = file('bad.csv', ...lines);
    await expect(playJob({ ...job, volatilityPath: path })).rejects.toThrow(path);
  });
});
