/** A backtest is without its position for as long as a roll takes, and says why whenever that is long. */
import { describe, expect, test } from 'vitest';
import { backtest } from '../../../src/backtest/backtest.ts';
import { candlesOf } from '../../../src/backtest/price-file.ts';
import { minuteMs } from '../../../src/domain/units.ts';
import { reportOf } from '../../../src/cli/lab/backtest-report.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';
import { unhedgedRows, unhedgedText } from '../../../src/cli/task/unhedged-table.ts';

const common = { qty: '1', side: 'Sell', cash: '100000', volatility: 0.55 } as const;
const from = (day: number) => candlesOf({ path: demoTapePath, fromMs: Date.UTC(2023, 2, day) });

describe('when series change, at 08:00', () => {
  test('a newly listed series does not displace the one that leg 1 was closed for', async () => {
    const spec = {
      symbol: 'BTC-7APR23-25000-C-USDT',
      trigger: { daysToExpiry: { below: 21 } },
      target: { strike: 'same', expiry: 'next-weekly' },
    };
    const { rolls, unhedged, state } = await backtest({ ...common, spec, candles: from(16) });
    expect(rolls).toMatchObject([
      { startedAtMs: Date.UTC(2023, 2, 17, 8), toSymbol: 'BTC-28APR23-25000-C-USDT' },
    ]);
    expect(state).toBe('IDLE.watching');
    expect(unhedged).toHaveLength(1);
    expect((unhedged[0]?.untilMs ?? 0) - (unhedged[0]?.sinceMs ?? 0)).toBeLessThan(120_000);
  });

  test.each([
    { symbol: 'BTC-24MAR23-25000-C-USDT', strike: 'same', expiry: 'next-weekly', days: 7 },
    { symbol: 'BTC-24MAR23-25000-C-USDT', strike: '+1 steps', expiry: 'min 8d', days: 7 },
    { symbol: 'BTC-31MAR23-25000-C-USDT', strike: '+1 steps', expiry: 'next-monthly', days: 14 },
    { symbol: 'BTC-31MAR23-25000-C-USDT', strike: 'delta 0.4', expiry: 'min 15d', days: 14 },
    { symbol: 'BTC-17MAR23-24000-P-USDT', strike: '-1 steps', expiry: 'min 7d', days: 1 },
    { symbol: 'BTC-17MAR23-24000-P-USDT', strike: 'same', expiry: 'next-weekly', days: 1 },
    { symbol: 'BTC-18MAR23-25000-C-USDT', strike: 'same', expiry: 'min 2d', days: 1 },
    { symbol: 'BTC-28APR23-25000-C-USDT', strike: '+1 steps', expiry: 'next-quarterly', days: 42 },
  ])(
    '$symbol to $strike, $expiry, is rolled at $days days to expiry, each time within minutes',
    async ({ symbol, strike, expiry, days }) => {
      const spec = { symbol, trigger: { daysToExpiry: { below: days } }, target: { strike, expiry } };
      const played = await backtest({ ...common, spec: { ...spec, evenIfTrue: true }, candles: from(16) });
      for (const { sinceMs, untilMs, reason } of played.unhedged)
        expect(untilMs - sinceMs, reason).toBeLessThan(15 * minuteMs);
      expect(played.unhedged.every(({ hasEnded }) => hasEnded)).toBe(true);
      expect(played.rolls.length).toBeGreaterThan(0);
    },
  );
});

