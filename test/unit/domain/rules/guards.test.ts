/** What forbids a roll: its hour, where it would go, its cost, the market and the margin; to the last digit. */
import { verdictText } from '../../../../src/domain/explain/guard-text.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeMoment,
  judgePrices,
  netCreditOf,
  type Guards,
  type RollMoment,
  type LegPrices,
} from '../../../../src/domain/rules/guards.ts';
import type { MarginStep, MarginSteps } from '../../../../src/domain/market/margin.ts';
import { call24, call25, held, nowMs, quote } from '../samples.ts';
import { readSpec, ruleOf } from '../../../support/options.ts';

const rate = (maintenanceRate: string | null): MarginStep => ({ initialRate: '0.1', maintenanceRate });
const calm = { unknownCoin: null, before: rate('0.05'), between: rate('0.04'), after: rate('0.05') };
type Prices = LegPrices & { readonly margin: MarginSteps };
/** A short of 0.3 that is bought back at 1010 and sold anew at 890: a debit of 36. */
const short: Prices = {
  held,
  qty: '0.3',
  openQty: '0.3',
  old: quote(call24, { bid: '990', ask: '1010' }),
  next: quote(call25, { bid: '890', ask: '930', openInterest: '12.5' }),
  nextStrike: '25000',
  farthestStrike: '24000',
  margin: calm,
};
const long: Prices = { ...short, held: { ...held, side: 'Buy' } };
const none = ruleOf(readSpec({ symbol: call24, trigger: 23500, target: 1000 })).guards;
const refusals = (guards: Partial<Guards>, prices = short): string[] =>
  judgePrices({ ...none, ...guards }, { legs: [prices], margin: prices.margin })
    .filter(({ passes }) => !passes)
    .map((verdict) => `${verdict.code}: ${verdictText(verdict)}`);
const problem = (guards: Partial<Guards>, prices = short) => refusals(guards, prices)[0] ?? null;
const share = (value: string) => ({ debitMax: { kind: 'share', value } }) as const;
const amount = (value: string) => ({ debitMax: { kind: 'amount', value } }) as const;

test('nothing forbids a roll of which nothing was asked', () => {
  expect(refusals({})).toEqual([]);
});

describe('the net credit', () => {
  test('of a short buys at the ask and sells at the bid', () => {
    expect(netCreditOf(short)).toBe('-36');
  });

  test('of a long sells at the bid and buys at the ask', () => {
    expect(netCreditOf(long)).toBe('18');
  });

  test('below what is asked forbids, and says both', () => {
    expect(problem({ netCreditMin: '0' })).toBe('netCredit: net credit -36 is below 0');
    expect(problem({ netCreditMin: '-36' })).toBeNull();
    expect(problem({ netCreditMin: '18' }, long)).toBeNull();
    expect(problem({ netCreditMin: '18.01' }, long)).toBe('netCredit: net credit 18 is below 18.01');
  });
});

describe('the debit', () => {
  test('above an amount forbids', () => {
    expect(problem(amount('35.99'))).toBe('debit: debit 36 is above 35.99');
    expect(problem(amount('36'))).toBeNull();
    expect(problem(amount('0.01'), long)).toBeNull();
  });

  test('above a share of the premium forbids', () => {
    expect(problem(share('0.1'))).toBe('debit: debit 36 is above 30.3, 10 % of the premium 303');
    expect(problem(share('0.12'))).toBeNull();
  });
});

describe('the debit as a share of spot', () => {
  const ofSpot = (value: string) => ({ debitMax: { kind: 'spot', value } }) as const;

  test('above a share of the index price of the whole quantity forbids', () => {
    // 0.5 % of 23000 for 0.3 is 34.5.
    expect(problem(ofSpot('0.005'))).toBe('debit: debit 36 is above 34.5, 0.5 % of 6900 at the index');
    expect(problem(ofSpot('0.0053'))).toBeNull();
    expect(problem(ofSpot('0.0001'), long)).toBeNull();
  });
});

