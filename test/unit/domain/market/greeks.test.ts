/** The option model against numbers other people published, and against its own derivatives. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blackScholes,
  impliedVolatility,
  normalCdf,
  type OptionInputs,
} from '../../../../src/domain/market/greeks.ts';

/** Hull, "Options, Futures, and Other Derivatives", the worked example of Black-Scholes-Merton pricing (S 42, K 40). */
const hull = { spot: 42, strike: 40, rate: 0.1, volatility: 0.2, yearsToExpiry: 0.5 };

describe('the Black-Scholes model', () => {
  it("reproduces Hull's worked example to 1e-6 (printed there as 4.76 and 0.81)", () => {
    expect(blackScholes({ ...hull, optionType: 'call' }).price).toBeCloseTo(4.759422392871532, 6);
    expect(blackScholes({ ...hull, optionType: 'put' }).price).toBeCloseTo(0.8085993729000958, 6);
  });

  it("reproduces the N(d) of Hull's example as printed: 0.7791 and 0.7349", () => {
    expect(normalCdf(0.7693)).toBeCloseTo(0.7791, 4);
    expect(normalCdf(0.6278)).toBeCloseTo(0.7349, 4);
  });

  it("reproduces the greeks of Hull's running example (S 49, K 50, 20 weeks): 0.522, 0.066, 12.1, -4.31", () => {
    const value = blackScholes({
      optionType: 'call',
      spot: 49,
      strike: 50,
      rate: 0.05,
      volatility: 0.2,
      yearsToExpiry: 0.3846,
    });
    expect(value.price).toBeCloseTo(2.4, 2);
    expect(value.delta).toBeCloseTo(0.522, 3);
    expect(value.gamma).toBeCloseTo(0.066, 3);
    expect(value.vega).toBeCloseTo(12.1, 1);
    expect(value.theta).toBeCloseTo(-4.31, 2);
  });

  it("reproduces Haug's Black-76 example (futures 19, strike 19, 9 months): 1.7011", () => {
    const inputs = {
      spot: 19,
      strike: 19,
      rate: 0.1,
      dividendYield: 0.1,
      volatility: 0.28,
      yearsToExpiry: 0.75,
    };
    expect(blackScholes({ ...inputs, optionType: 'call' }).price).toBeCloseTo(1.7011, 4);
    expect(blackScholes({ ...inputs, optionType: 'put' }).price).toBeCloseTo(1.7011, 4);
  });

  it('knows the normal distribution at the usual points to 1e-12', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 12);
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalCdf(-8)).toBeCloseTo(6.22096057427178e-16, 20);
  });

  const inputs = fc.record({
    optionType: fc.constantFrom('call', 'put'),
    spot: fc.double({ min: 10_000, max: 60_000, noNaN: true }),
    strike: fc.double({ min: 10_000, max: 60_000, noNaN: true }),
    yearsToExpiry: fc.double({ min: 0.01, max: 1, noNaN: true }),
    volatility: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
    rate: fc.double({ min: 0, max: 0.1, noNaN: true }),
  }) as fc.Arbitrary<Required<Omit<OptionInputs, 'dividendYield'>>>;

  it('keeps put-call parity', () => {
    fc.assert(
      fc.property(inputs, (option) => {
        const call = blackScholes({ ...option, optionType: 'call' }).price;
        const put = blackScholes({ ...option, optionType: 'put' }).price;
        const carried = option.spot - option.strike * Math.exp(-option.rate * option.yearsToExpiry);
        expect(call - put).toBeCloseTo(carried, 5);
      }),
    );
  });

  it('gives the greeks that finite differences of the price give', () => {
    fc.assert(
      fc.property(inputs, (option) => {
        const value = blackScholes(option);
        const price = (change: Partial<OptionInputs>): number => blackScholes({ ...option, ...change }).price;
        const h = option.spot * 1e-4;
        expect(value.delta).toBeCloseTo(
          (price({ spot: option.spot + h }) - price({ spot: option.spot - h })) / (2 * h),
          4,
        );
        const v = 1e-4;
        const vega =
          (price({ volatility: option.volatility + v }) - price({ volatility: option.volatility - v })) /
          (2 * v);
        expect(Math.abs(value.vega - vega)).toBeLessThan(1 + Math.abs(vega) * 1e-4);
        const t = 1e-5;
        const theta =
          (price({ yearsToExpiry: option.yearsToExpiry - t }) -
            price({ yearsToExpiry: option.yearsToExpiry + t })) /
          (2 * t);
        expect(Math.abs(value.theta - theta)).toBeLessThan(1 + Math.abs(theta) * 1e-3);
      }),
    );
  });

  it('finds back the volatility a price was made with', () => {
    fc.assert(
      fc.property(inputs, (option) => {
        const { price, vega } = blackScholes(option);
        fc.pre(vega > 1);
        expect(impliedVolatility(option, price)).toBeCloseTo(option.volatility, 6);
      }),
    );
  });

  it('has no volatility for a price below intrinsic value or of zero', () => {
    const option = { optionType: 'call', spot: 25_000, strike: 20_000, yearsToExpiry: 0.1 } as const;
    expect(impliedVolatility(option, 4_000)).toBeNull();
    expect(impliedVolatility(option, 0)).toBeNull();
  });

  it('is worth its intrinsic value at expiry', () => {
    const expired = { spot: 25_000, strike: 24_000, yearsToExpiry: 0, volatility: 0.5 };
    expect(blackScholes({ ...expired, optionType: 'call' })).toMatchObject({
      price: 1_000,
      delta: 1,
      gamma: 0,
    });
    expect(blackScholes({ ...expired, optionType: 'put' })).toMatchObject({ price: 0, delta: 0 });
  });
});
