/** Backtests that a daemon plays for people: whose they are, how many, how long, and that their figures are those of the program. */
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { BacktestJobs, type BacktestJobsOptions } from '../../../src/backtest/backtest-jobs.ts';
import { playJob } from '../../../src/backtest/job.ts';
import { NotFound, TooMany } from '../../../src/domain/request-errors.ts';
import { hourMs } from '../../../src/domain/units.ts';
import { bundledTapePath } from '../../../src/exchange/paper/bundled-tape.ts';
import type { BacktestOrder, BacktestView } from '../../../src/ports/backtests.ts';

const spec = {
  symbol: 'BTC-31MAR23-25000-C-USDT',
  trigger: 24_500,
  target: '+1000',
  guards: { cooldown: '1m' },
};
const order: BacktestOrder = {
  spec,
  qty: '0.5',
  side: 'short',
  cash: '50000',
  volatility: '0.55',
  prices: 'btc-march-2023',
  toMs: Date.UTC(2023, 2, 15),
};
const anHour = { ...order, toMs: Date.UTC(2023, 2, 1, 1) };

const opened: BacktestJobs[] = [];
const jobsWith = (options: Partial<BacktestJobsOptions> = {}): BacktestJobs => {
  const jobs = new BacktestJobs({ nowMs: () => 0, ...options });
  opened.push(jobs);
  return jobs;
};
afterEach(async () => {
  for (const jobs of opened.splice(0)) await jobs.close();
});

async function ended(jobs: BacktestJobs, owner: string, id: string): Promise<BacktestView> {
  await expect
    .poll(() => jobs.view(owner, id)?.state, { timeout: 60_000, interval: 50 })
    .toMatch(/done|refused|failed|cancelled/);
  return jobs.view(owner, id) as BacktestView;
}

describe('a backtest', () => {
  test('has the figures that the command line has, and a cell for each run of its sweep', async () => {
    const jobs = jobsWith();
    jobs.start('ann', 'one', { ...order, sweep: ['trigger=24000,24500', 'target=1..2'] });
    expect(jobs.view('ann', 'one')).toMatchObject({ state: 'waiting', before: 0, report: null });
    const { report, sweep, progress, state } = await ended(jobs, 'ann', 'one');
    expect({ state, progress }).toEqual({ state: 'done', progress: 1 });
    const played = await playJob({
      spec,
      qty: '0.5',
      side: 'Sell',
      cash: '50000',
      volatility: 0.55,
      tape: { path: bundledTapePath, toMs: order.toMs },
    });
    expect(report).toMatchObject({
      rolls: played.rolls,
      result: played.result,
      netCredit: played.netCredit,
      worstDrawdown: played.worstDrawdown,
      rows: played.candles,
    });
    expect(played.rolls.length).toBeGreaterThan(0);
    expect(report?.curve.at(-1)?.slice(1)).toEqual([played.result.rolling, played.result.notRolling]);
    expect(report?.notes.join(' ')).not.toContain(bundledTapePath);
    expect(sweep?.axes).toEqual([
      { path: 'trigger', values: ['24000', '24500'] },
      { path: 'target', values: ['1', '2'] },
    ]);
    expect(sweep?.cells.map(({ values }) => values.join(' '))).toEqual([
      '24000 1',
      '24000 2',
      '24500 1',
      '24500 2',
    ]);
    expect(sweep?.cells[3]).toMatchObject({ refusal: null, rolls: expect.any(Number) as number });
  }, 90_000);

  test('is seen and ended by its owner alone', async () => {
    const jobs = jobsWith();
    jobs.start('ann', 'one', anHour);
    expect(jobs.view('bob', 'one')).toBeNull();
    expect(await jobs.remove('bob', 'one')).toBe(false);
    expect(await jobs.remove('ann', 'one')).toBe(true);
    expect(jobs.view('ann', 'one')).toBeNull();
  });

  test('that is asked for again under the same id is the same', () => {
    const jobs = jobsWith();
    jobs.start('ann', 'one', anHour);
    const first = jobs.view('ann', 'one');
    jobs.start('ann', 'one', { ...anHour, qty: '7' });
    expect(jobs.view('ann', 'one')).toEqual(first);
  });

  test('that does not fit the prices is refused with what is wrong, without a path of this machine', async () => {
    const jobs = jobsWith();
    const content = new TextEncoder().encode('time,close\nyesterday,1\n');
    const { priceFileId } = await jobs.keepPriceFile('ann', { name: 'mine.csv', content });
    jobs.start('ann', 'file', { ...order, prices: priceFileId });
    jobs.start('ann', 'sweep', { ...anHour, sweep: ['trigger=1'] });
    expect(await ended(jobs, 'ann', 'file')).toMatchObject({
      state: 'refused',
      faults: [{ path: 'mine.csv, row 2, time', found: '"yesterday" in "yesterday,1"' }],
    });
    expect((await ended(jobs, 'ann', 'sweep')).sweep?.cells).toMatchObject([
      { refusal: expect.any(String) as string },
    ]);
  }, 60_000);

  test('that takes too long is ended, and says so', async () => {
    const jobs = jobsWith({ playedMaxMs: 1 });
    jobs.start('ann', 'one', order);
    expect(await ended(jobs, 'ann', 'one')).toMatchObject({
      state: 'failed',
      problem: expect.stringContaining('took more than') as string,
    });
  }, 60_000);

  test('waits with few others: of one owner three, of all together eight', () => {
    const jobs = jobsWith();
    for (const id of ['1', '2', '3']) jobs.start('ann', id, order);
    expect(() => jobs.start('ann', '4', order)).toThrow(TooMany);
    expect(jobs.view('ann', '3')?.before).toBe(2);
    for (const owner of ['bob', 'cid'])
      for (const id of ['1', '2']) jobs.start(owner, `${owner}${id}`, order);
    jobs.start('dan', 'dan1', order);
    expect(() => jobs.start('eve', 'eve1', order)).toThrow(TooMany);
  });
});

