/** Presets of structures do what they say: a strangle, a vertical and an iron condor are rolled and closed as one. */
import { describe, expect, test } from 'vitest';
import type { BacktestResult } from '../../../src/backtest/backtest.ts';
import { sum } from '../../../src/domain/money.ts';
import { dayMs } from '../../../src/domain/units.ts';
import { readPresets } from '../../../src/files/preset-files.ts';
import { optionNamed } from '../../support/options.ts';
import {
  alongLines,
  nearestExpiry,
  play,
  startMs,
  valueAt,
  walked,
  type Corner,
  type Scene,
} from './preset-scene.ts';

type Roll = BacktestResult['rolls'][number];
const movesOf = (roll: Roll) => [roll, ...(roll.others ?? [])];
const intoOf = (roll: Roll) => movesOf(roll).map(({ toSymbol }) => optionNamed(toSymbol ?? ''));
const deltaAt = (symbol: string | null, { startedAtMs, indexPrice }: Roll): number =>
  valueAt(symbol ?? '', startedAtMs, Number(indexPrice)).delta;
const firstOf = ({ rolls }: BacktestResult): Roll => {
  const [roll] = rolls;
  if (!roll) throw new Error('no roll');
  return roll;
};

const call = (strike: number, expiry = '24FEB23'): string => `BTC-${expiry}-${strike}-C-USDT`;
const put = (strike: number, expiry = '24FEB23'): string => `BTC-${expiry}-${strike}-P-USDT`;
const strangle = [{ symbol: call(30_000) }, { symbol: put(20_000) }];
const callSpread = [
  { symbol: call(28_000), side: 'short' },
  { symbol: call(30_000), side: 'long' },
];
const condor = [
  { symbol: call(28_000), side: 'short' },
  { symbol: call(30_000), side: 'long' },
  { symbol: put(22_000), side: 'short' },
  { symbol: put(20_000), side: 'long' },
];
const pathTo = (day: number, price: number): readonly Corner[] => [
  [0, 25_000],
  [day, price],
];
const playPath = (scene: Omit<Scene, 'prices'>, ...path: readonly Corner[]): Promise<BacktestResult> =>
  play({ ...scene, prices: alongLines(...path) });

describe('untested-side', () => {
  const sides = [
    ['call', 30_000, put(20_000)],
    ['put', 20_000, call(30_000)],
  ] as const;

  test.each(sides)('with the %s tested rolls the other one, once, for a credit', async (type, to, moved) => {
    const result = await playPath({ preset: 'untested-side', legs: strangle }, ...pathTo(20, to));
    const roll = firstOf(result);
    const tested = type === 'call' ? call(30_000) : put(20_000);
    expect(roll).toMatchObject({ fromSymbol: moved, others: [] });
    expect(deltaAt(tested, roll)).toBeGreaterThanOrEqual(0.3);
    expect(deltaAt(roll.fromSymbol, roll)).toBeLessThan(0.15);
    expect(deltaAt(roll.toSymbol, roll)).toBeGreaterThan(0.17);
    expect(deltaAt(roll.toSymbol, roll)).toBeLessThan(0.23);
    expect(optionNamed(roll.toSymbol ?? '').expiryMs).toBe(optionNamed(roll.fromSymbol).expiryMs);
    for (const { netCredit } of result.rolls) expect(Number(netCredit)).toBeGreaterThanOrEqual(0);
  });

  test('waits until the untested side has lost its delta', async () => {
    const values = { below: 0.02 };
    const { rolls } = await playPath(
      { preset: 'untested-side', legs: strangle, values },
      ...pathTo(10, 28_000),
    );
    expect(rolls).toEqual([]);
  });

  test('of an iron condor moves its untested spread as wide as it is', async () => {
    const roll = firstOf(await playPath({ preset: 'untested-side', legs: condor }, ...pathTo(20, 30_000)));
    const byLeg = Object.fromEntries(
      movesOf(roll).map(({ leg = '', toSymbol }) => [leg, Number(optionNamed(toSymbol ?? '').strike)]),
    );
    expect(Object.keys(byLeg).sort()).toEqual(['lower put', 'upper put']);
    expect((byLeg['upper put'] ?? 0) - (byLeg['lower put'] ?? 0)).toBe(2_000);
    expect(Number(roll.netCredit)).toBeGreaterThanOrEqual(0);
  });
});