describe('a position that stays away', () => {
  /** Nobody can sell another one for this money, and no check says so: the old one is bought back and none is opened. */
  const spec = {
    symbol: 'BTC-31MAR23-25000-C-USDT',
    trigger: 24_600,
    target: { strike: 'same', expiry: 'next-monthly' },
    guards: { maintenanceMargin: { max: '100%' }, rolls: { perDay: 9 } },
  };
  const poor = (leg2: object) =>
    backtest({
      ...common,
      cash: '3000',
      checksOrders: false,
      spec: { ...spec, leg2 },
      candles: candlesOf({
        path: demoTapePath,
        fromMs: Date.UTC(2023, 2, 13),
        toMs: Date.UTC(2023, 2, 14, 6),
      }),
    });

  test('is explained in the table, the JSON and the report, to the end of the prices', async () => {
    const result = await poor({ fallback: 'keepTrying' });
    const [interval, ...others] = result.unhedged;
    expect(others).toEqual([]);
    expect(interval).toMatchObject({
      hasEnded: false,
      untilMs: result.toMs,
      qty: '1',
      symbol: 'BTC-28APR23-25000-C-USDT',
    });
    expect(interval?.reason).toMatch(/110007/);
    expect(unhedgedText(result.unhedged)).toMatch(
      /^Between the legs, without the position, once: [\d.]+ min together/,
    );
    expect(unhedgedRows(result.unhedged)[0]?.join(' | ')).toMatch(
      /min, to the end \| 1 BTC-28APR23-25000-C-USDT \| \d+ \| .*110007/,
    );
    const page = reportOf(result, { tape: 't', task: 'r', volatility: '0.55', sweep: [] });
    expect(page).toContain('without the position, once');
    expect(page).toContain('110007');
  });

  test('is not begun where the exchange says beforehand that it will not open the new option', async () => {
    const candles = candlesOf({
      path: demoTapePath,
      fromMs: Date.UTC(2023, 2, 13),
      toMs: Date.UTC(2023, 2, 14, 6),
    });
    const { rolls, unhedged, state } = await backtest({ ...common, cash: '3000', spec, candles });
    expect({ rolls, unhedged, state }).toEqual({ rolls: [], unhedged: [], state: 'IDLE.watching' });
  });

  test('is explained too when the task stays flat and is over', async () => {
    const result = await poor({ fallback: 'stayFlat', attempts: 2 });
    expect(result.state).toBe('COMPLETED');
    expect(result.unhedged).toMatchObject([{ hasEnded: false, untilMs: result.toMs, orders: 2 }]);
  });
});

describe('a structure', () => {
  test('is without its position once for all of its legs, and names those that are missing', async () => {
    const spec = {
      legs: ['BTC-31MAR23-25000-C-USDT', 'BTC-31MAR23-21000-P-USDT'],
      trigger: { index: { above: 24_600 } },
      target: { strike: 'same', expiry: 'next-monthly' },
      guards: { maintenanceMargin: { max: '100%' }, rolls: { perDay: 9 } },
      execution: { slippage: { max: '20%' } },
    };
    const played = { fromMs: Date.UTC(2023, 2, 13), toMs: Date.UTC(2023, 2, 14, 6) };
    // Nobody can sell two others for this money: both are bought back and none is opened.
    const poor = await backtest({
      ...common,
      cash: '3000',
      checksOrders: false,
      spec,
      candles: candlesOf({ path: demoTapePath, ...played }),
    });
    expect(poor.unhedged).toMatchObject([
      {
        hasEnded: false,
        symbol: 'BTC-28APR23-25000-C-USDT',
        qty: '1',
        others: [{ symbol: 'BTC-28APR23-21000-P-USDT', qty: '1' }],
      },
    ]);
    expect(unhedgedRows(poor.unhedged)[0]).toContain(
      '1 BTC-28APR23-25000-C-USDT, 1 BTC-28APR23-21000-P-USDT',
    );
    const rich = await backtest({ ...common, spec, candles: candlesOf({ path: demoTapePath, ...played }) });
    expect(rich.rolls).toMatchObject([{ leg: 'call', others: [{ leg: 'put' }] }]);
    expect(rich.unhedged).toMatchObject([{ hasEnded: true, orders: 2 }]);
    const page = reportOf(rich, { tape: 't', task: 'r', volatility: '0.55', sweep: [] });
    expect(page).toContain('1 rolls');
    for (const symbol of ['BTC-28APR23-25000-C-USDT', 'BTC-28APR23-21000-P-USDT'])
      expect(page).toContain(symbol);
  });
});
