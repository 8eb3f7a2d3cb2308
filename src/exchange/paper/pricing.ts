/**
 * What an option is worth here: Black-76 on a forward with a small carry and a smile around the money. Deterministic
 * in index, strike, expiry and time. Spread, sizes and missing levels are in depth.ts.
 */
import { blackScholes } from '../../domain/market/greeks.ts';
import { dayMs } from '../../domain/units.ts';
import type { PaperInstrument } from './listing.ts';

export interface PricingSettings {
  /** At-the-money volatility of a long expiry, fraction per year. */
  readonly volatility: number;
  /** Carry of the forward over the index, fraction per year. */
  readonly carry: number;
}

export interface Valuation {
  readonly forward: number;
  readonly iv: number;
  readonly mark: number;
  readonly delta: number;
  readonly gamma: number;
  /** Per percentage point of volatility, as Bybit shows it. */
  readonly vega: number;
  /** Per day. */
  readonly theta: number;
}

export const yearMs = 365 * dayMs;
const secondInYears = 1_000 / yearMs;

export function valueOption(
  instrument: PaperInstrument,
  { index, nowMs }: { index: number; nowMs: number },
  settings: PricingSettings,
): Valuation {
  const years = Math.max(secondInYears, (instrument.expiry.deliveryMs - nowMs) / yearMs);
  const forward = index * Math.exp(settings.carry * years);
  const iv = settings.volatility * smileFactor(Math.log(instrument.strike / forward), years);
  const value = blackScholes({
    optionType: instrument.isCall ? 'call' : 'put',
    spot: forward,
    strike: instrument.strike,
    yearsToExpiry: years,
    volatility: iv,
  });
  return {
    forward,
    iv,
    mark: value.price,
    delta: value.delta,
    gamma: value.gamma,
    vega: value.vega / 100,
    theta: value.theta / 365,
  };
}

/**
 * A strike's volatility over that at the money: puts cost a little more than calls, and far strikes more than near ones.
 * Bounded, because log-moneyness by the root of time grows without end towards expiry.
 */
function smileFactor(logMoneyness: number, years: number): number {
  const moneyness = logMoneyness / Math.sqrt(Math.max(years, 3 / 365));
  const shape = 1 - 0.06 * moneyness + 0.08 * moneyness * moneyness;
  return Math.min(2.5, Math.max(0.7, shape));
}

/** A model's number as a decimal string without exponent or trailing zeros. */
export function plainNumber(value: number, places: number): string {
  const text = value.toFixed(places);
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return trimmed === '-0' ? '0' : trimmed;
}
