/** What forbids a roll: its cost and the spreads, for shorts and longs, to the last digit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardProblem, netCredit, type PriceGuards, type RollPrices } from '../../../src/domain/guards.ts';
import { call24, call25, quote } from './samples.ts';

/** A short of 0.3 that is bought back at 1010 and sold anew at 890: a debit of 36. */
const short: RollPrices = {
  side: 'Sell',
  qty: '0.3',
  old: quote(call24, { bid: '990', ask: '1010' }),
  next: quote(call25, { bid: '890', ask: '930' }),
};
const long: RollPrices = { ...short, side: 'Buy' };
const problem = (guards: PriceGuards, prices = short) => guardProblem(guards, prices);
const share = (value: string) => ({ debitMax: { kind: 'share', value } }) as const;
const amount = (value: string) => ({ debitMax: { kind: 'amount', value } }) as const;

test('nothing forbids a roll of which nothing was asked', () => {
  expect(problem({})).toBeNull();
});

describe('the net credit', () => {
  test('of a short buys at the ask and sells at the bid', () => {
    expect(netCredit(short)).toBe('-36');
  });

  test('of a long sells at the bid and buys at the ask', () => {
    expect(netCredit(long)).toBe('18');
  });

  test('below what is asked forbids, and says both', () => {
    expect(problem({ netCreditMin: '0' })).toBe('net credit -36 is below 0');
    expect(problem({ netCreditMin: '-36' })).toBeNull();
    expect(problem({ netCreditMin: '18' }, long)).toBeNull();
    expect(problem({ netCreditMin: '18.01' }, long)).toBe('net credit 18 is below 18.01');
  });
});

describe('the debit', () => {
  test('above an amount forbids', () => {
    expect(problem(amount('35.99'))).toBe('debit 36 is above 35.99');
    expect(problem(amount('36'))).toBeNull();
    expect(problem(amount('0.01'), long)).toBeNull();
  });

  test('above a share of the premium forbids', () => {
    expect(problem(share('0.1'))).toBe('debit 36 is above 30.3, 10 % of the premium 303');
    expect(problem(share('0.12'))).toBeNull();
  });
});

describe('the spread', () => {
  test('of either option forbids when it is wider than asked', () => {
    expect(problem({ spreadMax: '0.02' })).toBe(`spread 4.4 % of ${call25} (890 to 930) is above 2 %`);
    expect(problem({ spreadMax: '0.019' })).toBe(`spread 2 % of ${call24} (990 to 1010) is above 1.9 %`);
    expect(problem({ spreadMax: '0.05' })).toBeNull();
  });

  test('that is not known forbids', () => {
    const oneSided = { ...short, next: quote(call25, { bid: '890', ask: null }) };
    expect(problem({ spreadMax: '0.5' }, oneSided)).toBe(
      `the spread of ${call25} is not known: one side is not quoted`,
    );
    expect(problem({ netCreditMin: '-100' }, oneSided)).toBeNull();
    expect(problem({ netCreditMin: '-100' }, { ...oneSided, side: 'Buy' })).toBe(
      'what the roll would cost is not known: one side is not quoted',
    );
  });
});

test('what passes costs no more than any guard allows', () => {
  const cents = fc.integer({ min: 100, max: 300_000 }).map((value) => (value / 100).toFixed(2));
  const book = fc
    .tuple(cents, cents)
    .map(([a, b]): [string, string] => (Number(a) <= Number(b) ? [a, b] : [b, a]));
  const bound = fc.integer({ min: -50_000, max: 50_000 }).map((value) => (value / 100).toFixed(2));
  fc.assert(
    fc.property(book, book, bound, cents, fc.constantFrom('Buy', 'Sell'), (old, next, min, max, side) => {
      const prices: RollPrices = {
        side,
        qty: '0.37',
        old: quote(call24, { bid: old[0], ask: old[1] }),
        next: quote(call25, { bid: next[0], ask: next[1] }),
      };
      if (guardProblem({ netCreditMin: min, debitMax: { kind: 'amount', value: max } }, prices) !== null)
        return;
      const credit = Number(netCredit(prices));
      expect(credit).toBeGreaterThanOrEqual(Number(min) - 1e-9);
      expect(-credit).toBeLessThanOrEqual(Number(max) + 1e-9);
    }),
    { numRuns: 3_000 },
  );
});
