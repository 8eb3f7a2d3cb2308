/**
 * What a roll does to an account's margin: before, between its legs, and after. An estimate: a short option needs the
 * margin that the exchange's rules say (`UnitCosts`), a long one is paid up front.
 */
import { add, compare, decimal, divide, larger, multiply, subtract, type DecimalString } from '../money.ts';
import type { Margin, Side } from './order.ts';
import type { ShortMargin } from './exchange-rules.ts';
import type { HeldOption } from './held-option.ts';
import { touchPrice, type PricedQuote } from './unit-costs.ts';

/** Fractions of the account's balance; `null` when they are not known. */
export interface MarginStep {
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
}

export interface MarginSteps {
  /** The coin whose margin factors are not known; its margin between and after the legs is not estimated. */
  readonly unknownCoin: string | null;
  readonly before: MarginStep;
  readonly between: MarginStep;
  readonly after: MarginStep;
}

/** One leg as it would be traded. */
export interface LegCost {
  readonly side: Side;
  readonly qty: DecimalString;
  readonly price: DecimalString;
  readonly fee: DecimalString;
  /** Of one unit, where the leg opens or closes a short; `null` when it is not known. */
  readonly shortMargin: ShortMargin | null;
}

export interface LegCosts {
  /** Of all options. */
  readonly baseCoin: string;
  /** In the order in which they are traded; nothing may be opened afterwards. */
  readonly closings: readonly LegCost[];
  readonly openings: readonly LegCost[];
  /** The openings come before the closings. */
  readonly opensFirst?: boolean;
}

/**
 * Margin rates before, between and after the legs, as fractions of the balance; `null` rates where a figure is not
 * known.
 */
export function marginSteps(margin: Margin, costs: LegCosts): MarginSteps {
  const { baseCoin, closings, openings, opensFirst = false } = costs;
  const before = { initialRate: margin.initialRate, maintenanceRate: margin.maintenanceRate };
  const { balance, initial, maintenance } = margin;
  const unknown: MarginStep = { initialRate: null, maintenanceRate: null };
  if (balance === null || initial === null || maintenance === null)
    return { unknownCoin: null, before, between: unknown, after: unknown };
  const unpriced = { unknownCoin: baseCoin, before, between: unknown, after: unknown };
  let now: Totals = { balance, initial, maintenance };
  const points: Totals[] = [];
  const isOpening = (leg: LegCost): boolean => openings.includes(leg);
  for (const leg of opensFirst ? [...openings, ...closings] : [...closings, ...openings]) {
    const moved = isOpening(leg) ? needOf(leg, 'Sell') : needOf(leg, 'Buy');
    if (moved === null) return unpriced;
    now = isOpening(leg) ? opened(now, leg, moved) : closed(now, leg, moved);
    points.push(now);
  }
  const between = points.slice(0, openings.length === 0 ? points.length : -1).map(stepOf);
  return {
    unknownCoin: null,
    before,
    between: between.reduce(worse, between[0] ?? before),
    after: stepOf(now),
  };
}

const closed = (now: Totals, leg: LegCost, freed: ShortMargin): Totals => ({
  balance: add(now.balance, cashOf(leg)),
  initial: larger('0', subtract(now.initial, freed.initial)),
  maintenance: larger('0', subtract(now.maintenance, freed.maintenance)),
});

const opened = (now: Totals, leg: LegCost, needed: ShortMargin): Totals => ({
  balance: add(now.balance, cashOf(leg)),
  initial: add(now.initial, needed.initial),
  maintenance: add(now.maintenance, needed.maintenance),
});

/** The step with the higher maintenance rate; one that is not known is worse than any. */
const worse = (a: MarginStep, b: MarginStep): MarginStep =>
  a.maintenanceRate === null ||
  (b.maintenanceRate !== null && compare(a.maintenanceRate, b.maintenanceRate) >= 0)
    ? a
    : b;

const nothing: ShortMargin = { initial: '0', maintenance: '0' };

/** What a leg frees or needs: margin moves with shorts alone; null when it is not known. */
function needOf({ side, qty, shortMargin: unit }: LegCost, ofSide: Side): ShortMargin | null {
  if (side !== ofSide) return nothing;
  if (unit === null) return null;
  return { initial: multiply(unit.initial, qty), maintenance: multiply(unit.maintenance, qty) };
}

/** A leg that is not traded yet. */
export interface LegOrder {
  readonly side: Side;
  readonly qty: DecimalString;
  readonly quote: PricedQuote;
  /** An order that rests pays as a maker. Default: it is filled at once. */
  readonly execution?: { readonly style: 'walk' | 'cross' | 'rest' };
}

/** What a leg costs at the price that it can be had for at once. */
export function costOf({ side, qty, quote, execution }: LegOrder): LegCost {
  const { shortMargin, maker, ...taker } = quote.costs;
  const { feeToBuy, feeToSell } = execution?.style === 'rest' && maker ? maker : taker;
  const fee = multiply(side === 'Buy' ? feeToBuy : feeToSell, qty);
  return { side, qty, price: touchPrice(quote, side), fee, shortMargin };
}

interface RollOrders {
  readonly held: HeldOption;
  readonly closings: readonly LegOrder[];
  readonly openings: readonly LegOrder[];
  readonly opensFirst?: boolean;
}

/** `marginSteps` of all orders of a roll, each as if it were filled at once. */
export const marginOfRoll = (
  margin: Margin,
  { held, closings, openings, opensFirst = false }: RollOrders,
): MarginSteps =>
  marginSteps(margin, {
    baseCoin: held.baseCoin,
    closings: closings.map(costOf),
    openings: openings.map(costOf),
    opensFirst,
  });

/** Received, less the fee; negative when it is paid. */
export function cashOf({ side, qty, price, fee }: LegCost): DecimalString {
  const value = multiply(price, qty);
  return subtract(side === 'Sell' ? value : multiply(value, '-1'), fee);
}

interface Totals {
  readonly balance: DecimalString;
  readonly initial: DecimalString;
  readonly maintenance: DecimalString;
}

function stepOf({ balance, initial, maintenance }: Totals): MarginStep {
  if (!decimal(balance).isPositive() || decimal(balance).isZero())
    return { initialRate: null, maintenanceRate: null };
  return { initialRate: divide(initial, balance), maintenanceRate: divide(maintenance, balance) };
}
