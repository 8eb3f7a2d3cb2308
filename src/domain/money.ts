/**
 * Decimal arithmetic for prices, quantities and money. Values travel as decimal strings (events, snapshots,
 * wire, database) and become `Decimal` only inside a calculation; a JavaScript number never holds money.
 */
import { Decimal as DecimalJs } from 'decimal.js';

/** A private copy, so that the global settings of other code cannot change our arithmetic. */
export const Decimal = DecimalJs.clone({
  precision: 40,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Decimal = DecimalJs;

/** A finite decimal number written out in full, e.g. `"0.05"`, `"-12.5"`; never `""`, `"1e5"` or `"NaN"`. */
export type DecimalString = string;

/**
 * What a number from outside may have: no price, size or rate comes near it, and a text of eleven letters like
 * `1e600000000` would fill the memory when it is written out.
 */
export const digitsMax = 40;
export const exponentMax = 30;

/** Shape of a `DecimalString` from outside, for every boundary that wants plain notation: at most 40 digits. */
export const decimalPattern = /^-?(?=(?:\.?\d){1,40}$)\d+(\.\d+)?$/;

const numberShape = /^[+-]?(\d{1,40})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i;

/**
 * Reads a number from outside (a message, a file, an argument), with or without an exponent, into plain notation.
 * `null` for what is none: an empty text, `Infinity`, `NaN`, hexadecimal, `1_000`, a thousands separator, more than
 * `digitsMax` digits, an exponent beyond `exponentMax` either way.
 */
export function readDecimal(text: string): DecimalString | null {
  const [, whole = '', fraction = '', exponent = '0'] = numberShape.exec(text) ?? [];
  if (whole === '' || whole.length + fraction.length > digitsMax) return null;
  return Math.abs(Number(exponent)) > exponentMax ? null : toText(decimal(text));
}

/** The same few prices and sizes are read again and again, and a `Decimal` never changes. */
const parsed = new Map<string, Decimal>();
const parsedMax = 8_192;
const parsedLengthMax = 48;

/** Everything that `String(number)` and arithmetic of 40 digits can write, and nothing that cannot be written out. */
const finiteShape = /^[+-]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:e[+-]?\d{1,3})?$/i;

/** @throws RangeError when the text is no finite number, or one of hundreds of digits */
export function decimal(value: DecimalString): Decimal {
  const known = parsed.get(value);
  if (known) return known;
  if (!finiteShape.test(value)) throw new RangeError(`not a number: ${JSON.stringify(value.slice(0, 40))}`);
  const fresh = new Decimal(value);
  if (value.length > parsedLengthMax) return fresh;
  if (parsed.size >= parsedMax) parsed.clear();
  parsed.set(value, fresh);
  return fresh;
}

/** Plain notation without exponent or trailing zeros: `"1200"`, `"0.05"`. */
export const toText = (value: Decimal): DecimalString => (value.isZero() ? '0' : value.toFixed());

/** Exact. */
export const add = (a: DecimalString, b: DecimalString): DecimalString => toText(decimal(a).plus(decimal(b)));
/** `a − b`, exact. */
export const subtract = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).minus(decimal(b)));
/** Exact. */
export const multiply = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).times(decimal(b)));
/** To a hundred-millionth, because a quotient need not end. */
export const divide = (a: DecimalString, b: DecimalString): DecimalString =>
  toText(decimal(a).dividedBy(decimal(b)).toDecimalPlaces(8));
/** Exact; `"0"` of nothing. */
export const sum = (values: readonly DecimalString[]): DecimalString =>
  toText(values.reduce((total, value) => total.plus(decimal(value)), decimal('0')));

/** For people: `"0.125"` is `12.5 %`, to a hundredth of a percent. */
export const percentText = (share: DecimalString): string =>
  `${toText(decimal(share).times(100).toDecimalPlaces(2))} %`;

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export const compare = (a: DecimalString, b: DecimalString): number => decimal(a).comparedTo(decimal(b));
/** Greater than 0. */
export const isPositive = (value: DecimalString): boolean => decimal(value).greaterThan(0);
/** 0, however it is written. */
export const isZero = (value: DecimalString): boolean => decimal(value).isZero();
/** The smaller of the two, as it is written. */
export const smaller = (a: DecimalString, b: DecimalString): DecimalString => (compare(a, b) <= 0 ? a : b);
/** The larger of the two, as it is written. */
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

/** A whole multiple of `step` (a tick or a lot). */
export const isOnGrid = (value: DecimalString, step: DecimalString): boolean =>
  decimal(value).modulo(step).isZero();
