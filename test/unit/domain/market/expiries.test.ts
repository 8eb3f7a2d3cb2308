/** The ladder of expiries is what is listed; which rung a day is on is told by the calendar. */
import { expiryForm } from '../../../../src/domain/spec/target-form.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseExpiry, isRung, type ExpiryTarget } from '../../../../src/domain/market/expiries.ts';
import { expiriesAt } from '../../../../src/exchange/paper/expiries.ts';

const at = (month: number, day: number, hour = 8): number => Date.UTC(2023, month - 1, day, hour);
const ladder = [
  at(3, 2),
  at(3, 3),
  at(3, 4),
  at(3, 10),
  at(3, 17),
  at(3, 31),
  at(4, 28),
  at(6, 30),
  at(9, 29),
];

describe('a day', () => {
  test.each([
    [at(3, 2), false, false, false],
    [at(3, 10), true, false, false],
    [at(3, 24), true, false, false],
    [at(3, 31), true, true, true],
    [at(4, 28), true, true, false],
    [at(6, 30), true, true, true],
    [at(9, 29), true, true, true],
  ])('%d is weekly %s, monthly %s, quarterly %s', (ms, weekly, monthly, quarterly) => {
    expect([isRung(ms, 'weekly'), isRung(ms, 'monthly'), isRung(ms, 'quarterly')]).toEqual([
      ...[weekly, monthly, quarterly],
    ]);
  });

  test('is on the rung on which the exchange lists it, for years', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (days) => {
        for (const { deliveryMs, kind } of expiriesAt(at(1, 1) + days * 86_400_000)) {
          expect(isRung(deliveryMs, 'quarterly')).toBe(kind === 'quarterly');
          expect(isRung(deliveryMs, 'monthly')).toBe(kind === 'quarterly' || kind === 'monthly');
          expect(isRung(deliveryMs, 'weekly')).toBe(kind !== 'daily');
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the expiry of a target', () => {
  const nowMs = at(3, 1, 12);
  const choose = (target: ExpiryTarget, held = at(3, 3), listed = ladder) =>
    chooseExpiry(held, target, listed, nowMs);

  test.each<[string, ExpiryTarget, number, number | null]>([
    ['same', { kind: 'same' }, at(3, 3), at(3, 3)],
    ['the next weekly', { kind: 'next', rung: 'weekly' }, at(3, 3), at(3, 10)],
    ['the next weekly after a monthly', { kind: 'next', rung: 'weekly' }, at(3, 31), at(4, 28)],
    ['the next monthly', { kind: 'next', rung: 'monthly' }, at(3, 3), at(3, 31)],
    ['the next quarterly after a quarterly', { kind: 'next', rung: 'quarterly' }, at(3, 31), at(6, 30)],
    ['at least a week', { kind: 'min', days: 7 }, at(3, 3), at(3, 10)],
    ['at least nine days: one hour too few do not do', { kind: 'min', days: 9 }, at(3, 3), at(3, 17)],
    ['never before the held one', { kind: 'min', days: 1 }, at(3, 17), at(3, 17)],
    ['farther than anything listed', { kind: 'min', days: 400 }, at(3, 3), null],
    ['no quarterly is left', { kind: 'next', rung: 'quarterly' }, at(9, 29), null],
  ])('%s', (_, target, held, expected) => expect(choose(target, held)).toBe(expected));

  test('does not depend on the order of the listing', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ladder, { minLength: ladder.length }), (shuffled) => {
        expect(choose({ kind: 'next', rung: 'weekly' }, at(3, 3), shuffled)).toBe(at(3, 10));
      }),
    );
  });
});

test.each<[ExpiryTarget, string]>([
  [{ kind: 'same' }, 'same'],
  [{ kind: 'next', rung: 'monthly' }, 'next-monthly'],
  [{ kind: 'min', days: 7 }, 'min 7d'],
])('%j reads as %s', (target, text) => expect(expiryForm(target)).toBe(text));
