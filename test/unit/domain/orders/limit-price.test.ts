/**
 * Limit prices: a walk goes from mid to the far touch, a cross to the bound, a rest joins the near touch; none goes past
 * the slippage bound, and without a quote nothing trades.
 */
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  limitPrice,
  quoteAgeMaxMs,
  quoteProblem,
  type PriceRules,
} from '../../../../src/domain/orders/limit-price.ts';
import { add, compare, isOnGrid, larger, multiply, smaller, subtract } from '../../../../src/domain/money.ts';
import type { Quote, Side } from '../../../../src/domain/market/order.ts';
import type { Execution } from '../../../../src/domain/rules/rule.ts';
import { execution, nowMs, quote } from '../samples.ts';

const rules: PriceRules = { tickSize: '5', minPrice: '5' };
const top = quote('BTC-31MAR23-24000-C-USDT');
const walkOf = (side: Side, changes: Partial<Quote> = {}, slippageMax = '0.05'): string[] =>
  [0, 1, 2, 3, 4, 5, 6].map((step) =>
    limitPrice({ ...top, ...changes }, { side, rules, execution: { ...execution, slippageMax } }, step),
  );

describe('a walk', () => {
  test('to buy goes from mid up to the ask in equal steps and stays there', () => {
    expect(walkOf('Buy', { bid: '950', ask: '1050' })).toEqual([
      '1000',
      '1010',
      '1020',
      '1030',
      '1040',
      '1050',
      '1050',
    ]);
  });

  test('to sell goes from mid down to the bid', () => {
    expect(walkOf('Sell', { bid: '950', ask: '1050' })).toEqual([
      '1000',
      '990',
      '980',
      '970',
      '960',
      '950',
      '950',
    ]);
  });

  test('stops at the slippage bound when the far touch lies beyond it', () => {
    expect(walkOf('Buy', { bid: '900', ask: '1500' }).at(-1)).toBe('1050');
    expect(walkOf('Sell', { bid: '400', ask: '1100' }).at(-1)).toBe('950');
  });

  test('starts between mark and the far touch where the near side is empty', () => {
    expect(walkOf('Buy', { bid: null, mark: '1000', ask: '1040' })[0]).toBe('1020');
  });
});

describe('a cross', () => {
  test('goes to the bound at once, for the book to improve on', () => {
    const cross = { ...execution, style: 'cross' } as const;
    expect(limitPrice(top, { side: 'Buy', execution: cross, rules }, 0)).toBe('1050');
    expect(limitPrice(top, { side: 'Sell', execution: cross, rules }, 0)).toBe('950');
  });
});

describe('a rest', () => {
  const rest = { ...execution, style: 'rest' } as const;
  const restOf = (side: Side, changes: Partial<Quote>): string =>
    limitPrice({ ...top, ...changes }, { side, execution: rest, rules }, 3);

  test('joins the near touch: the bid to buy, the ask to sell', () => {
    expect(restOf('Buy', { bid: '990', ask: '1010' })).toBe('990');
    expect(restOf('Sell', { bid: '990', ask: '1010' })).toBe('1010');
  });

  test('stays behind the slippage bound when the touch lies beyond it', () => {
    expect(restOf('Buy', { bid: '1100', ask: '1200' })).toBe('1050');
    expect(restOf('Sell', { bid: '800', ask: '900' })).toBe('950');
  });

  test('takes mark for a near touch without a quote', () => {
    expect(restOf('Buy', { bid: null, mark: '1002', ask: '1040' })).toBe('1000');
    expect(restOf('Sell', { bid: '960', mark: '1002', ask: null })).toBe('1005');
  });

  test('stays a tick short of the far touch, whatever mark or the near touch say', () => {
    expect(restOf('Buy', { bid: null, mark: '1000', ask: '980' })).toBe('975');
    expect(restOf('Sell', { bid: '1020', mark: '1000', ask: null })).toBe('1025');
    expect(restOf('Buy', { bid: '1000', ask: '1000' })).toBe('995');
  });

  test('is left to the exchange where nothing lies below the ask', () => {
    expect(restOf('Buy', { bid: null, mark: '2', ask: '5' })).toBe('5');
  });
});

describe('a cheap option', () => {
  test('is allowed one tick whatever its slippage bound says', () => {
    expect(walkOf('Buy', { bid: '5', ask: '15', mark: '10' }, '0').at(-1)).toBe('15');
    expect(walkOf('Sell', { bid: '5', ask: '15', mark: '10' }, '0').at(-1)).toBe('5');
  });

  test('is allowed no second one', () => {
    expect(walkOf('Buy', { bid: '5', ask: '20', mark: '10' }, '0.05').at(-1)).toBe('15');
  });

  test('is never priced below the smallest price there is', () => {
    expect(walkOf('Sell', { bid: '5', ask: '10', mark: '0.4' }, '2').at(-1)).toBe('5');
    const cross = { ...execution, style: 'cross', slippageMax: '1' } as const;
    expect(limitPrice({ ...top, mark: '5' }, { side: 'Sell', execution: cross, rules }, 0)).toBe('5');
    expect(
      limitPrice(
        { ...top, mark: '0.1' },
        { side: 'Buy', execution: cross, rules: { tickSize: '5', minPrice: '10' } },
        0,
      ),
    ).toBe('10');
  });
});

