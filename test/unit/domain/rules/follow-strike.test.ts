/** Where a trigger stands after a roll: moved as far as the strike, by its share, or left where it was. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Decimal, toText } from '../../../../src/domain/money.ts';
import { followStrike, type Following } from '../../../../src/domain/rules/follow-strike.ts';
import {
  conditionsOf,
  type Condition,
  type Follow,
  type Trigger,
} from '../../../../src/domain/rules/triggers.ts';

const condition = (kind: 'index' | 'delta', direction: 'above' | 'below', level: string): Condition => ({
  kind,
  direction,
  level,
  holdMs: 0,
});
const above = condition('index', 'above', '25500');
const below = { ...condition('index', 'below', '22500'), holdMs: 5_000 };

const stepped = (follow: Follow, oldStrike: string, newStrike: string): Following => ({
  follow,
  steps: [{ old: { strike: oldStrike, optionType: 'call', side: 'Sell' }, next: { strike: newStrike } }],
});

describe('after a roll the trigger', () => {
  const level = (trigger: Trigger): string | undefined => conditionsOf(trigger)[0]?.level;

  test('moves as far as the strike did', () => {
    expect(followStrike(above, stepped('strike', '26000', '27000'))).toEqual({
      ...above,
      level: '26500',
    });
    expect(followStrike(below, stepped('strike', '22000', '21500'))).toEqual({
      ...below,
      level: '22000',
    });
    expect(level(followStrike(above, stepped('strike', '2.25', '2.5')))).toBe('25500.25');
  });

  test('stays where it is when fixed', () => {
    expect(followStrike(above, stepped('fixed', '26000', '27000'))).toBe(above);
  });

  test('a DOGE level keeps its digits when in percent', () => {
    const doge = { kind: 'index', direction: 'above', level: '0.21', holdMs: 0 } as const;
    expect(followStrike(doge, stepped('percent', '0.215', '0.22'))).toMatchObject({
      level: '0.214883721',
    });
  });

  test('in percent never comes nearer to the price than its share, at any price', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.integer({ min: 900, max: 1_100 }),
        fc.integer({ min: 1, max: 300 }),
        fc.constantFrom('above', 'below'),
        (magnitude, levelShare, steps, direction) => {
          const strike = new Decimal(10).pow(magnitude).toSignificantDigits(3);
          const next = strike.plus(strike.times(steps).dividedBy(1_000));
          const from = {
            kind: 'index',
            direction,
            level: toText(strike.times(levelShare).dividedBy(1_000)),
            holdMs: 0,
          } as const;
          const moved = followStrike(from, stepped('percent', toText(strike), toText(next))) as Condition;
          const exact = next.times(levelShare).dividedBy(1_000);
          const off = new Decimal(moved.level).minus(exact).dividedBy(exact).toNumber();
          expect(Math.abs(off)).toBeLessThan(1e-8);
          expect(direction === 'above' ? off >= 0 : off <= 0).toBe(true);
        },
      ),
    );
  });

  test('keeps its proportion to the strike, to ten digits, when in percent', () => {
    expect(level(followStrike(above, stepped('percent', '25000', '26000')))).toBe('26520');
    expect(followStrike(below, stepped('percent', '22000', '21000'))).toEqual({
      ...below,
      level: '21477.27272',
    });
  });

  test('does not move where it speaks of the option itself', () => {
    const delta = condition('delta', 'above', '0.45');
    expect(followStrike({ kind: 'any', of: [above, delta] }, stepped('strike', '26000', '27000'))).toEqual({
      kind: 'any',
      of: [{ ...above, level: '26500' }, delta],
    });
  });

  test.each(['strike', 'fixed', 'percent'] as const)(
    'does not move when the strike did not (%s)',
    (follow) => {
      expect(followStrike(below, stepped(follow, '22000', '22000'))).toEqual(below);
    },
  );
});
