/** Which trade an answer is about: the options and quantities that were shown, at a net that is not worse by more than the tolerance. */
import { expect, test } from 'vitest';
import {
  isStanding,
  isWithin,
  type Question,
  type ShownTrade,
} from '../../../../src/domain/roll/question.ts';

const leg = {
  leg: 'close',
  side: 'Buy',
  symbol: 'BTC-31MAR23-24000-C-USDT',
  qty: '0.3',
  price: '1000',
} as const;
const shown: ShownTrade = { legs: [leg], netCredit: '-100', fees: '1', tolerance: '10' };
const approved = { approvalId: 'a', shown, count: 1 };

test('An approval holds for the same orders at whatever price, down to the tolerance', () => {
  expect(isWithin(approved, { ...shown, legs: [{ ...leg, price: '2000' }], fees: '9' })).toBe(true);
  expect(['50', '-110'].map((netCredit) => isWithin(approved, { ...shown, netCredit }))).toEqual([
    true,
    true,
  ]);
  expect(isWithin(approved, { ...shown, netCredit: '-110.01' })).toBe(false);
});

test.each<[string, object]>([
  ['leg', { leg: 'open' }],
  ['side', { side: 'Sell' }],
  ['option', { symbol: 'BTC-31MAR23-25000-C-USDT' }],
  ['quantity', { qty: '0.4' }],
])('An approval holds for no other %s', (_, changes) => {
  expect(isWithin(approved, { ...shown, legs: [{ ...leg, ...changes }] })).toBe(false);
  expect(isWithin(approved, { ...shown, legs: [leg, { ...leg, ...changes }] })).toBe(false);
});

test('A question stands until it is over, however it ended', () => {
  const question = { ...approved, untilMs: 5 } as unknown as Question;
  expect(isStanding(question)).toBe(true);
  expect(isStanding(undefined)).toBe(false);
  for (const how of ['approved', 'declined', 'withdrawn'] as const)
    expect(isStanding({ ...question, over: { how, by: null, atMs: 1 } })).toBe(false);
});
