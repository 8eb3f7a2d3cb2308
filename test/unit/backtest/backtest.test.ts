/** The same machines on another clock: what a rule would have done, and that minutes left out change nothing. */
import { describe, expect, test } from 'vitest';
import { backtest, type BacktestOptions } from '../../../src/backtest/backtest.ts';
import { dayMs, hourMs, minuteMs } from '../../../src/domain/units.ts';
import { reportOf } from '../../../src/cli/lab/backtest-report.ts';
import { candlesOf, type Candle } from '../../../src/backtest/price-file.ts';
import { demoSpecs, demoTapePath } from '../../../src/cli/demo/programme.ts';

const common = { qty: '0.5', side: 'Sell', cash: '50000', volatility: 0.55 } as const;
const march = (toMs?: number) => candlesOf({ path: demoTapePath, toMs });
const [callUp, , byDelta, outInTime] = demoSpecs;
const run = (spec: unknown, changes: Partial<BacktestOptions> = {}) =>
  backtest({ ...common, spec, candles: march(), ...changes });

/** One price a minute. */
// eslint-disable-next-line @typescript-eslint/require-await -- as a file is read
async function* prices(...path: readonly number[]): AsyncGenerator<readonly Candle[]> {
  const startMs = Date.UTC(2023, 2, 1);
  yield path.map((price, at) => ({
    atMs: startMs + at * minuteMs,
    open: price,
    high: price,
    low: price,
    close: price,
  }));
}

describe('three weeks of March 2023', () => {
  test('roll a call up four times and say what it cost', async () => {
    const { rolls, netCredit, fees, result, worstDrawdown, state, candles } = await run(callUp);
    expect(rolls.map(({ toSymbol }) => toSymbol?.split('-')[2])).toEqual([
      '26000',
      '27000',
      '28000',
      '29000',
    ]);
    expect(candles).toBe(30_240);
    expect(state).toBe('IDLE.watching');
    const total = (part: 'netCredit' | 'fee') => rolls.reduce((sum, roll) => sum + Number(roll[part]), 0);
    expect(Number(netCredit)).toBeCloseTo(total('netCredit'), 8);
    expect(Number(fees)).toBeCloseTo(total('fee'), 8);
    expect(Number(result.rolling)).toBeGreaterThan(Number(result.notRolling));
    expect(Number(worstDrawdown.rolling)).toBeGreaterThanOrEqual(-Number(result.rolling));
  });

  test.each<[string, unknown]>([
    ['by price', callUp],
    ['in time', outInTime],
    ['at a refusal', { ...callUp, guards: { netCredit: { min: 0 }, cooldown: '1h' } }],
    ['held for a while', { ...callUp, trigger: { index: { above: 24_500, for: '3m' } } }],
    ['delivered on the way', { symbol: 'BTC-3MAR23-24000-C-USDT', trigger: 30_000, target: '+1000' }],
  ])('%s come to the same when quiet minutes are not played', async (_, spec) => {
    const [skipped, played] = [await run(spec), await run(spec, { skipsQuiet: false })];
    expect(skipped).toEqual(played);
  });

  test('end with the position delivered when nothing rolls it, as if it had been left alone', async () => {
    const spec = { symbol: 'BTC-3MAR23-24000-C-USDT', trigger: 30_000, target: '+1000' };
    const { state, rolls, result, msInState } = await run(spec);
    expect([state, rolls]).toEqual(['COMPLETED', []]);
    expect(result.rolling).toBe(result.notRolling);
    expect(msInState['IDLE.watching']).toBeGreaterThan(55 * hourMs);
  });

  test('say why nothing rolled, with how often: never for want of a price that is fresh enough', async () => {
    const { rolls, refusals } = await run({ ...callUp, guards: { netCredit: { min: 0 } } });
    expect(rolls).toEqual([]);
    expect(refusals).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/^net credit -\d+(\.\d+)? is below 0$/) as string,
      }),
    ]);
    const [{ times, firstAtMs, lastAtMs } = { times: 0, firstAtMs: 0, lastAtMs: 0 }] = refusals;
    expect(times).toBeGreaterThan(1_000);
    expect(new Date(firstAtMs).toISOString()).toMatch(/^2023-03-14T05:10/);
    expect(new Date(lastAtMs).toISOString()).toMatch(/^2023-03-21T23/);
  });

  test('of a task that asks: nobody answers, and its default acts when the time is over', async () => {
    const toMs = Date.UTC(2023, 2, 15);
    const asking = (otherwise: string) =>
      run({ ...(callUp as object), approval: { timeout: '10m', otherwise } }, { candles: march(toMs) });
    const [without, rolls, skips] = [
      await run(callUp, { candles: march(toMs) }),
      await asking('roll'),
      await asking('skip'),
    ];
    expect(without.rolls.length).toBeGreaterThan(0);
    expect(rolls.rolls.length).toBeGreaterThan(0);
    expect(rolls.rolls[0]?.startedAtMs).toBeGreaterThanOrEqual(
      (without.rolls[0]?.startedAtMs ?? 0) + 10 * minuteMs,
    );
    expect(rolls.msInState['IDLE.awaitingApproval']).toBeGreaterThanOrEqual(10 * minuteMs);
    expect(skips.rolls).toEqual([]);
    expect(skips.refusals[0]?.text).toContain('nobody answered in time');
  });

  test('give the same result every time', async () => {
    const toMs = Date.UTC(2023, 2, 15);
    const once = () => run(byDelta, { candles: march(toMs) });
    expect(await once()).toEqual(await once());
  });
});

