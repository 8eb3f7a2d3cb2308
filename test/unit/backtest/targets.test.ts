/** Targets that look at quotes and at several expiries, played over the tape with the daemon's own planner. */
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../src/backtest/backtest.ts';
import { candlesOf } from '../../../src/backtest/price-file.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';
import { dayMs } from '../../../src/domain/units.ts';
import { optionNamed } from '../../support/options.ts';

const common = { qty: '0.5', side: 'Sell', cash: '100000', volatility: 0.55 } as const;
const run = (spec: object, toDay: number) =>
  backtest({ ...common, spec, candles: candlesOf({ path: demoTapePath, toMs: Date.UTC(2023, 2, toDay) }) });

describe('over March 2023', () => {
  test('the furthest for a credit brings one, and a strike further out', async () => {
    const { rolls } = await run(
      {
        symbol: 'BTC-17MAR23-22000-P-USDT',
        trigger: 21_800,
        target: { strike: 'furthest for a credit of 0', expiry: 'next-monthly' },
        guards: { netCredit: { min: -20 } },
        execution: { style: 'cross' },
      },
      10,
    );
    const [first] = rolls;
    expect(first).toBeDefined();
    expect(Number(first?.netCredit)).toBeGreaterThanOrEqual(0);
    const { strike, expiryMs } = optionNamed(first?.toSymbol ?? '');
    expect(Number(strike)).toBeLessThan(22_000);
    expect(expiryMs).toBe(Date.UTC(2023, 2, 31, 8));
  });

  test('managed at 9 days, into the expiry nearest to 30', async () => {
    const { rolls } = await run(
      {
        symbol: 'BTC-17MAR23-25000-C-USDT',
        trigger: { daysToExpiry: { below: 9 } },
        target: { strike: 'same', expiry: 'nearest 30d' },
        execution: { slippage: { max: '20%' } },
      },
      12,
    );
    expect(rolls.map(({ toSymbol }) => toSymbol)).toEqual(['BTC-31MAR23-25000-C-USDT']);
    expect(rolls[0]?.startedAtMs).toBe(Date.UTC(2023, 2, 17, 8) - 9 * dayMs);
  });

  test('of several expiries the preferred one, also by delta', async () => {
    const spec = {
      symbol: 'BTC-17MAR23-22000-P-USDT',
      trigger: 21_800,
      execution: { slippage: { max: '20%' } },
    };
    const into = async (prefer: readonly string[]) => {
      const target = { strike: 'delta at most 0.30', expiry: 'between 14d and 60d', prefer };
      const { rolls } = await run({ ...spec, target }, 9);
      return optionNamed(rolls[0]?.toSymbol ?? '').expiryMs;
    };
    expect(await into(['credit', 'nearestExpiry'])).toBe(Date.UTC(2023, 2, 24, 8));
    expect(await into(['furthestExpiry'])).toBe(Date.UTC(2023, 3, 28, 8));
  });

  test('the same distance from spot follows the index, from the one roll to the next', async () => {
    const { rolls } = await run(
      {
        symbol: 'BTC-31MAR23-25000-C-USDT',
        trigger: 24_500,
        target: 'same distance from spot',
        execution: { slippage: { max: '20%' } },
        guards: { cooldown: '10s' },
      },
      22,
    );
    const strikes = ['25000', ...rolls.map(({ toSymbol }) => optionNamed(toSymbol ?? '').strike)].map(Number);
    expect(strikes.length).toBeGreaterThan(2);
    // Opened 8 % out of the money at 23 140; each roll restores that distance to within half a step between strikes.
    for (const [at, { indexPrice }] of rolls.entries())
      expect(Number(strikes[at + 1]) / Number(indexPrice)).toBeCloseTo(25_000 / 23_140, 1.6);
  });
});
