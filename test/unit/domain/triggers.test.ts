/** A trigger is a level: what is at or beyond it fires however it got there, and after a roll it moves as the task says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IndexTrigger } from '../../../src/domain/task-spec.ts';
import {
  distanceToTrigger,
  followStrike,
  triggerHolds,
  wakeWhenReleased,
  wakeWhenTriggered,
} from '../../../src/domain/triggers.ts';

const above: IndexTrigger = { direction: 'above', level: '25500', holdMs: 0 };
const below: IndexTrigger = { direction: 'below', level: '22500', holdMs: 5_000 };

describe('a trigger', () => {
  test.each([
    [above, '25499.99', false],
    [above, '25500', true],
    [above, '25500.00', true],
    [above, '99999', true],
    [above, '9999', false],
    [below, '22500.01', false],
    [below, '22500', true],
    [below, '3000', true],
  ])('%j at an index of %s: %s', (trigger, price, holds) => {
    expect(triggerHolds(trigger, price)).toBe(holds);
  });

  test('holds after a gap as it does after a step: only where the price is counts', () => {
    const prices = fc.integer({ min: 1, max: 60_000 });
    fc.assert(
      fc.property(prices, (price) => {
        expect(triggerHolds(above, `${price}`)).toBe(price >= 25_500);
        expect(triggerHolds(below, `${price}`)).toBe(price <= 22_500);
      }),
    );
  });

  test('is as far away as the index has to go, and behind it once it holds', () => {
    expect(distanceToTrigger(above, '25000.5')).toBe('499.5');
    expect(distanceToTrigger(above, '25600')).toBe('-100');
    expect(distanceToTrigger(below, '23000')).toBe('500');
    expect(distanceToTrigger(below, '22000')).toBe('-500');
    expect(distanceToTrigger(below, '22500')).toBe('0');
  });

  test('wakes a waiting task on its way in and a confirming one on its way out', () => {
    expect(wakeWhenTriggered(above)).toEqual({ direction: 'rising', level: '25500' });
    expect(wakeWhenReleased(above)).toEqual({ direction: 'falling', level: '25500' });
    expect(wakeWhenTriggered(below)).toEqual({ direction: 'falling', level: '22500' });
    expect(wakeWhenReleased(below)).toEqual({ direction: 'rising', level: '22500' });
  });
});

describe('after a roll the trigger', () => {
  test('moves as far as the strike did', () => {
    expect(followStrike(above, 'strike', '26000', '27000')).toEqual({ ...above, level: '26500' });
    expect(followStrike(below, 'strike', '22000', '21500')).toEqual({ ...below, level: '22000' });
    expect(followStrike(above, 'strike', '2.25', '2.5').level).toBe('25500.25');
  });

  test('stays where it is when fixed', () => {
    expect(followStrike(above, 'fixed', '26000', '27000')).toBe(above);
  });

  test('keeps its proportion to the strike, to the cent, when in percent', () => {
    expect(followStrike(above, 'percent', '25000', '26000').level).toBe('26520');
    expect(followStrike(below, 'percent', '22000', '21000')).toEqual({ ...below, level: '21477.27' });
  });

  test.each(['strike', 'fixed', 'percent'] as const)(
    'does not move when the strike did not (%s)',
    (follow) => {
      expect(followStrike(below, follow, '22000', '22000')).toEqual(below);
    },
  );
});