describe('a price file', () => {
  const file = (text: string): { name: string; content: Uint8Array } => ({
    name: 'mine.csv.gz',
    content: gzipSync(text),
  });
  const rows = Array.from({ length: 180 }, (_, at) => `${Date.UTC(2023, 2, 1) + at * 60_000},${23_000 + at}`);

  test('is played by who sent it, and by nobody else', async () => {
    const jobs = jobsWith();
    const { priceFileId } = await jobs.keepPriceFile('ann', file(['time,close', ...rows].join('\n')));
    expect(jobs.priceFiles('bob')).toEqual([]);
    expect(() => jobs.start('bob', 'one', { ...order, prices: priceFileId })).toThrow(NotFound);
    jobs.start('ann', 'one', { ...order, prices: priceFileId });
    const { state, report } = await ended(jobs, 'ann', 'one');
    expect(state).toBe('done');
    expect(report).toMatchObject({
      rows: 180,
      notes: [expect.stringContaining('Read mine.csv.gz as') as string],
    });
  }, 60_000);

  test('is kept for an hour, three of one owner at most, and deleted in the end', async () => {
    let nowMs = 0;
    const jobs = jobsWith({ nowMs: () => nowMs });
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c', 'd'])
      ids.push((await jobs.keepPriceFile('ann', file(text))).priceFileId);
    expect(jobs.priceFiles('ann').map(({ priceFileId }) => priceFileId)).toEqual(ids.slice(1));
    nowMs = hourMs;
    expect(jobs.priceFiles('ann')).toEqual([]);
    expect(() => jobs.start('ann', 'one', { ...order, prices: ids[3] as string })).toThrow(NotFound);
    await jobs.close();
  });

  test('of others leaves room for a bounded number', async () => {
    const jobs = jobsWith();
    for (let at = 0; at < 16; at += 1) await jobs.keepPriceFile(`owner ${at}`, file('x'));
    await expect(jobs.keepPriceFile('one more', file('x'))).rejects.toThrow(TooMany);
  });
});
