/** What is right in each part and cannot be meant as a whole: refused with the path and what would be right. */
import { describe, expect, test } from 'vitest';
import { base, basePut, issuesOf } from './spec-issues.ts';

describe('a strike that would move the wrong way is refused', () => {
  test.each([
    [base, '-1000', 'a step upwards for a call, like +1000 (or guards.allowWrongWay: true)'],
    [base, '-1 step', 'a step upwards for a call, like +1000 (or guards.allowWrongWay: true)'],
    [basePut, '+1000', 'a step downwards for a put, like -1000 (or guards.allowWrongWay: true)'],
    [basePut, '+2 steps', 'a step downwards for a put, like -1000 (or guards.allowWrongWay: true)'],
  ])('%j with %s', (spec, target, expected) => {
    expect(issuesOf({ ...spec, target })).toEqual([
      { path: 'target.strike', found: JSON.stringify(target), expected },
    ]);
    expect(issuesOf({ ...spec, target, guards: { allowWrongWay: true } })).toEqual([]);
  });
});

describe('a number that may be a strike as well as a step is asked about', () => {
  const strikeOrStep = (at: string) => `strike ${at} (the absolute strike), or "+${at}" in quotes (a step)`;

  test.each<[object, unknown, string]>([
    [base, 28_000, '28000'],
    [base, '28000', '28000'],
    [base, 13_000, '13000'],
    [base, { strike: 28_000 }, '28000'],
    [basePut, 21_000, '21000'],
  ])('%j with %j', (spec, target, at) => {
    const [issue, ...others] = issuesOf({ ...spec, target });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ path: 'target.strike', expected: strikeOrStep(at) });
    expect(Number(issue?.found.replaceAll('"', ''))).toBe(Number(at));
  });

  test('not when it is far smaller than the held strike, or has a sign, or says what it is', () => {
    for (const target of [12_999, '+28000', 'strike 28000', { strike: 'strike 28000' }])
      expect(issuesOf({ ...base, target })).toEqual([]);
    for (const target of ['-21000', 'strike 21000']) expect(issuesOf({ ...basePut, target })).toEqual([]);
  });

  test('whatever else is wrong is said too', () => {
    const paths = issuesOf({ ...base, target: 28_000, qty: 'none' }).map(({ path }) => path);
    expect(paths.sort()).toEqual(['qty', 'target.strike']);
  });
});

describe('an absolute strike', () => {
  test.each([
    [base, 'strike 25000', 'a strike above 26000 for a call (or guards.allowWrongWay: true)'],
    [basePut, 'strike 23000', 'a strike below 22000 for a put (or guards.allowWrongWay: true)'],
    [base, 'strike 26000', 'another strike than 26000, which is held, or a later target.expiry'],
    [basePut, '-22000', 'a step to a strike above 0, less than 22000 down'],
    [basePut, '-100%', 'a step to a strike above 0, less than 22000 down'],
  ])('%j with %s', (spec, target, expected) => {
    expect(issuesOf({ ...spec, target })).toEqual([
      { path: 'target.strike', found: JSON.stringify(target), expected },
    ]);
  });

  test('may be the held one when the roll goes out in time', () => {
    expect(issuesOf({ ...base, target: { strike: 'strike 26000', expiry: '+14d' } })).toEqual([]);
  });
});

test('every unknown key is named, not only the first', () => {
  expect(issuesOf({ ...base, a: 1, b: 2 }).map(({ path }) => path)).toEqual(['a', 'b']);
});

test('a step of nothing is no step, whatever its sign', () => {
  for (const target of ['0', '-0', '+0', '0 steps']) {
    expect(issuesOf({ ...base, target }).map(({ path }) => path)).toEqual(['target.strike']);
  }
});

describe('what cannot be meant is refused', () => {
  const again = (kind: string) =>
    `an expiry at which trigger.${kind} does not hold at once again, like next-weekly`;

  test.each<[string, object, string, string]>([
    [
      'a roll to where it is',
      { target: 'same' },
      'target.strike',
      'another strike, or a later target.expiry: same and same is no roll',
    ],
    [
      'a roll for time that stays in time',
      { trigger: { daysToExpiry: { below: 2 } } },
      'target.expiry',
      again('daysToExpiry'),
    ],
    [
      'a roll for time that comes too soon again',
      { trigger: { any: [{ daysToExpiry: { below: 7 } }] }, target: { strike: 'same', expiry: 'min 7d' } },
      'target.expiry',
      again('daysToExpiry'),
    ],
    [
      'a roll for time to one that may be as near',
      { trigger: { daysToExpiry: { below: 21 } }, target: { strike: 'same', expiry: 'between 14d and 60d' } },
      'target.expiry',
      again('daysToExpiry'),
    ],
    [
      'an hour of the last day without a later one',
      { trigger: { expiryDay: { after: '06:30' } } },
      'target.expiry',
      again('expiryDay'),
    ],
    [
      'a task that only closes and would close when refused',
      { target: 'close', guards: { whenRefused: 'close' } },
      'guards.whenRefused',
      'skip or alert: a task that only closes has no roll to be refused',
    ],
  ])('%s', (_, changes, path, expected) => {
    const issues = issuesOf({ ...base, ...changes });
    expect(issues).toMatchObject([{ path, expected }]);
  });

  test.each<object>([
    { trigger: { daysToExpiry: { below: 2 } }, target: { strike: 'same', expiry: 'min 7d' } },
    { trigger: { daysToExpiry: { below: 2 } }, target: 'close' },
    { trigger: { daysToExpiry: { below: 21 } }, target: { strike: 'same', expiry: 'nearest 45d' } },
    { trigger: { daysToExpiry: { below: 21 } }, target: { strike: 'same', expiry: '+7d' } },
    { trigger: { daysToExpiry: { below: 21 } }, target: { strike: 'same', expiry: 'min 7d from held' } },
    { trigger: { expiryDay: { after: '06:30' } }, target: { strike: 'delta 0.2', expiry: 'next-monthly' } },
  ])('but not %j', (changes) => expect(issuesOf({ ...base, ...changes })).toEqual([]));
});
