/** The ladder of expiries is what is listed; which rung each is on, the exchange says. */
import { expiryForm } from '../../../../src/domain/spec/target-form.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseExpiry,
  isRung,
  type Expiry,
  type ExpiryKind,
  type ExpiryTarget,
} from '../../../../src/domain/market/expiries.ts';

const at = (month: number, day: number, hour = 8): number => Date.UTC(2023, month - 1, day, hour);
const ladder: readonly Expiry[] = [
  { expiryMs: at(3, 2), expiryKind: 'daily' },
  { expiryMs: at(3, 3), expiryKind: 'weekly' },
  { expiryMs: at(3, 4), expiryKind: 'daily' },
  { expiryMs: at(3, 10), expiryKind: 'weekly' },
  { expiryMs: at(3, 17), expiryKind: 'weekly' },
  { expiryMs: at(3, 31), expiryKind: 'quarterly' },
  { expiryMs: at(4, 28), expiryKind: 'monthly' },
  { expiryMs: at(6, 30), expiryKind: 'quarterly' },
  { expiryMs: at(9, 29), expiryKind: 'quarterly' },
];

test.each<[ExpiryKind, boolean, boolean, boolean]>([
  ['daily', false, false, false],
  ['weekly', true, false, false],
  ['monthly', true, true, false],
  ['quarterly', true, true, true],
])('a %s is weekly %s, monthly %s, quarterly %s', (kind, weekly, monthly, quarterly) => {
  expect([isRung(kind, 'weekly'), isRung(kind, 'monthly'), isRung(kind, 'quarterly')]).toEqual([
    weekly,
    monthly,
    quarterly,
  ]);
});

describe('the expiry of a target', () => {
  const nowMs = at(3, 1, 12);
  const choose = (target: ExpiryTarget, held = at(3, 3), listed = ladder) =>
    chooseExpiry({ heldMs: held, target, nowMs }, listed);

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
      fc.property(fc.shuffledSubarray([...ladder], { minLength: ladder.length }), (shuffled) => {
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