describe('strangle-pair', () => {
  test.each([
    [21, 45],
    [14, 60],
  ])('at %i days rolls both sides into the expiry nearest to %i', async (rollAtDays, intoDays) => {
    const values = { rollAtDays, intoDays };
    const result = await playPath({ preset: 'strangle-pair', legs: strangle, values }, ...pathTo(45, 26_500));
    const roll = firstOf(result);
    const heldMs = optionNamed(call(30_000)).expiryMs;
    expect(result.rolls).toHaveLength(1);
    // On the day: as soon as the worthless side is quoted so closely that both can be closed at once.
    expect(roll.startedAtMs).toBeGreaterThanOrEqual(heldMs - rollAtDays * dayMs);
    expect(roll.startedAtMs).toBeLessThan(heldMs - (rollAtDays - 1) * dayMs);
    const expected = nearestExpiry(roll.startedAtMs, intoDays, heldMs);
    expect(intoOf(roll).map(({ optionType, expiryMs }) => [optionType, expiryMs])).toEqual([
      ['call', expected],
      ['put', expected],
    ]);
    for (const { toSymbol } of movesOf(roll)) {
      expect(deltaAt(toSymbol, roll)).toBeGreaterThan(0.13);
      expect(deltaAt(toSymbol, roll)).toBeLessThan(0.19);
    }
  });

  test('is one roll with one net credit, and one interval without the position', async () => {
    const result = await playPath({ preset: 'strangle-pair', legs: strangle }, ...pathTo(35, 25_000));
    const roll = firstOf(result);
    const ofLegs = movesOf(roll).map(({ opened, closed }) => sum([opened.value, `-${closed.value}`]));
    expect(roll.netCredit).toBe(sum(ofLegs));
    expect(result.netCredit).toBe(roll.netCredit);
    expect(result.unhedged).toHaveLength(1);
    expect(result.unhedged[0]).toMatchObject({ hasEnded: true, rollId: roll.rollId, orders: 2 });
  });
});

describe('spread-as-unit', () => {
  const width = (symbols: readonly (string | null)[]): number => {
    const [a, b] = symbols.map((symbol) => Number(optionNamed(symbol ?? '').strike));
    return Math.abs((a ?? 0) - (b ?? 0));
  };

  test.each([
    ['a vertical', callSpread, 21_000, '50%'],
    ['an iron condor', condor, 25_000, '20%'],
  ])('closes %s when its share of the net premium is earned', async (_, legs, price, profit) => {
    const scene = { preset: 'spread-as-unit', legs, values: { profit } };
    const result = await playPath(scene, ...pathTo(30, price));
    const roll = firstOf(result);
    const left = 1 - Number.parseInt(profit) / 100;
    expect(result.state).toBe('COMPLETED');
    expect(movesOf(roll).map(({ toSymbol }) => toSymbol)).toEqual(legs.map(() => null));
    const netOf = (atMs: number, index: number): number =>
      legs.reduce(
        (net, { symbol, side }) => net + valueAt(symbol, atMs, index).mark * (side === 'short' ? 1 : -1),
        0,
      );
    const share = netOf(roll.startedAtMs, Number(roll.indexPrice)) / netOf(startMs, 25_000);
    expect(share).toBeLessThanOrEqual(left + 0.001);
    expect(share).toBeGreaterThan(left - 0.1);
    expect(roll.startedAtMs).toBeLessThan(optionNamed(call(28_000)).expiryMs - 21 * dayMs);
  });

  test.each([
    ['a vertical', callSpread],
    ['an iron condor', condor],
  ])('rolls %s at 21 days where that has not come, as it is', async (_, legs) => {
    const result = await playPath({ preset: 'spread-as-unit', legs }, ...pathTo(35, 29_500));
    const roll = firstOf(result);
    const heldMs = optionNamed(call(28_000)).expiryMs;
    expect(roll.startedAtMs).toBe(heldMs - 21 * dayMs);
    const moves = movesOf(roll);
    expect(moves).toHaveLength(legs.length);
    expect(new Set(intoOf(roll).map(({ expiryMs }) => expiryMs))).toEqual(
      new Set([nearestExpiry(roll.startedAtMs, 45, heldMs)]),
    );
    for (const { fromSymbol, toSymbol } of moves)
      expect(optionNamed(toSymbol ?? '').strike).toBe(optionNamed(fromSymbol).strike);
    expect(width(moves.slice(0, 2).map(({ toSymbol }) => toSymbol))).toBe(2_000);
  });
});

describe('left alone', () => {
  test('holds every leg to its delivery, as the task does that never rolls', async () => {
    const legs = [{ symbol: call(28_000, '13JAN23') }, { symbol: put(22_000, '27JAN23') }];
    const values = { rollAtDays: 0.001, profit: '9999%' };
    const { result, rolls, state } = await playPath(
      { preset: 'spread-as-unit', legs, values },
      ...pathTo(30, 27_000),
    );
    expect([rolls, state]).toEqual([[], 'COMPLETED']);
    expect(result.rolling).toBe(result.notRolling);
    expect(Number(result.notRolling)).toBeGreaterThan(0);
  });
});

describe('over 90 days of a walk', () => {
  const cases = readPresets().flatMap(({ name, structure }) =>
    structure === undefined ? [] : [[name, structure] as const],
  );

  test.each(cases)('%s ends a %s in order', async (preset, structure) => {
    const legs = structure === 'condor' ? condor : strangle;
    const { rolls, state, unhedged } = await play({ preset, legs, prices: walked(16, 90) });
    expect(['IDLE.watching', 'COMPLETED']).toContain(state);
    expect(unhedged.every(({ hasEnded }) => hasEnded)).toBe(true);
    for (const { rollId } of rolls) expect(rolls.filter((roll) => roll.rollId === rollId)).toHaveLength(1);
  });
});
