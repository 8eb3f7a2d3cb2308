/**
 * What a set of options brings at a price of the underlying: at a delivery exactly, before it by Black and Scholes. Everything that
 * was received and paid before is one sum, so that a task's rolls, a roll's legs and what is held are all told in one figure. Pure.
 */
import { blackScholes, impliedVolatility } from '../market/greeks.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { Option } from '../market/option.ts';
import type { Side } from '../market/order.ts';
import { Decimal, decimal, toText, type DecimalString } from '../money.ts';
import { intrinsicValue } from '../roll/ledger.ts';
import { dayMs } from '../units.ts';

export interface PaidOption extends Pick<Option, 'strike' | 'optionType' | 'expiryMs'> {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  /** A fraction per year; `null` when it is not known: then it is worth its intrinsic value. */
  readonly volatility: DecimalString | null;
}

/** In settle coin. */
export interface PayoffPosition {
  /** Received less paid for everything, fees too, the options below included. */
  readonly cash: DecimalString;
  readonly options: readonly PaidOption[];
}

const yearMs = 365 * dayMs;
/** Of results and break-evens. */
const places = 8;

/** In settle coin, at a price of the underlying and a moment; an option that is delivered by then counts what it pays. */
export function resultAt(
  { cash, options }: PayoffPosition,
  price: DecimalString,
  atMs: number,
): DecimalString {
  const worth = options.reduce((total, option) => {
    const value = unitValue(option, price, atMs).times(option.qty);
    return option.side === 'Sell' ? total.minus(value) : total.plus(value);
  }, decimal(cash));
  return toText(worth.toDecimalPlaces(places));
}

function unitValue(option: PaidOption, price: DecimalString, atMs: number): Decimal {
  if (isExactAt(option, atMs) || option.volatility === null) return decimal(intrinsicValue(option, price));
  const { price: value } = blackScholes({
    ...inputsOf(option, price, atMs),
    volatility: Number(option.volatility),
  });
  return new Decimal(value);
}

const isExactAt = ({ expiryMs }: Pick<PaidOption, 'expiryMs'>, atMs: number): boolean => expiryMs <= atMs;

const inputsOf = (
  { optionType, strike, expiryMs }: Omit<PaidOption, 'volatility'>,
  price: DecimalString,
  atMs: number,
) => ({
  optionType,
  spot: Number(price),
  strike: Number(strike),
  yearsToExpiry: Math.max(0, expiryMs - atMs) / yearMs,
});

export interface MarkedOption {
  readonly index: DecimalString;
  readonly mark: DecimalString;
  /** As the exchange says, a fraction per year; `null` when it does not. */
  readonly volatility: DecimalString | null;
  readonly atMs: number;
}

/**
 * The volatility by which the model gives the option's mark at the index, so that a curve goes through what is known now. The
 * exchange's own where no volatility does: its model may carry a forward price.
 */
export function volatilityOf(
  option: Omit<PaidOption, 'volatility'>,
  { index, mark, volatility, atMs }: MarkedOption,
): DecimalString | null {
  const implied = impliedVolatility(inputsOf(option, index, atMs), Number(mark));
  return implied === null ? volatility : toText(new Decimal(implied).toDecimalPlaces(places));
}

/** When the first of the options is delivered; `null` of none. */
export const firstDelivery = ({ options }: PayoffPosition): number | null =>
  options.length === 0 ? null : Math.min(...options.map(({ expiryMs }) => expiryMs));

/**
 * The prices at which the result is nothing, rising, to a hundred-millionth; none where it is nothing over a whole stretch.
 * Exact when everything is delivered at `atMs`; else as fine as `prices` let it be told apart, which have to rise.
 */
export function breakEvensOf(
  position: PayoffPosition,
  atMs: number,
  prices: readonly DecimalString[],
): readonly DecimalString[] {
  const isExact = position.options.every((option) => isExactAt(option, atMs) || option.volatility === null);
  const found = isExact ? exactRoots(position, atMs) : rootsBetween(position, atMs, prices);
  return [...new Set(found.map((root) => toText(root.toDecimalPlaces(places))))];
}

/** Between strikes, below the lowest and beyond the highest, the result is a straight line. */
function exactRoots(position: PayoffPosition, atMs: number): readonly Decimal[] {
  const strikes = position.options.map(({ strike }) => decimal(strike)).sort((a, b) => a.comparedTo(b));
  const highest = strikes.at(-1);
  if (highest === undefined) return [];
  // One more point on the last line tells its slope.
  const knots = [decimal('0'), ...strikes, highest.times(2).plus(1)];
  const points = knots.map((at) => pointAt(position, at, atMs));
  const roots = points.slice(1, -1).flatMap(({ at, result }, place) => {
    const [before, after] = [points[place], points[place + 2]];
    const isNothingAround = before?.result.isZero() === true && after?.result.isZero() === true;
    return result.isZero() && !isNothingAround ? [at] : [];
  });
  const crossed = pairs(points).flatMap(([a, b]) =>
    a.result.times(b.result).isNegative() ? crossing(a, b) : [],
  );
  return [...roots, ...crossed, ...beyond(points)]
    .filter((root) => root.greaterThan(0))
    .sort((a, b) => a.comparedTo(b));
}

interface Point {
  readonly at: Decimal;
  readonly result: Decimal;
}

const pointAt = (position: PayoffPosition, at: Decimal, atMs: number): Point => ({
  at,
  result: decimal(resultAt(position, toText(at), atMs)),
});

const pairs = (points: readonly Point[]): (readonly [Point, Point])[] =>
  points.slice(1).flatMap((point, place) => {
    const before = points[place];
    return before ? [[before, point] as const] : [];
  });

/** Where the straight line between them is at nothing; none where it is not steeper than the rounding of results. */
function crossing(a: Point, b: Point): readonly Decimal[] {
  const rise = b.result.minus(a.result);
  return rise.isZero() ? [] : [a.at.minus(a.result.times(b.at.minus(a.at)).dividedBy(rise))];
}

/** The last line goes on for ever. */
function beyond(points: readonly Point[]): readonly Decimal[] {
  const [a, b] = [points.at(-2), points.at(-1)];
  if (a === undefined || b === undefined || a.result.isZero()) return [];
  return crossing(a, b).filter((root) => root.greaterThan(b.at) || (b.result.isZero() && root.equals(b.at)));
}

function rootsBetween(
  position: PayoffPosition,
  atMs: number,
  prices: readonly DecimalString[],
): readonly Decimal[] {
  const points = prices.map((price) => pointAt(position, decimal(price), atMs));
  return pairs(points).flatMap(([a, b]) => {
    if (a.result.isZero()) return [a.at];
    return a.result.times(b.result).isNegative() ? [halved(position, atMs, [a, b])] : [];
  });
}

const halvings = 40;

function halved(position: PayoffPosition, atMs: number, [from, to]: readonly [Point, Point]): Decimal {
  let [low, high] = [from, to];
  for (let round = 0; round < halvings; round += 1) {
    const middle = pointAt(position, low.at.plus(high.at).dividedBy(2), atMs);
    if (middle.result.isZero()) return middle.at;
    if (middle.result.isNegative() === low.result.isNegative()) low = middle;
    else high = middle;
  }
  return low.at.plus(high.at).dividedBy(2);
}

/** What was received for the held options less what was paid, before fees. */
export const premiumsOf = (holdings: readonly Pick<HeldOption, 'side' | 'premium'>[]): DecimalString =>
  toText(
    holdings.reduce(
      (total, { side, premium }) => (side === 'Sell' ? total.plus(premium) : total.minus(premium)),
      decimal('0'),
    ),
  );
