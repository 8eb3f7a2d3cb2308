/** What the exchange said of orders that may come next: it serves for seconds, and for nothing that has changed since. */
import { beforeEach, expect, test } from 'vitest';
import type { CheckedOrder, PreCheck } from '../../../src/domain/market/pre-check.ts';
import { KeptAccount } from '../../../src/exchange/bybit/kept/kept-account.ts';
import type { Margin } from '../../../src/domain/market/order.ts';
import { HandTime } from './hand-time.ts';

const order = (qty = '1', price = '400'): CheckedOrder => ({
  symbol: 'BTC-31MAR23-25000-C-USDT',
  side: 'Sell',
  qty,
  price,
  timeInForce: 'GTC',
  reduceOnly: false,
});
const rates: PreCheck = { kind: 'rates', initialRateAfter: '0.2', maintenanceRateAfter: '0.1' };
const refused: PreCheck = {
  kind: 'refused',
  scope: 'price',
  words: 'too far from the mark',
  exchangeCode: '110003',
  initialRateAfter: null,
  maintenanceRateAfter: null,
};
const margin: Margin = { equity: '1000', initial: '100', maintenance: '50' } as unknown as Margin;
const maxMs = 5_000;

let time: HandTime;
let asked: CheckedOrder[];
let answer: () => Promise<PreCheck>;
let kept: KeptAccount;
beforeEach(() => {
  time = new HandTime();
  asked = [];
  answer = () => Promise.resolve(rates);
  kept = new KeptAccount(
    {
      positions: () => Promise.resolve([]),
      margin: () => Promise.resolve(margin),
      stops: () => Promise.resolve([]),
      preCheck: (about) => {
        asked.push(about);
        return answer();
      },
    },
    time,
  );
  kept.live();
});

const askedBy = async (about = order(), ageMaxMs = maxMs): Promise<number> => {
  const before = asked.length;
  await kept.preCheck(about, ageMaxMs);
  return asked.length - before;
};

test('an order is asked about once, whatever its price, until the answer is too old', async () => {
  expect(await askedBy()).toBe(1);
  expect(await askedBy(order('1', '405'))).toBe(0);
  await time.pass(maxMs + 1);
  expect(await askedBy()).toBe(1);
});

test('another quantity is another order', async () => {
  await askedBy();
  expect(await askedBy(order('2'))).toBe(1);
});

test('one who wants the answer of now is given it', async () => {
  await askedBy();
  expect(await askedBy(order(), 0)).toBe(1);
});

test.each<[string, () => void]>([
  ['an order is reported', () => kept.order({ linkId: 'other', symbol: 'X', executedQty: '0' } as never)],
  ['the wallet is told', () => kept.wallet(margin)],
  [
    'a position is told',
    () => kept.position({ position: { symbol: 'X', side: null, qty: '0', averagePrice: '0' }, seq: 1 }),
  ],
  ['the stream was down and is live again', () => kept.live()],
])('it is asked about again once %s', async (_, happens) => {
  await askedBy();
  happens();
  expect(await askedBy()).toBe(1);
});

test('what is told while an answer is on its way makes that answer serve nobody else', async () => {
  let said: (checked: PreCheck) => void = () => undefined;
  answer = () => new Promise((resolve) => (said = resolve));
  const first = kept.preCheck(order(), maxMs);
  kept.wallet(margin);
  said(rates);
  expect(await first).toEqual(rates);
  answer = () => Promise.resolve(rates);
  expect(await askedBy()).toBe(1);
});

test('a refusal is asked about again: it may have been for the price of that moment', async () => {
  answer = () => Promise.resolve(refused);
  expect(await askedBy()).toBe(1);
  expect(await askedBy()).toBe(1);
});

test('a failure reaches who asked, and nothing is kept', async () => {
  answer = () => Promise.reject(new Error('no answer'));
  await expect(kept.preCheck(order(), maxMs)).rejects.toThrow('no answer');
  answer = () => Promise.resolve(rates);
  expect(await askedBy()).toBe(1);
});

test('while a decision is near it is kept young, at its newest price, and again after a change', async () => {
  await askedBy();
  await askedBy(order('1', '410'));
  kept.prepare(true);
  await time.pass(4_000);
  expect(await askedBy()).toBe(0);
  expect(asked.slice(1).map(({ price }) => price)).toContain('410');
  kept.wallet(margin);
  await time.pass(300);
  expect(await askedBy()).toBe(0);
  kept.prepare(false);
});

test('what nothing wants any more is not asked about for ever', async () => {
  await askedBy();
  kept.prepare(true);
  await time.pass(25_000);
  const before = asked.length;
  await time.pass(60_000);
  expect(asked.length).toBe(before);
  kept.prepare(false);
});
