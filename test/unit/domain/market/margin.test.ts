/** What a roll does to an account's margin. */
import { describe, expect, test } from 'vitest';
import { cashOf, marginSteps, type LegCost } from '../../../../src/domain/market/margin.ts';
import type { Margin } from '../../../../src/domain/market/order.ts';
import type { ShortMargin } from '../../../../src/domain/market/exchange-rules.ts';
import { margin } from '../samples.ts';

const old: ShortMargin = { initial: '3350', maintenance: '1636' };
const next: ShortMargin = { initial: '2800', maintenance: '1236' };
const leg = (side: 'Buy' | 'Sell', shortMargin: ShortMargin, price: string): LegCost => ({
  side,
  price,
  shortMargin,
  qty: '0.3',
  fee: '2',
});
const steps = (closing: LegCost, opening: LegCost | null, of: Margin = margin) =>
  marginSteps(of, { baseCoin: 'BTC', closings: [closing], openings: opening === null ? [] : [opening] });

describe('the steps of a roll', () => {
  test('free the old option’s margin and need the new one’s', () => {
    const taken = steps(leg('Buy', old, '910'), leg('Sell', next, '490'));
    expect(taken.before).toEqual({ initialRate: '0.1', maintenanceRate: '0.05' });
    // 10000 − 273 − 2 = 9725 after the close; less than nothing is never needed.
    expect(taken.between).toEqual({ initialRate: '0', maintenanceRate: '0.00094602' });
    // 9725 + 147 − 2 = 9870; 0.3 × 2800 and 9.2 + 0.3 × 1236.
    expect(taken.after).toEqual({ initialRate: '0.08510638', maintenanceRate: '0.03850051' });
  });

  test('of a long move cash alone', () => {
    const { between, after } = steps(leg('Sell', old, '890'), leg('Buy', next, '510'));
    // 10000 + 267 − 2, then − 153 − 2.
    expect(between).toEqual({ initialRate: '0.09741841', maintenanceRate: '0.04870921' });
    expect(after).toEqual({ initialRate: '0.09891197', maintenanceRate: '0.04945598' });
  });

  test('are not known where the account’s margins are not, or nothing is left', () => {
    const unknown = { initialRate: null, maintenanceRate: null };
    const blind = steps(leg('Buy', old, '910'), null, { ...margin, balance: null });
    expect([blind.between, blind.after]).toEqual([unknown, unknown]);
    const broke = steps(leg('Buy', old, '910'), null, { ...margin, balance: '200' });
    expect(broke.between).toEqual(unknown);
  });

  test('end with the close when nothing is opened', () => {
    const { between, after } = steps(leg('Buy', old, '910'), null);
    expect(after).toEqual(between);
  });
});

describe('the steps of a roll of several legs', () => {
  const spread = (longPrice: string) =>
    marginSteps(margin, {
      baseCoin: 'BTC',
      closings: [leg('Buy', old, '910'), leg('Sell', old, '300')],
      openings: [leg('Buy', next, longPrice), leg('Sell', next, '490')],
    });
  // 10000 − 275 = 9725, + 88 = 9813; 500 − 490.8 = 9.2 of maintenance from the first closing on.
  const leastCash = (longPrice: number) => 9813 - 0.3 * longPrice - 2;

  test('are between them as bad as at the worst point: when the long is paid and the short not sold', () => {
    const { between } = spread('30000');
    expect(Number(between.maintenanceRate)).toBeCloseTo(9.2 / leastCash(30_000), 6);
  });

  test('or when the short is bought back and the long not sold', () => {
    const { between } = spread('100');
    expect(Number(between.maintenanceRate)).toBeCloseTo(9.2 / 9725, 6);
  });

  test('are after them what all of them leave', () => {
    const { after } = spread('100');
    expect(Number(after.maintenanceRate)).toBeCloseTo(
      (9.2 + 0.3 * 1236) / (leastCash(100) + 0.3 * 490 - 2),
      6,
    );
  });

  test('are not known between them once there is no balance', () => {
    expect(spread('40000').between.maintenanceRate).toBeNull();
  });
});

test('a leg moves its price less the fee', () => {
  expect(cashOf(leg('Buy', old, '910'))).toBe('-275');
});

test('a coin whose margins are not known is named, and nothing is estimated', () => {
  const unknown = { initialRate: null, maintenanceRate: null };
  const short = { ...leg('Buy', old, '910'), shortMargin: null };
  expect(steps(short, null)).toMatchObject({ unknownCoin: 'BTC', between: unknown, after: unknown });
});
