import { expect, test } from 'vitest';
import { quoteOf, readingsOf } from '../../../src/backtest/translate.ts';
import { readingsOf as readingsOfQuote } from '../../../src/domain/rules/triggers.ts';
import { defaultDepth } from '../../../src/exchange/paper/depth.ts';
import { Faults } from '../../../src/exchange/paper/faults.ts';
import { Market } from '../../../src/exchange/paper/market.ts';

test('what a trigger looks at is what the quote says', () => {
  const pricing = { volatility: 0.55, carry: 0.02 };
  const market = new Market({ pricing, depth: defaultDepth, refillMs: 1_000 }, new Faults());
  const atMs = Date.UTC(2023, 2, 1, 12);
  for (const price of [22_500, 23_456.78, 25_100]) {
    market.tick(atMs, 'BTC', price);
    for (const symbol of [
      'BTC-31MAR23-24000-C-USDT',
      'BTC-31MAR23-24000-P-USDT',
      'BTC-3MAR23-23000-C-USDT',
    ]) {
      const found = market.quote(symbol);
      if (!found) throw new Error(`${symbol} is not listed`);
      expect(readingsOf(found)).toEqual(readingsOfQuote(quoteOf(found, atMs)));
    }
  }
});
