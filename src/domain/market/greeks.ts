/**
 * Black-Scholes-Merton value and sensitivities of a European option, and the volatility a price implies. A model works
 * in floating point; results that become money are rounded onto a price grid first. Knows no exchange and
 * no clock: time comes in as years to expiry.
 */
import type { OptionType } from './option.ts';

export interface OptionInputs {
  readonly optionType: OptionType;
  /** Price of the underlying; pass the forward here together with `rate = dividendYield = 0` for Black-76. */
  readonly spot: number;
  readonly strike: number;
  readonly yearsToExpiry: number;
  /** Fraction per year: 0.53 = 53 %. */
  readonly volatility: number;
  /** Continuously compounded, fraction per year; default 0. */
  readonly rate?: number;
  readonly dividendYield?: number;
}

export interface OptionValue {
  readonly price: number;
  readonly delta: number;
  readonly gamma: number;
  /** Per 1.00 of volatility; divide by 100 for one percentage point. */
  readonly vega: number;
  /** Per year; divide by 365 for one calendar day. */
  readonly theta: number;
}

/**
 * Price and greeks of one unit by Black and Scholes with a continuous dividend yield (Merton 1973); at expiry, or
 * without volatility, the intrinsic value.
 */
export function blackScholes(inputs: OptionInputs): OptionValue {
  const { spot, strike, yearsToExpiry, volatility, rate = 0, dividendYield = 0 } = inputs;
  const sign = inputs.optionType === 'call' ? 1 : -1;
  const deviation = volatility * Math.sqrt(Math.max(0, yearsToExpiry));
  if (deviation < 1e-12 || spot <= 0) return atExpiry(spot, strike, sign);
  const carried = spot * Math.exp(-dividendYield * yearsToExpiry);
  const discounted = strike * Math.exp(-rate * yearsToExpiry);
  const d1 = Math.log(carried / discounted) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const carriedShare = carried * normalCdf(sign * d1);
  const discountedShare = discounted * normalCdf(sign * d2);
  const decay = (carried * normalDensity(d1) * volatility) / (2 * Math.sqrt(yearsToExpiry));
  return {
    price: Math.max(0, sign * (carriedShare - discountedShare)),
    delta: sign * (carried / spot) * normalCdf(sign * d1),
    gamma: ((carried / spot) * normalDensity(d1)) / (spot * deviation),
    vega: carried * normalDensity(d1) * Math.sqrt(yearsToExpiry),
    theta: -decay + sign * (dividendYield * carriedShare - rate * discountedShare),
  };
}

function atExpiry(spot: number, strike: number, sign: 1 | -1): OptionValue {
  const intrinsic = Math.max(0, sign * (spot - strike));
  return { price: intrinsic, delta: intrinsic > 0 ? sign : 0, gamma: 0, vega: 0, theta: 0 };
}

/**
 * The volatility at which the model gives `price`, by bisection between 0.01 % and 1000 %; null when no volatility in
 * that range does (a price below intrinsic value, or above the underlying).
 */
export function impliedVolatility(inputs: Omit<OptionInputs, 'volatility'>, price: number): number | null {
  let low = 1e-4;
  let high = 10;
  const priceAt = (volatility: number): number => blackScholes({ ...inputs, volatility }).price;
  if (!(price > 0) || price < priceAt(low) || price > priceAt(high)) return null;
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (priceAt(middle) < price) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Density of the standard normal distribution at `x`. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

const numerator = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const denominator = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
];

/** Hart's rational approximation as given by G. West, "Better approximations to cumulative normal functions" (2005). */
export function normalCdf(x: number): number {
  const distance = Math.abs(x);
  const tail = distance > 37 ? 0 : upperTail(distance);
  return x > 0 ? 1 - tail : tail;
}

function upperTail(x: number): number {
  const weight = Math.exp((-x * x) / 2);
  if (x < 7.07106781186547) return (weight * polynomial(numerator, x)) / polynomial(denominator, x);
  const fraction = x + 1 / (x + 2 / (x + 3 / (x + 4 / (x + 0.65))));
  return weight / fraction / 2.506628274631;
}

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((total, coefficient) => total * x + coefficient, 0);