describe('the spread', () => {
  test('of either option forbids when it is wider than asked', () => {
    expect(refusals({ spreadMax: '0.019' })).toEqual([
      `spread: spread 2 % of ${call24} (990 to 1010) is above 1.9 %`,
      `spread: spread 4.4 % of ${call25} (890 to 930) is above 1.9 %`,
    ]);
    expect(refusals({ spreadMax: '0.05' })).toEqual([]);
  });

  test('that is not known forbids', () => {
    const oneSided = { ...short, next: quote(call25, { bid: '890', ask: null }) };
    expect(problem({ spreadMax: '0.5' }, oneSided)).toBe(
      `spread: the spread of ${call25} is not known: one side is not quoted`,
    );
    expect(problem({ netCreditMin: '-100' }, oneSided)).toBeNull();
    expect(problem({ netCreditMin: '-100' }, { ...oneSided, held: long.held })).toBe(
      'netCredit: what the roll would cost is not known: one side is not quoted',
    );
  });
});

describe('the open interest', () => {
  test('of the new option forbids when it is thin, or not known', () => {
    expect(problem({ openInterestMin: '12.5' })).toBeNull();
    expect(problem({ openInterestMin: '12.51' })).toBe(
      `openInterest: open interest 12.5 of ${call25} is below 12.51`,
    );
    expect(problem({ openInterestMin: '1' }, { ...short, next: quote(call25) })).toBe(
      `openInterest: the open interest of ${call25} is not known`,
    );
  });
});

describe('the maintenance margin', () => {
  test.each(['before', 'between', 'after'] as const)('forbids above its bound %s', (step) => {
    const words = { before: 'before the roll', between: 'between the legs', after: 'after the roll' };
    const margin = { ...calm, [step]: rate('0.8501') };
    expect(refusals({}, { ...short, margin })).toEqual([
      `maintenanceMargin: maintenance margin 85.01 % ${words[step]} is above 85 %`,
    ]);
    expect(refusals({ maintenanceMax: '0.9' }, { ...short, margin })).toEqual([]);
  });

  test('that is not known forbids', () => {
    expect(problem({}, { ...short, margin: { ...calm, after: rate(null) } })).toBe(
      'maintenanceMargin: maintenance margin after the roll is not known',
    );
  });
});

describe('the strike high-water mark', () => {
  test('forbids to give up a strike that was reached', () => {
    const guards = { strikeHighWaterMark: true, allowWrongWay: true };
    expect(problem(guards)).toBeNull();
    expect(problem(guards, { ...short, farthestStrike: '26000' })).toBe(
      'strikeHighWaterMark: strike 25000 gives up 26000, which was reached',
    );
    expect(problem({ allowWrongWay: true }, { ...short, farthestStrike: '26000' })).toBeNull();
  });
});

