/** Each condition fires in a backtest as it does live: the paper engine's tickers carry what it looks at. */
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../src/backtest/backtest.ts';
import { candlesOf } from '../../../src/backtest/price-file.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';

const common = { qty: '0.5', side: 'Sell', cash: '50000', volatility: 0.55 } as const;
const toMs = Date.UTC(2023, 2, 4);
const run = (trigger: unknown) =>
  backtest({
    ...common,
    spec: { symbol: 'BTC-31MAR23-25000-C-USDT', trigger, target: 'close' },
    candles: candlesOf({ path: demoTapePath, toMs }),
  });

describe('an hour that comes again', () => {
  test('rolls every day at that hour of its zone, and only then', async () => {
    const spec = {
      symbol: 'BTC-31MAR23-22000-C-USDT',
      trigger: { every: 'day at 09:30 Europe/Berlin' },
      target: '+1 steps',
    };
    const played = { ...common, spec, candles: candlesOf({ path: demoTapePath, toMs }) };
    const { rolls } = await backtest(played);
    const hours = rolls.map(({ startedAtMs }) => new Date(startedAtMs).toISOString().slice(5, 16));
    expect(hours).toEqual(['03-01T08:30', '03-02T08:30', '03-03T08:30']);
  });
});

describe('realised volatility', () => {
  test('is known after so many days of the tape, and then closes', async () => {
    const spec = {
      symbol: 'BTC-31MAR23-25000-C-USDT',
      trigger: { realisedVolatility: { above: '10%', over: '7d' } },
      target: 'close',
    };
    const weekMs = Date.UTC(2023, 2, 9);
    const { state, toMs: endedAtMs } = await backtest({
      ...common,
      spec,
      candles: candlesOf({ path: demoTapePath, toMs: weekMs }),
    });
    expect(state).toBe('COMPLETED');
    expect(new Date(endedAtMs).toISOString().slice(0, 10)).toBe('2023-03-08');
  });
});

describe('a task is closed by', () => {
  test.each<[string, unknown, unknown]>([
    [
      'implied volatility',
      { impliedVolatility: { above: '54.6%' } },
      { impliedVolatility: { above: '90%' } },
    ],
    ['theta', { theta: { above: 22.5 } }, { theta: { above: 500 } }],
    ['extrinsic value', { extrinsicValue: { below: 700 } }, { extrinsicValue: { below: 1 } }],
    ['a share of it', { extrinsicValue: { below: '90%' } }, { extrinsicValue: { below: '1%' } }],
    ['deviations', { deviations: { above: 0.5 } }, { deviations: { above: 4 } }],
  ])('%s, where it is reached', async (_, reached, missed) => {
    expect((await run(missed)).rolls).toHaveLength(0);
    const { state } = await run(reached);
    expect(state).toBe('COMPLETED');
  });
});

describe('between two rows that are an hour apart', () => {
  const startMs = Date.UTC(2023, 2, 1);
  const hourMs = 3_600_000;
  // eslint-disable-next-line @typescript-eslint/require-await -- as a file is read
  async function* hourly(prices: readonly number[]) {
    yield prices.map((open, at) => {
      const close = prices[at + 1] ?? open;
      return {
        atMs: startMs + at * hourMs,
        open,
        high: Math.max(open, close),
        low: Math.min(open, close),
        close,
      };
    });
  }

  test('a condition that has held for long is not taken for a new one when the hour of another comes', async () => {
    const spec = {
      symbol: 'BTC-31MAR23-25000-C-USDT',
      trigger: { all: [{ delta: { above: 0.01, for: '5m' } }, { daysToExpiry: { below: 30 } }] },
      target: 'close',
    };
    const { rolls } = await backtest({ ...common, spec, candles: hourly(Array<number>(40).fill(23_500)) });
    expect(rolls.map(({ startedAtMs }) => new Date(startedAtMs).toISOString())).toEqual([
      '2023-03-01T08:00:00.000Z',
    ]);
  });

  test('a roll that the clock begins trades at prices that move on', async () => {
    const spec = {
      symbol: 'BTC-31MAR23-25000-C-USDT',
      trigger: { every: 'day at 04:30' },
      target: 'close',
    };
    const closedAt = async (next: number) => {
      const candles = hourly([23_500, 23_500, 23_500, 23_500, 23_500, next, next]);
      const [roll] = (await backtest({ ...common, spec, candles })).rolls;
      return Number(roll?.closed.value);
    };
    expect(await closedAt(26_500)).toBeGreaterThan(await closedAt(23_500));
  });
});
