/**
 * What an option's quote says only together with its strike and the time: how much of its price is time value, and how
 * far its strike is away in standard deviations. Conditions on them are judged on these figures like on any other; they
 * are computed where a task asks for them, and so cost no tick of another option.
 */
import type { Option } from '../market/option.ts';
import { decimal, Decimal, isPositive, toText, type DecimalString } from '../money.ts';
import { dayMs } from '../units.ts';

/** Settle coin of one unit: the mark less what exercising at the index would bring; below 0 where the mark is. */
export function extrinsicValue(
  { optionType, strike }: Option,
  { mark, index }: { readonly mark: DecimalString; readonly index: DecimalString },
): DecimalString {
  const inTheMoney =
    optionType === 'call' ? decimal(index).minus(decimal(strike)) : decimal(strike).minus(decimal(index));
  return toText(decimal(mark).minus(Decimal.max(0, inTheMoney)));
}

const yearMs = 365 * dayMs;
/** Finer than anybody writes a level, and coarse enough to be the same on every machine. */
const places = 6;

/**
 * How many standard deviations the index has to go until it reaches the strike, by the volatility of the time that is
 * left: `|ln(K/S)| / (σ√T)`, negative when the option is in the money; `null` without volatility, price or time.
 */
export function deviations(
  { optionType, strike, expiryMs }: Option,
  { index, volatility }: { readonly index: DecimalString; readonly volatility: DecimalString },
  atMs: number,
): DecimalString | null {
  const leftMs = expiryMs - atMs;
  if (leftMs <= 0 || !isPositive(volatility) || !isPositive(index)) return null;
  const deviation = Number(volatility) * Math.sqrt(leftMs / yearMs);
  const away = Math.log(Number(strike) / Number(index)) / deviation;
  const text = (optionType === 'call' ? away : -away).toFixed(places);
  return toText(decimal(text));
}
