/** A long holding covers short calls, a short one short puts, quantity by quantity. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coverOf, isCovered, type OptionLeg } from '../../../../src/domain/rules/cover.ts';

const leg = (side: 'Buy' | 'Sell', optionType: 'call' | 'put', qty: string): OptionLeg => ({
  side,
  optionType,
  qty,
});
const shortCall = leg('Sell', 'call', '0.3');
const shortPut = leg('Sell', 'put', '0.2');
const verdict = (legs: readonly OptionLeg[], qty: string): unknown => {
  const cover = coverOf(legs, { symbol: 'BTCUSDT', qty });
  return cover && [cover.optionType, cover.needed, isCovered(cover)];
};

describe('What is short is covered by', () => {
  test.each([
    ['as much long, of calls', [shortCall], '0.3', ['call', '0.3', true]],
    ['no less', [shortCall], '0.299', ['call', '0.3', false]],
    ['nothing short, of calls', [shortCall], '-0.3', ['call', '0.3', false]],
    ['as much short, of puts', [shortPut], '-0.2', ['put', '0.2', true]],
    ['nothing long, of puts', [shortPut], '0.2', ['put', '0.2', false]],
    ['nothing at all', [shortPut], '0', ['put', '0.2', false]],
    ['a long holding, of both types the calls', [shortCall, shortPut], '0.3', ['call', '0.3', true]],
    ['a short holding, of both types the puts', [shortCall, shortPut], '-0.2', ['put', '0.2', true]],
    ['none, of both types, not the calls', [shortPut, shortCall], '0', ['call', '0.3', false]],
  ])('%s', (_, legs, qty, expected) => {
    expect(verdict(legs, qty)).toEqual(expected);
  });
});

test('Every short leg of a type counts, and no long one', () => {
  expect(verdict([shortCall, leg('Sell', 'call', '0.2'), leg('Buy', 'call', '0.4')], '0.5')).toEqual([
    'call',
    '0.5',
    true,
  ]);
});

test('Nothing short needs no cover', () => {
  expect(verdict([leg('Buy', 'call', '0.3'), leg('Sell', 'put', '0')], '0')).toBeNull();
});

test('Of one type, more of the holding never covers less', () => {
  const hundredths = fc.integer({ min: -100, max: 100 });
  fc.assert(
    fc.property(hundredths, hundredths, (a, b) => {
      const [less, more] = [Math.min(a, b), Math.max(a, b)].map((qty) => String(qty / 100));
      const at = (qty = '0') => Number((verdict([shortCall], qty) as unknown[])[2]);
      expect(at(less)).toBeLessThanOrEqual(at(more));
    }),
  );
});
