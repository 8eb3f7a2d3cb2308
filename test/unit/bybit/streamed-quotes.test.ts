/** Quotes that streams have brought: used while young and of the present price, waited for a moment when the price has just moved. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Quote } from '../../../src/domain/market/order.ts';
import { StreamedQuotes } from '../../../src/exchange/bybit/kept/streamed-quotes.ts';
import { HandTime } from './hand-time.ts';

const option = 'BTC-31MAR23-24000-C-USDT';
const quote = (index: string, atMs: number): Quote => ({
  symbol: option,
  bid: '900',
  ask: '910',
  mark: '905',
  index,
  greeks: null,
  openInterest: null,
  atMs,
});

let time: HandTime;
let index: string | null;
let last: Quote | null;
let quotes: StreamedQuotes;
beforeEach(() => {
  time = new HandTime();
  index = '23000';
  last = quote('23000', time.nowMs());
  quotes = new StreamedQuotes({
    lastOf: (symbol) => (symbol === option ? last : null),
    indexOf: () => index,
    clock: { nowMs: time.nowMs, alarm: () => () => undefined },
    local: time,
    ageMaxMs: 1_000,
  });
});
const usable = async (): Promise<readonly Quote[]> => {
  const [found] = await Promise.all([quotes.of([option, 'another']), time.pass(20)]);
  return found;
};

describe('a streamed quote', () => {
  it('is used until it is too old', async () => {
    expect(await usable()).toEqual([last]);
    await time.pass(1_000);
    expect(await usable()).toEqual([]);
  });

  it('is used when its coin has hardly moved, and not where the price of the coin is not known', async () => {
    index = '23004.6';
    expect(await usable()).toEqual([last]);
    index = '22995.3';
    expect(await usable()).toEqual([]);
    index = null;
    expect(await usable()).toEqual([]);
  });

  it('is waited for when the price has just moved', async () => {
    index = '23500';
    const reading = quotes.of([option]);
    await time.pass(5);
    last = quote('23500', time.nowMs());
    quotes.came();
    expect(await reading).toEqual([last]);
  });

  it('is waited for when it is too old, because the price that is asked about brings another', async () => {
    await time.pass(5_000);
    const reading = quotes.of([option]);
    await time.pass(5);
    last = quote('23000', time.nowMs());
    quotes.came();
    expect(await reading).toEqual([last]);
  });

  it('is not waited for where none has come before', async () => {
    last = null;
    expect(await quotes.of([option])).toEqual([]);
  });
});
