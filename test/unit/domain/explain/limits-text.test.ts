/** What a person reads of an account's limits, and of positions in a sentence. */
import { describe, expect, test } from 'vitest';
import { limitsText } from '../../../../src/domain/explain/limits-text.ts';
import { positionText } from '../../../../src/domain/explain/payoff-view.ts';

describe('the limits of an account', () => {
  test('are named one by one, those that are set', () => {
    expect(
      limitsText({
        rollsPerDay: 4,
        netDebitPerDay: '250.5',
        notionalOpenedPerDay: '1000',
        ordersPerMinute: 0,
      }),
    ).toBe(
      'rolls a day at most 4, net debit a day at most 250.5, notional opened a day at most 1000, orders a minute at most 0',
    );
    expect(limitsText({ rollsPerDay: null, ordersPerMinute: 30 })).toBe('orders a minute at most 30');
  });

  test('are none where none is set', () => {
    expect(limitsText({})).toBe('no limits');
    expect(limitsText({ rollsPerDay: null, netDebitPerDay: null })).toBe('no limits');
  });
});

test('a position is said with its sides, and nothing where there is none', () => {
  const options = [
    { side: 'Sell', qty: '0.1', symbol: 'X' },
    { side: 'Buy', qty: '0.2', symbol: 'Y' },
  ] as const;
  expect(positionText(options)).toBe('short 0.1 X and long 0.2 Y');
  expect(positionText([])).toBe('nothing');
});
