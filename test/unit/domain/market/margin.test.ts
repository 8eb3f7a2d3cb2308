/** What a roll does to margin, by the formulas of the reference; the paper exchange reads them on its own. */
import { describe, expect, test } from 'vitest';
import { takerFee } from '../../../../src/domain/market/fees.ts';
import {
  cashOf,
  marginSteps,
  shortOptionMargin,
  type LegCost,
} from '../../../../src/domain/market/margin.ts';
import { call24, call25, margin, quote } from '../samples.ts';

const old = quote(call24, { mark: '900' });
const next = quote(call25, { mark: '500' });
const leg = (side: 'Buy' | 'Sell', of: typeof old, price: string): LegCost => ({
  ...{ side, price, quote: of, qty: '0.3', fee: '2' },
});

describe('a short option', () => {
  test('needs the larger of its two parts, and its price', () => {
    // 15 % of 23000 less 1000 out of the money is 2450, more than 10 %.
    expect(shortOptionMargin(old, '900')).toEqual({ initial: '3350', maintenance: '1636' });
    // 2000 out of the money leave less than 10 %.
    expect(shortOptionMargin(next, '600')).toEqual({ initial: '2900', maintenance: '1236' });
  });
});

describe('the steps of a roll', () => {
  test('free the old option’s margin and need the new one’s', () => {
    const steps = marginSteps(margin, '900', leg('Buy', old, '910'), leg('Sell', next, '490'));
    expect(steps.before).toEqual({ initialRate: '0.1', maintenanceRate: '0.05' });
    // 10000 − 273 − 2 = 9725 after the close; less than nothing is never needed.
    expect(steps.between).toEqual({ initialRate: '0', maintenanceRate: '0.00094602' });
    // 9725 + 147 − 2 = 9870; 0.3 × 2800 and 9.2 + 0.3 × 1236.
    expect(steps.after).toEqual({ initialRate: '0.08510638', maintenanceRate: '0.03850051' });
  });

  test('of a long move cash alone', () => {
    const { between, after } = marginSteps(margin, '900', leg('Sell', old, '890'), leg('Buy', next, '510'));
    // 10000 + 267 − 2, then − 153 − 2.
    expect(between).toEqual({ initialRate: '0.09741841', maintenanceRate: '0.04870921' });
    expect(after).toEqual({ initialRate: '0.09891197', maintenanceRate: '0.04945598' });
  });

  test('are not known where the account’s margins are not, or nothing is left', () => {
    const unknown = { initialRate: null, maintenanceRate: null };
    const blind = marginSteps({ ...margin, balance: null }, '900', leg('Buy', old, '910'), null);
    expect([blind.between, blind.after]).toEqual([unknown, unknown]);
    const broke = marginSteps({ ...margin, balance: '200' }, '900', leg('Buy', old, '910'), null);
    expect(broke.between).toEqual(unknown);
  });

  test('end with the close when nothing is opened', () => {
    const { between, after } = marginSteps(margin, '900', leg('Buy', old, '910'), null);
    expect(after).toEqual(between);
  });
});

test('a fee is a share of the index, and never more than seven percent of the option', () => {
  expect(takerFee({ index: '23000' }, '900', '0.3')).toBe('2.07');
  expect(takerFee({ index: '23000' }, '5', '0.3')).toBe('0.105');
  expect(cashOf(leg('Buy', old, '910'))).toBe('-275');
});
