/** A grid of parameters: what it is made of, and that every run is the backtest it says it is, whichever thread played it. */
import { describe, expect, test } from 'vitest';
import { playJob, type BacktestJob } from '../../../src/backtest/job.ts';
import { gridOf, readAxis, sweep } from '../../../src/backtest/sweep.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';
import { bestOf, sweepPage } from '../../../src/cli/lab/sweep-table.ts';

const call = {
  symbol: 'BTC-31MAR23-25000-C-USDT',
  trigger: 24_500,
  target: '+1000',
  guards: { cooldown: '1m' },
};
const put = { ...call, symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22_500, target: '-1000' };
const jobOf = (spec: unknown): BacktestJob => ({
  spec,
  qty: '0.5',
  side: 'Sell',
  cash: '50000',
  volatility: 0.55,
  tape: { path: demoTapePath, toMs: Date.UTC(2023, 2, 15) },
});
const specsOf = (spec: unknown, ...axes: string[]): unknown[] =>
  gridOf(axes.map(readAxis), jobOf(spec)).map(({ job }) => job.spec);

describe('an axis', () => {
  test.each<[string, string, string[]]>([
    ['trigger=24000..25000:500', 'trigger', ['24000', '24500', '25000']],
    ['target=1..3', 'target', ['1', '2', '3']],
    ['guards.netCredit.min=-0.2..0.1:0.1', 'guards.netCredit.min', ['-0.2', '-0.1', '0', '0.1']],
    ['trigger=24000..24999:500', 'trigger', ['24000', '24500']],
    ['guards.cooldown=5m, 1h', 'guards.cooldown', ['5m', '1h']],
    ['target=+2 steps', 'target', ['+2 steps']],
  ])('%s', (text, path, values) => {
    expect(readAxis(text)).toEqual({ path, values });
  });

  test.each(['trigger', '=1..2', 'trigger=', 'trigger=3..1', 'trigger=1..3:0', 'trigger=0..1:0.00001'])(
    '%s is refused',
    (text) => {
      expect(() => readAxis(text)).toThrow(/--sweep/);
    },
  );
});

describe('a grid', () => {
  test('has every combination, the last axis changing fastest', () => {
    expect(specsOf(call, 'trigger=24000,25000', 'guards.cooldown=5m,1h')).toEqual(
      ['24000 5m', '24000 1h', '25000 5m', '25000 1h'].map((pair) => {
        const [trigger, cooldown] = pair.split(' ');
        return { ...call, trigger, guards: { cooldown } };
      }),
    );
  });

  test('takes a bare target as steps or an amount in the way the option is rolled', () => {
    const targets = (spec: unknown, axis: string) =>
      specsOf(spec, axis).map((made) => (made as typeof call).target);
    const strangle = {
      ...call,
      symbol: undefined,
      legs: [call.symbol, put.symbol],
      trigger: { index: { above: 25_000 } },
    };
    expect(targets(strangle, 'target=2,500,delta 0.2')).toEqual(['2 steps away', '500 away', 'delta 0.2']);
    expect(targets(call, 'target=2,500,+3 steps,delta 0.2')).toEqual([
      '+2 steps',
      '+500',
      '+3 steps',
      'delta 0.2',
    ]);
    expect(targets(put, 'target=1..2')).toEqual(['-1 steps', '-2 steps']);
    expect(targets({ ...put, target: { strike: 'same', expiry: 'min 14d' } }, 'target=1')).toEqual([
      { strike: '-1 steps', expiry: 'min 14d' },
    ]);
  });

  test('reaches into lists and makes what is not there', () => {
    const spec = {
      ...call,
      trigger: { any: [{ index: { above: 24_500 } }, { delta: { above: 0.45 } }] },
    };
    expect(specsOf(spec, 'trigger.any.0.index.above=25000', 'guards.netCredit.min=0')).toEqual([
      {
        ...call,
        trigger: { any: [{ index: { above: '25000' } }, { delta: { above: 0.45 } }] },
        guards: { cooldown: '1m', netCredit: { min: '0' } },
      },
    ]);
  });

  test('names the combination that is no task, before anything is played', async () => {
    const axes = ['trigger=24000,soon', 'target=1'].map(readAxis);
    await expect(sweep({ axes, job: jobOf(call) })).rejects.toThrow(/trigger=soon, target=1/);
    expect(() => specsOf(call, 'trigger.index.above=1')).toThrow(/trigger is 24500/);
    expect(() => specsOf(call, 'trigger=1..200', 'target=1..99')).toThrow(/19800 runs/);
  });
});

test('every run is the backtest of its own task, and one that cannot begin says why', async () => {
  const axes = ['trigger=20000,24500', 'target=1,2'].map(readAxis);
  const done: number[] = [];
  const rows = await sweep({ axes, job: jobOf(call), threads: 2, onDone: (each) => done.push(each) });
  expect(done).toEqual([1, 2, 3, 4]);
  expect(rows.map(({ parameters }) => Object.values(parameters).join(' '))).toEqual([
    '20000 1',
    '20000 2',
    '24500 1',
    '24500 2',
  ]);
  expect(rows[0]?.refusal).toMatch(/holds already/);
  for (const [at, target] of [
    [2, '+1 steps'],
    [3, '+2 steps'],
  ] as const) {
    const { rolls, result, worstDrawdown, fees } = await playJob(jobOf({ ...call, target }));
    expect(rows[at]).toMatchObject({ rolls: rolls.length, result: result.rolling, fees, refusal: null });
    expect(rows[at]?.worstDrawdown).toBe(worstDrawdown.rolling);
  }
  expect(rows[2]?.result).not.toBe(rows[3]?.result);
  const best = bestOf(rows);
  expect(Number(best?.result)).toBe(Math.max(Number(rows[2]?.result), Number(rows[3]?.result)));
  expect(sweepPage(rows)).toMatch(/^\* +24500/m);
});
