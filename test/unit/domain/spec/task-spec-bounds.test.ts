/** A number beyond all reason is refused with its path, however it is written. */
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../../src/domain/errors.ts';
import { readSpec } from '../../../support/options.ts';

const good = { symbol: 'BTC-31MAR23-26000-C-USDT', trigger: 25_500, target: '+1000' };
const digits = '9'.repeat(23);
const pathOf = (more: object): string => {
  try {
    readSpec({ ...good, ...more });
    return 'accepted';
  } catch (error) {
    if (error instanceof BadInput) return error.issues.map(({ path }) => path).join(' ');
    throw error;
  }
};

describe('a task spec', () => {
  test.each([
    ['guards.cooldown', { guards: { cooldown: `${digits}d` } }],
    ['guards.notBeforeExpiry', { guards: { notBeforeExpiry: '367d' } }],
    ['guards.rolls.max', { guards: { rolls: { max: 1e9 } } }],
    ['guards.netCredit.min', { guards: { netCredit: { min: digits } } }],
    ['guards.debit.max', { guards: { debit: { max: `${digits}%` } } }],
    ['guards.maintenanceMargin.max', { guards: { maintenanceMargin: { max: `${digits}%` } } }],
    ['guards.openInterest.min', { guards: { openInterest: { min: 1e22 } } }],
    ['execution.deadline', { execution: { deadline: `${digits}m` } }],
    ['execution.every', { execution: { every: `${digits}s` } }],
    ['leg2.attempts', { leg2: { attempts: Number(digits) } }],
    ['qty', { qty: digits }],
    ['trigger.index.above', { trigger: 1e300 }],
    ['trigger.index.for', { trigger: { index: { above: 1, for: `${digits}h` } } }],
    ['trigger.daysToExpiry.below', { trigger: { daysToExpiry: { below: 99_999 } } }],
    ['trigger.profit.above', { trigger: { profit: { above: `${digits}%` } } }],
    ['target.strike', { target: `+${digits}` }],
    ['target.strike', { target: `+${digits} steps` }],
    ['target.strike', { target: `+${digits}%` }],
  ])('does not take a nonsense %s', (path, more) => {
    expect(pathOf(more)).toContain(path);
  });

  test.each([
    ['many keys', { legs: Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`leg${at}`, {}])) }],
    ['many conditions', { trigger: { any: Array.from({ length: 5_000 }, () => ({ index: { above: 1 } })) } }],
    [
      'one within the other',
      { trigger: Array.from({ length: 40 }).reduce((inner) => ({ any: [inner] }), { index: { above: 1 } }) },
    ],
  ])('with %s is refused as a whole, before its parts are read', (_, more) => {
    expect(pathOf(more)).toBe('spec');
  });

  test('takes a year of cooldown and a price of fractions', () => {
    expect(pathOf({ guards: { cooldown: '366d' }, trigger: '0.00000123' })).toBe('accepted');
  });
});
