/** Which legs of a structure a rule moves: by name, or the side that is tested, or the one that is not. */
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import {
  chosenLegs,
  isTowardsThePrice,
  testedType,
  type DeltaOf,
} from '../../../../src/domain/rules/structure.ts';
import { optionNamed } from '../../../support/options.ts';

const leg = (name: string, strike: string, side: 'Buy' | 'Sell' = 'Sell', qty = '0.3'): HeldOption => ({
  ...optionNamed(`BTC-31MAR23-${strike}-USDT`),
  leg: name,
  side,
  qty,
  premium: '270',
});
const taskOf = ([held, ...others]: readonly HeldOption[]) => ({ held: held as HeldOption, others });
const deltas =
  (known: Readonly<Record<string, string | null>>): DeltaOf =>
  ({ leg: name = '' }) =>
    known[name] ?? null;

const strangle = [leg('put', '20000-P'), leg('call', '26000-C')];
const condor = [
  leg('long put', '19000-P', 'Buy'),
  leg('short put', '20000-P'),
  leg('short call', '26000-C'),
  leg('long call', '27000-C', 'Buy'),
];
const chosen = (
  legs: readonly HeldOption[],
  choice: Parameters<typeof chosenLegs>[1],
  known: Readonly<Record<string, string | null>> = {},
): readonly (string | undefined)[] | null =>
  chosenLegs(taskOf(legs), choice, deltas(known))?.map(({ leg: name }) => name) ?? null;

describe('a choice of legs', () => {
  test.each([
    ['tested', { put: '-0.4', call: '0.2' }, ['put']],
    ['tested', { put: '-0.2', call: '0.4' }, ['call']],
    ['untested', { put: '-0.4', call: '0.2' }, ['call']],
    ['untested', { put: '-0.2', call: '0.4' }, ['put']],
    ['tested', { put: '-0.3', call: '0.3' }, ['call']],
  ] as const)('of the %s side at %j is %j', (choice, known, legs) => {
    expect(chosen(strangle, choice, known)).toEqual(legs);
  });

  test('of a side has its long options too, and only the shorts say which side it is', () => {
    const known = { 'long put': '-0.9', 'short put': '-0.1', 'short call': '0.3', 'long call': '0.2' };
    expect(chosen(condor, 'tested', known)).toEqual(['short call', 'long call']);
    expect(chosen(condor, 'untested', known)).toEqual(['long put', 'short put']);
  });

  test('of a side is not known before the deltas of both are', () => {
    expect(chosen(strangle, 'tested', { put: '-0.4' })).toBeNull();
    expect(chosen(strangle, 'untested', { call: '0.4' })).toBeNull();
    expect(chosen(strangle, 'tested', {})).toBeNull();
  });

  test('by name, or of all, needs no delta and leaves out what is gone', () => {
    const gone = [leg('put', '20000-P', 'Sell', '0'), leg('call', '26000-C')];
    expect(chosen(condor, ['short call', 'long put'])).toEqual(['long put', 'short call']);
    expect(chosen(condor, undefined)).toHaveLength(4);
    expect(chosen(gone, undefined)).toEqual(['call']);
    expect(chosen(gone, ['put'])).toEqual([]);
  });

  test('of the side that is not tested goes towards the price, and no other', () => {
    expect(
      ['untested', 'tested', ['put'], undefined].map((choice) => isTowardsThePrice(choice as never)),
    ).toEqual([true, false, false, false]);
  });
});

test('a collar is tested on the side of its short, whatever the deltas say; without shorts the higher one decides', () => {
  const collar = [leg('put', '20000-P', 'Buy'), leg('call', '26000-C')];
  expect(testedType(collar, deltas({}))).toBe('call');
  const long = [leg('put', '20000-P', 'Buy'), leg('call', '26000-C', 'Buy')];
  expect(testedType(long, deltas({ put: '-0.4', call: '0.2' }))).toBe('put');
  expect(testedType([leg('call', '26000-C')], deltas({ call: '0.2' }))).toBeNull();
  expect(testedType([], deltas({}))).toBeNull();
});
