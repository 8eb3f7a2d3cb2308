/** What can be ordered now: a listed, quoted option that takes the quantity and holds nothing the other way. */
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import type { Reason } from '../../../../src/domain/reason.ts';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../../../src/domain/market/order.ts';
import { openingProblem, quantityProblem, tradeProblem } from '../../../../src/domain/orders/tradability.ts';
import { call24, instrument, listed, nowMs } from '../samples.ts';

const textOf = (problem: Reason | null): string | null => problem && reasonText(problem);

const toSell = { side: 'Sell', qty: '0.3', nowMs } as const;

describe('a quantity', () => {
  const rules = instrument(call24, { minQty: '0.1', maxQty: '10', qtyStep: '0.1' });

  test.each([
    ['0.09', `quantity 0.09 of ${call24} is below the minimum 0.1`],
    ['10.1', `quantity 10.1 of ${call24} is above the maximum 10`],
    ['0.15', `quantity 0.15 of ${call24} is not a multiple of 0.1`],
    ['0.1', null],
    ['0.3', null],
    ['10', null],
  ])('of %s: %s', (qty, problem) => expect(textOf(quantityProblem(rules, qty))).toBe(problem));
});

describe('an option can be traded', () => {
  test.each([
    ['while all is well', {}, null],
    ['not without a quote', { quote: null }, `no quote for ${call24}`],
    ['not without a bid to sell to', { quote: { bid: null } }, `no bid for ${call24}`],
    ['without an ask when it is sold', { quote: { ask: null } }, null],
    [
      'not on an old quote',
      { quote: { atMs: nowMs - 15_001 } },
      `quote of ${call24} is 15 s old, at most 15 s is traded on`,
    ],
    [
      'not before its launch',
      { instrument: { status: 'PreLaunch' as const } },
      `${call24} is PreLaunch, not Trading`,
    ],
    [
      'not in a quantity it does not take',
      { instrument: { minQty: '1' } },
      `quantity 0.3 of ${call24} is below the minimum 1`,
    ],
  ])('%s', (_, changes, problem) => {
    expect(textOf(tradeProblem(listed(call24, changes), toSell))).toBe(problem);
  });
});

describe('a position is opened', () => {
  const holding = (side: Position['side'], qty: string): Position => ({
    symbol: call24,
    side,
    qty,
    averagePrice: '900',
  });
  const problem = (position?: Position) => textOf(openingProblem(listed(call24), toSell, position));

  test('where nothing is held, or something on the same side', () => {
    expect(problem()).toBeNull();
    expect(problem(holding(null, '0'))).toBeNull();
    expect(problem(holding('Sell', '2'))).toBeNull();
  });

  test('never where the order would close another position the other way', () => {
    expect(problem(holding('Buy', '0.2'))).toBe(
      `the account holds Buy 0.2 ${call24}, which an order to Sell would close`,
    );
  });
});