test('time in states adds up to the time played', async () => {
  const { msInState, fromMs, toMs, rolls } = await run(callUp, {
    candles: prices(23_000, 24_600, 24_600, 24_700),
  });
  expect(rolls).toHaveLength(1);
  expect(Object.values(msInState).reduce((total, ms) => total + ms, 0)).toBe(toMs - fromMs);
});

test('the report is one page that needs nothing else and shows what was given as text', async () => {
  const result = await run(callUp, { candles: prices(23_000, 24_600, 24_600, 24_700) });
  const outcome = {
    rolls: 1,
    state: 'IDLE.watching',
    netCredit: '1',
    fees: '2',
    worstDrawdown: '3',
    refusal: null,
  };
  const sweep = [
    { parameters: { trigger: '<i>' }, ...outcome, result: '-4' },
    { parameters: { trigger: '25000' }, ...outcome, result: '5' },
  ];
  const page = reportOf(result, { tape: '<b>.csv', task: 'roll.yaml', volatility: '0.55', sweep });
  expect(page).not.toMatch(/(src|href)=|<script|<b>\.csv|<i>/);
  expect(page).toContain('&lt;b&gt;.csv');
  expect(page).toContain('BTC-31MAR23-26000-C-USDT');
  expect(page).toMatch(/class="best"><td>25000/);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

describe('what cannot begin says why', () => {
  test.each<[string, unknown, RegExp]>([
    [
      'an option that is not listed',
      { ...callUp, symbol: 'BTC-31MAR23-25001-C-USDT' },
      /BTC-31MAR23-25001-C-USDT/,
    ],
    ['a trigger that holds already', { ...callUp, trigger: 20_000 }, /holds already/],
    ['a spec that is none', { symbol: 'BTC' }, /symbol/],
  ])('%s', async (_, spec, message) => {
    const error: unknown = await run(spec).catch((cause: unknown) => cause);
    expect(JSON.stringify(error)).toMatch(message);
  });
});

describe('rows that are not a minute apart', () => {
  const startMs = Date.UTC(2023, 2, 1);
  // eslint-disable-next-line @typescript-eslint/require-await -- as a file is read
  async function* rows(everyMs: number, ...path: readonly number[]): AsyncGenerator<readonly Candle[]> {
    for (const [at, price] of path.entries()) {
      const before = path[at - 1] ?? price;
      const candle = {
        open: before,
        close: price,
        high: Math.max(before, price),
        low: Math.min(before, price),
      };
      // One by one, as when a file is cut at the end of a piece.
      if (at === 0) for (const row of [0, 1]) yield [{ ...flat(price), atMs: startMs + row * everyMs }];
      yield [{ ...candle, atMs: startMs + (at + 2) * everyMs }];
    }
  }
  const flat = (price: number) => ({ open: price, close: price, high: price, low: price });

  test.each([minuteMs, hourMs, dayMs])('are played over their %i ms', async (everyMs) => {
    const result = await run(callUp, { candles: rows(everyMs, 23_000, 24_600, 24_600) });
    const { rolls, fromMs, toMs, rowEveryMs, msInState } = result;
    expect(rowEveryMs).toBe(everyMs);
    expect(toMs - fromMs).toBe(4 * everyMs + Math.round((59 / 60) * everyMs));
    expect(rolls).toHaveLength(1);
    const risenMs = (rolls[0]?.startedAtMs ?? 0) - startMs - 3 * everyMs;
    expect(risenMs / everyMs).toBeGreaterThan(0.6);
    expect(risenMs / everyMs).toBeLessThan(1);
    expect(Object.values(msInState).reduce((total, ms) => total + ms, 0)).toBe(toMs - fromMs);
  });

  test('come to the same when quiet ones are not played', async () => {
    const path = Array.from({ length: 400 }, (_, at) => 23_000 + 1_800 * Math.sin(at / 40));
    const hourly = () => rows(hourMs, ...path);
    const skipped = await run(callUp, { candles: hourly() });
    const played = await run(callUp, { candles: hourly(), skipsQuiet: false });
    expect(skipped.rolls.length).toBeGreaterThan(0);
    expect(skipped).toEqual(played);
  });

  test('that come early or are missing are counted, and played for as long as they last', async () => {
    async function* nearer(): AsyncGenerator<readonly Candle[]> {
      yield* rows(hourMs, ...Array.from({ length: 120 }, () => 23_000));
      yield [119 * 60 + 15, 123 * 60].map((at) => ({ ...flat(23_000), atMs: startMs + at * minuteMs }));
    }
    const { rowEveryMs, gaps } = await run(callUp, { candles: nearer() });
    expect(rowEveryMs).toBe(hourMs);
    const longestAtMs = startMs + (119 * 60 + 15) * minuteMs;
    expect(gaps).toEqual({ count: 1, longestMs: 225 * minuteMs, longestAtMs, early: 1 });
  });

  test('deliver at its time what expires where they are missing, however long that is', async () => {
    const missingUntilMs = Date.UTC(2099, 11, 31);
    async function* gone(): AsyncGenerator<readonly Candle[]> {
      yield* rows(minuteMs, 23_000, 23_010);
      yield [0, 1].map((at) => ({ ...flat(29_000), atMs: missingUntilMs + at * minuteMs }));
    }
    const { state, result, msInState } = await run(callUp, { candles: gone() });
    expect(state).toBe('COMPLETED');
    // Worthless at the last price before the gap: the premium is kept.
    expect(Number(result.rolling)).toBeGreaterThan(0);
    expect(result.rolling).toBe(result.notRolling);
    expect(msInState['IDLE.settling'] ?? 0).toBeLessThan(hourMs);
  });
});
