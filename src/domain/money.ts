/**
 * Decimal arithmetic for prices, quantities and money. Values travel as decimal strings (events, snapshots,
 * wire, database) and become `Decimal` only inside a calculation; a JavaScript number never holds money.
 */
import { Decimal as DecimalJs } from 'decimal.js';

/** A private copy, so that nobody else's global settings can change our arithmetic. */
export const Decimal = DecimalJs.clone({
  precision: 40,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Decimal = DecimalJs;

/** A finite decimal number written out in full, e.g. `"0.05"`, `"-12.5"`; never `""`, `"1e5"` or `"NaN"`. */
export type DecimalString = string;

/** Shape of a `DecimalString`, for every boundary that reads one. */
export const decimalPattern = /^-?\d+(\.\d+)?$/;

/** The same few prices and sizes are read again and again, and a `Decimal` never changes. */
const parsed = new Map<DecimalString, Decimal>();
const parsedMax = 8_192;

/** @throws when the text is no number */
export function decimal(value: DecimalString): Decimal {
  const known = parsed.get(value);
  if (known) return known;
  if (parsed.size >= parsedMax) parsed.clear();
  const fresh = new Decimal(value);
  parsed.set(value, fresh);
  return fresh;
}

/** Plain notation without exponent or trailing zeros: `"1200"`, `"0.05"`. */
export const toText = (value: Decimal): DecimalString => (value.isZero() ? '0' : value.toFixed());

export const add = (a: DecimalString, b: DecimalString): DecimalString => toText(decimal(a).plus(decimal(b)));
export const subtract = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).minus(decimal(b)));
export const multiply = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).times(decimal(b)));
/** To a hundred-millionth, because a quotient need not end. */
export const divide = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).dividedBy(decimal(b)).toDecimalPlaces(8));
export const sum = (values: readonly DecimalString[]): DecimalString =>
  toText(values.reduce((total, value) => total.plus(decimal(value)), decimal('0')));

/** For people: `"0.125"` is `12.5 %`, to a hundredth of a percent. */
export const percentText = (share: DecimalString): string =>
  `${toText(decimal(share).times(100).toDecimalPlaces(2))} %`;

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export const compare = (a: DecimalString, b: DecimalString): number => decimal(a).comparedTo(decimal(b));
export const isPositive = (value: DecimalString): boolean => decimal(value).greaterThan(0);
export const isZero = (value: DecimalString): boolean => decimal(value).isZero();
export const smaller = (a: DecimalString, b: DecimalString): DecimalString => (compare(a, b) <= 0 ? a : b);
export const larger = (a: DecimalString, b: DecimalString): DecimalString => (compare(a, b) >= 0 ? a : b);

/** `value` moved onto the grid of `step` (a tick or a lot), never past it in the given direction. */
export function onGrid(
  value: DecimalString,
  step: DecimalString,
  direction: 'down' | 'up' | 'nearest',
): DecimalString {
  const rounding =
    direction === 'down'
      ? DecimalJs.ROUND_FLOOR
      : direction === 'up'
        ? DecimalJs.ROUND_CEIL
        : DecimalJs.ROUND_HALF_EVEN;
  return toText(decimal(value).toNearest(step, rounding));
}

export const isOnGrid = (value: DecimalString, step: DecimalString): boolean =>
  decimal(value).modulo(step).isZero();
