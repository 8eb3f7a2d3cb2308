/** The ladder of expiries is what is listed; which rung each is on, the exchange says. */
import { expiryForm } from '../../../../src/domain/spec/target-form.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../../src/domain/units.ts';
import {
  chooseExpiries,
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
    chooseExpiries({ heldMs: held, target, nowMs }, listed)[0] ?? null;

  test.each<[string, ExpiryTarget, number, number | null]>([
    ['same', { kind: 'same' }, at(3, 3), at(3, 3)],
    ['the next weekly', { kind: 'next', rung: 'weekly' }, at(3, 3), at(3, 10)],
    ['the next weekly after a monthly', { kind: 'next', rung: 'weekly' }, at(3, 31), at(4, 28)],
    ['the next monthly', { kind: 'next', rung: 'monthly' }, at(3, 3), at(3, 31)],
    ['the next quarterly after a quarterly', { kind: 'next', rung: 'quarterly' }, at(3, 31), at(6, 30)],
    ['at least a week', { kind: 'min', days: 7 }, at(3, 3), at(3, 10)],
    ['at least nine days: one hour too few do not do', { kind: 'min', days: 9 }, at(3, 3), at(3, 17)],
    ['never before the held one', { kind: 'min', days: 1 }, at(3, 17), at(3, 17)],
    ['at least a week from the held one', { kind: 'min', days: 7, from: 'held' }, at(3, 3), at(3, 10)],
    ['at least eight days from it', { kind: 'min', days: 8, from: 'held' }, at(3, 3), at(3, 17)],
    ['nearest to 45 days, 58 and 30 listed', { kind: 'nearest', days: 45 }, at(3, 22), at(4, 28)],
    ['nearest to 44 days, 58 and 30 listed', { kind: 'nearest', days: 43 }, at(3, 22), at(3, 31)],
    ['nearest, never before the held one', { kind: 'nearest', days: 1 }, at(3, 17), at(3, 17)],
    ['nearest, the held one itself', { kind: 'nearest', days: 30 }, at(3, 31), at(3, 31)],
    ['two weeks from the held one', { kind: 'nearest', days: 14, from: 'held' }, at(3, 3), at(3, 17)],
    [
      'a week from the held one, nothing for two',
      { kind: 'nearest', days: 7, from: 'held' },
      at(3, 17),
      at(3, 31),
    ],
    [
      'one day from the held one, which is none itself',
      { kind: 'nearest', days: 1, from: 'held' },
      at(3, 4),
      at(3, 10),
    ],
    ['nothing after the held one', { kind: 'nearest', days: 1, from: 'held' }, at(9, 29), null],
    ['within 8 to 31 days, the earliest', { kind: 'between', daysMin: 8, daysMax: 31 }, at(3, 3), at(3, 10)],
    ['within days in which none is listed', { kind: 'between', daysMin: 31, daysMax: 57 }, at(3, 3), null],
    ['farther than anything listed', { kind: 'min', days: 400 }, at(3, 3), null],
    ['no quarterly is left', { kind: 'next', rung: 'quarterly' }, at(9, 29), null],
  ])('%s', (_, target, held, expected) => expect(choose(target, held)).toBe(expected));

  test('within days are several, earliest first, both ends counted, never before the held one', () => {
    const all = (target: ExpiryTarget, held = at(3, 3)) =>
      chooseExpiries({ heldMs: held, target, nowMs: at(3, 1) }, ladder);
    expect(all({ kind: 'between', daysMin: 9, daysMax: 30 })).toEqual([at(3, 10), at(3, 17), at(3, 31)]);
    expect(all({ kind: 'between', daysMin: 9, daysMax: 30 }, at(3, 17))).toEqual([at(3, 17), at(3, 31)]);
    expect(all({ kind: 'between', daysMin: 7, daysMax: 28, from: 'held' })).toEqual([
      at(3, 10),
      at(3, 17),
      at(3, 31),
    ]);
    expect(all({ kind: 'between', daysMin: 0, daysMax: 7, from: 'held' })).toEqual([
      at(3, 3),
      at(3, 4),
      at(3, 10),
    ]);
  });

  test('of two that are equally near is the earlier', () => {
    const [first, second] = [at(3, 10), at(3, 17)];
    const halfway = (second - first) / 2;
    const found = chooseExpiries(
      { heldMs: at(3, 3), nowMs: first + halfway - 20 * dayMs, target: { kind: 'nearest', days: 20 } },
      [
        { expiryMs: second, expiryKind: 'weekly' },
        { expiryMs: first, expiryKind: 'weekly' },
      ],
    );
    expect(found).toEqual([first]);
  });

  test('is never one that is delivered by now', () => {
    const afterDelivery = { heldMs: at(3, 3), nowMs: at(3, 3), listed: ladder };
    for (const target of [
      { kind: 'nearest', days: 0 },
      { kind: 'min', days: 0, from: 'held' },
      { kind: 'between', daysMin: 0, daysMax: 1, from: 'held' },
    ] as const)
      expect(chooseExpiries({ ...afterDelivery, target }, ladder)).toEqual([at(3, 4)]);
  });

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
  [{ kind: 'min', days: 7, from: 'held' }, 'min 7d from held'],
  [{ kind: 'nearest', days: 45 }, 'nearest 45d'],
  [{ kind: 'nearest', days: 14, from: 'held' }, '+14d'],
  [{ kind: 'between', daysMin: 30, daysMax: 60 }, 'between 30d and 60d'],
])('%j reads as %s', (target, text) => expect(expiryForm(target)).toBe(text));
