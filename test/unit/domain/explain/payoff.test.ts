/** A payoff is arithmetic that anybody can check: at delivery to the last digit, and its break-evens come out at nothing. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  breakEvensOf,
  firstDelivery,
  resultAt,
  volatilityOf,
  type PaidOption,
  type PayoffPosition,
} from '../../../../src/domain/explain/payoff.ts';
import { drawnPrices } from '../../../../src/domain/explain/payoff-prices.ts';
import { add, compare, decimal, multiply, subtract } from '../../../../src/domain/money.ts';
import { optionNamed } from '../../../support/options.ts';
import { dayMs } from '../../../../src/domain/units.ts';

const symbol = 'BTC-31MAR23-24000-C-USDT';
const { expiryMs } = optionNamed(symbol);
const option = (changes: Partial<PaidOption> = {}): PaidOption => ({
  symbol,
  side: 'Sell',
  qty: '0.3',
  strike: '24000',
  optionType: 'call',
  expiryMs,
  volatility: null,
  ...changes,
});
const short = (cash: string, ...options: PaidOption[]): PayoffPosition => ({ cash, options });

const someOption = fc
  .record({
    side: fc.constantFrom('Buy' as const, 'Sell' as const),
    optionType: fc.constantFrom('call' as const, 'put' as const),
    strike: fc.integer({ min: 1, max: 400 }).map((step) => String(step * 250)),
    lots: fc.integer({ min: 1, max: 500 }),
  })
  .map(({ lots, ...rest }) => option({ ...rest, qty: multiply(String(lots), '0.01') }));
const somePosition = fc.record({
  cash: fc.integer({ min: -2_000_000, max: 2_000_000 }).map((cents) => multiply(String(cents), '0.01')),
  options: fc.array(someOption, { minLength: 1, maxLength: 4 }),
});
const somePrice = fc.integer({ min: 0, max: 20_000_000 }).map((cents) => multiply(String(cents), '0.01'));
const other = { Buy: 'Sell', Sell: 'Buy' } as const;

describe('at delivery', () => {
  it.each([
    ['23000', '270'],
    ['24000', '270'],
    ['24900', '0'],
    ['26000', '-330'],
  ])('a short call of 0.3 for 270 comes to %s → %s', (price, result) =>
    expect(resultAt(short('270', option()), price, expiryMs)).toBe(result),
  );

  test('short is the opposite of long, to the last digit', () => {
    fc.assert(
      fc.property(somePosition, somePrice, ({ cash, options }, price) => {
        const turned = options.map((each) => ({ ...each, side: other[each.side] }));
        const one = resultAt({ cash, options }, price, expiryMs);
        expect(add(one, resultAt({ cash: multiply(cash, '-1'), options: turned }, price, expiryMs))).toBe(
          '0',
        );
      }),
    );
  });

  test('a long call and a short put of one strike are the underlying, less the strike', () => {
    fc.assert(
      fc.property(someOption, somePrice, (one, price) => {
        const pair: PaidOption[] = [
          { ...one, side: 'Buy', optionType: 'call' },
          { ...one, side: 'Sell', optionType: 'put' },
        ];
        expect(resultAt({ cash: '0', options: pair }, price, expiryMs)).toBe(
          multiply(subtract(price, one.strike), one.qty),
        );
      }),
    );
  });

  test('every break-even comes out at nothing, and the result changes its sign nowhere else', () => {
    fc.assert(
      fc.property(somePosition, (position) => {
        const roots = breakEvensOf(position, expiryMs, []);
        const tolerance = position.options.reduce(
          (total, { qty }) => add(total, multiply(qty, '0.0000001')),
          '0',
        );
        for (const root of roots)
          expect(
            decimal(resultAt(position, root, expiryMs))
              .abs()
              .lessThanOrEqualTo(tolerance),
          ).toBe(true);
        expect([...roots].sort(compare)).toEqual(roots);
        // Between two break-evens, and beyond the outermost, all results have one sign.
        const edges = ['0', ...roots, '1000000'];
        for (const [place, from] of edges.slice(0, -1).entries()) {
          const to = edges[place + 1] ?? from;
          const signs = new Set(
            Array.from({ length: 8 }, (_, step) => {
              const at = add(from, multiply(subtract(to, from), String((step + 0.5) / 8)));
              const result = decimal(resultAt(position, at, expiryMs));
              return result.abs().lessThanOrEqualTo(tolerance) ? 0 : result.isPositive() ? 1 : -1;
            }),
          );
          expect(signs.has(1) && signs.has(-1)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has no break-even where it is nothing over a stretch, and none when nothing is held', () => {
    expect(breakEvensOf(short('0', option()), expiryMs, [])).toEqual(['24000']);
    const nothing = short('0', option(), option({ side: 'Buy' }));
    expect(breakEvensOf(nothing, expiryMs, [])).toEqual([]);
    expect(breakEvensOf(short('12.5'), expiryMs, [])).toEqual([]);
    expect(firstDelivery(short('12.5'))).toBeNull();
  });

  it('of a strangle has two', () => {
    const strangle = short(
      '300',
      option({ qty: '0.3' }),
      option({ qty: '0.3', optionType: 'put', strike: '22000' }),
    );
    expect(breakEvensOf(strangle, expiryMs, [])).toEqual(['21000', '25000']);
  });
});

describe('before delivery', () => {
  const atMs = expiryMs - 30 * dayMs;

  it('is worth more to its holder than at delivery, and comes to it at the end', () => {
    const long = short('0', option({ side: 'Buy', qty: '1', volatility: '0.5' }));
    const values = [30, 10, 1, 0.01].map((days) => Number(resultAt(long, '24000', expiryMs - days * dayMs)));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values[0]).toBeGreaterThan(1_000);
    expect(resultAt(long, '24000', expiryMs)).toBe('0');
  });

  it('goes through the mark at the index', () => {
    const at = { index: '23000', mark: '812.5', volatility: '0.9', atMs };
    const volatility = volatilityOf(option(), at);
    const now = Number(resultAt(short('0', option({ side: 'Buy', qty: '1', volatility })), '23000', atMs));
    expect(now).toBeCloseTo(812.5, 3);
  });

  it('goes by the exchange’s volatility when no other gives the mark', () =>
    expect(volatilityOf(option(), { index: '23000', mark: '30000', volatility: '0.9', atMs })).toBe('0.9'));

  it('finds break-evens between the prices', () => {
    const position = short('270', option({ volatility: '0.5' }));
    const [only, ...others] = breakEvensOf(
      position,
      atMs,
      drawnPrices({ centre: '24000', kinks: [], others: [] }),
    );
    expect(others).toEqual([]);
    expect(Math.abs(Number(resultAt(position, only ?? '', atMs)))).toBeLessThan(1e-6);
  });

  it('values what is delivered later where another leg is delivered first', () => {
    const later = option({ side: 'Buy', expiryMs: expiryMs + 30 * dayMs, volatility: '0.5' });
    const calendar = short('-250', option(), later);
    expect(firstDelivery(calendar)).toBe(expiryMs);
    const at = (price: string) => Number(resultAt(calendar, price, expiryMs));
    expect(at('24000')).toBeGreaterThan(at('20000'));
    expect(at('24000')).toBeGreaterThan(at('28000'));
    expect(
      breakEvensOf(calendar, expiryMs, drawnPrices({ centre: '24000', kinks: [], others: [] })),
    ).toHaveLength(2);
  });
});

test('the prices drawn rise, hold every strike and reach beyond it, and are not widened by what is far away', () => {
  const prices = drawnPrices({ centre: '23000', kinks: ['24000', '28000'], others: ['25012.5', '90000'] });
  expect([...prices].sort(compare)).toEqual(prices);
  expect(prices).toEqual(expect.arrayContaining(['24000', '28000', '25012.5']));
  expect(compare(prices.at(-1) ?? '0', '28000')).toBe(1);
  expect(compare(prices.at(-1) ?? '0', '33000')).toBe(-1);
  expect(prices.length).toBeLessThan(130);
});