describe('whatever the book looks like', () => {
  const ticks = fc.integer({ min: 1, max: 4_000 });
  const market = fc
    .record({
      bid: ticks,
      spread: ticks,
      mark: fc.integer({ min: 1, max: 400_000 }),
      tick: fc.constantFrom('0.1', '0.5', '5'),
    })
    .map(({ bid, spread, mark, tick }) => ({
      tick,
      quote: {
        ...top,
        bid: multiply(`${bid}`, tick),
        ask: multiply(`${bid + spread}`, tick),
        mark: multiply(`${mark}`, '0.05'),
      },
    }));
  const side = fc.constantFrom<Side>('Buy', 'Sell');
  const slippage = fc.constantFrom('0', '0.01', '0.05', '0.5', '2');
  const styles = fc.constantFrom<Execution['style']>('walk', 'cross', 'rest');

  test('a price is on the grid, not below the minimum, and not past the bound', () => {
    fc.assert(
      fc.property(
        market,
        side,
        slippage,
        styles,
        fc.nat({ max: 8 }),
        (book, way, slippageMax, style, step) => {
          const price = limitPrice(
            book.quote,
            {
              side: way,
              execution: { ...execution, style, slippageMax },
              rules: { tickSize: book.tick, minPrice: book.tick },
            },
            step,
          );
          expect(isOnGrid(price, book.tick)).toBe(true);
          expect(compare(price, book.tick)).toBeGreaterThanOrEqual(0);
          const room = larger(multiply(book.quote.mark, slippageMax), book.tick);
          if (way === 'Buy') {
            expect(compare(price, larger(add(book.quote.mark, room), book.tick))).toBeLessThanOrEqual(0);
          } else {
            expect(compare(price, subtract(book.quote.mark, room))).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  const missing = fc.constantFrom<'near' | 'none'>('near', 'none');
  test('a rest never reaches the far touch that it was priced on', () => {
    fc.assert(
      fc.property(
        market,
        side,
        slippage,
        missing,
        fc.nat({ max: 8 }),
        (book, way, slippageMax, missingSide, step) => {
          const hidden = missingSide === 'near' ? { [way === 'Buy' ? 'bid' : 'ask']: null } : {};
          const price = limitPrice(
            { ...book.quote, ...hidden },
            {
              side: way,
              execution: { ...execution, style: 'rest', slippageMax },
              rules: { tickSize: book.tick, minPrice: book.tick },
            },
            step,
          );
          // A spread of one tick or more above the smallest price always leaves room below the ask.
          if (way === 'Buy') expect(compare(price, book.quote.ask)).toBeLessThan(0);
          else expect(compare(price, book.quote.bid)).toBeGreaterThan(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a walk never turns back and never pays more than the far touch', () => {
    fc.assert(
      fc.property(market, side, fc.integer({ min: 1, max: 12 }), (book, way, count) => {
        const priceRules = { tickSize: book.tick, minPrice: book.tick };
        const wide = { ...execution, steps: count, slippageMax: '100000000' };
        const prices = Array.from({ length: count + 2 }, (_, step) =>
          limitPrice(book.quote, { side: way, execution: wide, rules: priceRules }, step),
        );
        const far = way === 'Buy' ? book.quote.ask : book.quote.bid;
        for (const [at, price] of prices.entries()) {
          const forward = compare(price, prices[at - 1] ?? price) * (way === 'Buy' ? 1 : -1);
          expect(forward).toBeGreaterThanOrEqual(0);
          expect(way === 'Buy' ? smaller(price, far) : larger(price, far)).toBe(price);
        }
        expect(prices.at(-1)).toBe(far);
      }),
    );
  });
});

describe('nothing is traded', () => {
  test.each<[string, Quote | null, Side, string]>([
    ['without a quote', null, 'Buy', 'no quote'],
    ['bought without an ask', { ...top, ask: null }, 'Buy', 'no ask for BTC-31MAR23-24000-C-USDT'],
    ['sold without a bid', { ...top, bid: null }, 'Sell', 'no bid for BTC-31MAR23-24000-C-USDT'],
    [
      'on a quote that is too old',
      { ...top, atMs: nowMs - quoteAgeMaxMs - 1_000 },
      'Buy',
      'quote of BTC-31MAR23-24000-C-USDT is 16 s old, at most 15 s is traded on',
    ],
  ])('%s', (_, seen, side, reason) => {
    const problem = quoteProblem(seen, side, nowMs);
    expect(problem && reasonText(problem)).toBe(reason);
  });

  test('but a quote with the side that is needed, just young enough, is good', () => {
    expect(quoteProblem({ ...top, bid: null, atMs: nowMs - quoteAgeMaxMs }, 'Buy', nowMs)).toBeNull();
    expect(quoteProblem({ ...top, ask: null }, 'Sell', nowMs)).toBeNull();
  });
});