describe('the moment', () => {
  const at = (hours: number, minutes = 0): number => Date.UTC(2023, 2, 30, hours, minutes);
  const moment = (guards: Partial<Guards>, changes: Partial<RollMoment> = {}): string[] =>
    judgeMoment({ ...none, ...guards }, { nowMs, held, rollsOnDay: { day: 0, count: 0 }, ...changes })
      .filter(({ passes }) => !passes)
      .map((verdict) => `${verdict.code}: ${verdictText(verdict)}`);
  const night = { quietHours: { fromMs: 22 * 3_600_000, toMs: 6 * 3_600_000 } };

  test.each([
    [at(21, 59), 0],
    [at(22), 1],
    [at(5, 59), 1],
    [at(6), 0],
  ])('within the quiet hours forbids, also over midnight (%d)', (atMs, count) => {
    expect(moment(night, { nowMs: atMs })).toHaveLength(count);
  });

  test('says the hours', () => {
    expect(moment(night, { nowMs: at(23, 15) })).toEqual([
      'quietHours: 23:15 is within the quiet hours 22:00-06:00 UTC',
    ]);
  });

  test('after so many rolls on one day forbids, and the next day does not', () => {
    const day = Math.floor(nowMs / 86_400_000);
    expect(moment({ rollsPerDayMax: 2 }, { rollsOnDay: { day, count: 1 } })).toEqual([]);
    expect(moment({ rollsPerDayMax: 2 }, { rollsOnDay: { day, count: 2 } })).toEqual([
      'rolls.perDay: 2 of 2 rolls of this day (UTC) are done',
    ]);
    expect(moment({ rollsPerDayMax: 2 }, { rollsOnDay: { day: day - 1, count: 2 } })).toEqual([]);
  });

  const cpi = { fromMs: at(13), toMs: at(15), name: 'CPI' };
  const fomc = { fromMs: at(18), toMs: at(30), name: null };
  const dated = { notDuring: { times: [fomc, cpi], events: false } };

  test.each([
    [at(12, 59), null],
    [at(13), '2023-03-30 13:00 is within CPI, 2023-03-30 13:00 to 15:00 UTC'],
    [at(14, 59), '2023-03-30 14:59 is within CPI, 2023-03-30 13:00 to 15:00 UTC'],
    [at(15), null],
    [at(25), '2023-03-31 01:00 is within 2023-03-30 18:00 to 2023-03-31 06:00 UTC'],
    [at(30), null],
  ])('within a dated time forbids, and says which (%d)', (atMs, text) => {
    expect(moment(dated, { nowMs: atMs })).toEqual(text === null ? [] : [`notDuring: ${text}`]);
  });

  test('names the next dated time while none is', () => {
    const [verdict] = judgeMoment(
      { ...none, ...dated },
      { nowMs: at(15), held, rollsOnDay: { day: 0, count: 0 } },
    );
    expect(verdict && verdictText(verdict)).toBe(
      '2023-03-30 15:00 is outside of 2023-03-30 18:00 to 2023-03-31 06:00 UTC',
    );
  });

  test("within an event of the operator's calendar forbids, and so does a calendar that is not known", () => {
    const guards = { notDuring: { times: [], events: true } };
    const calendar = { asOfMs: at(9), events: [cpi] };
    expect(moment(guards, { nowMs: at(14), calendar })).toEqual([
      'notDuring: 2023-03-30 14:00 is within CPI, 2023-03-30 13:00 to 15:00 UTC (calendar of events as of 2023-03-30 09:00)',
    ]);
    expect(moment(guards, { nowMs: at(16), calendar })).toEqual([]);
    expect(moment(guards, { nowMs: at(16) })).toEqual(['notDuring: the calendar of events is not known']);
    expect(moment(guards, { nowMs: at(14), calendar: { ...calendar, failsSinceMs: at(12) } })).toEqual([
      'notDuring: 2023-03-30 14:00 is within CPI, 2023-03-30 13:00 to 15:00 UTC (calendar of events as of 2023-03-30 09:00; it cannot be read again since 2023-03-30 12:00)',
    ]);
    expect(
      moment(dated, { nowMs: at(16), calendar: { ...calendar, events: [{ ...cpi, toMs: at(17) }] } }),
    ).toEqual([]);
  });

  test('shortly before the delivery forbids', () => {
    const last = { nowMs: held.expiryMs - 29 * 60_000 };
    expect(moment({ notBeforeExpiryMs: 30 * 60_000 }, last)).toEqual([
      `notBeforeExpiry: 29 min before ${call24} is delivered, at least 30 min`,
    ]);
    expect(moment({}, last)).toEqual([]);
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
      const prices: Prices = {
        ...short,
        held: { ...held, side },
        qty: '0.37',
        old: quote(call24, { bid: old[0], ask: old[1] }),
        next: quote(call25, { bid: next[0], ask: next[1] }),
      };
      if (problem({ netCreditMin: min, debitMax: { kind: 'amount', value: max } }, prices) !== null) return;
      const credit = Number(netCreditOf(prices));
      expect(credit).toBeGreaterThanOrEqual(Number(min) - 1e-9);
      expect(-credit).toBeLessThanOrEqual(Number(max) + 1e-9);
    }),
    { numRuns: 3_000 },
  );
});
