/** What is relied on of the book of volatilities: a range grows, keeps options apart, and takes one sample a quarter of an hour. */
import { expect } from 'vitest';
import type { VolatilityBook } from '../../../src/ports/volatility-book.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface VolatilityBookFixture extends Closable {
  readonly book: VolatilityBook;
}

const symbol = 'BTC-31MAR23-24000-C-USDT';
const startMs = Date.UTC(2023, 2, 1);
const at = (minutes: number): number => startMs + minutes * 60_000;

const cases = {
  'knows nothing of an option that was never seen': async ({ book }) => {
    expect(await book.range(symbol)).toBeNull();
  },

  'keeps the lowest and the highest, and counts': async ({ book }) => {
    await book.note(symbol, { value: '0.6', atMs: at(0) });
    await book.note(symbol, { value: '0.55', atMs: at(15) });
    const range = await book.note(symbol, { value: '0.725', atMs: at(31) });
    expect(range).toEqual({ low: '0.55', high: '0.725', samples: 3, atMs: at(31) });
    expect(await book.range(symbol)).toEqual(range);
  },

  'leaves a sample out that comes too soon, or from the past': async ({ book }) => {
    const first = await book.note(symbol, { value: '0.6', atMs: at(0) });
    expect(await book.note(symbol, { value: '0.9', atMs: at(14.99) })).toEqual(first);
    expect(await book.note(symbol, { value: '0.1', atMs: at(-60) })).toEqual(first);
  },

  'keeps options apart': async ({ book }) => {
    await book.note(symbol, { value: '0.6', atMs: at(0) });
    expect(await book.range('BTC-31MAR23-25000-C-USDT')).toBeNull();
  },
} satisfies Cases<VolatilityBookFixture>;

export const describeVolatilityBook = contractOf('VolatilityBook', cases);
