/**
 * What a roll does to an account's margin: before, between its legs, and after. An estimate by the exchange's published
 * formulas for cross margin (bybit-v5.md §8): a short option needs initial and maintenance margin, a long one is paid up
 * front. Portfolio margin nets risks and asks for less.
 */
import {
  add,
  decimal,
  Decimal,
  divide,
  larger,
  multiply,
  subtract,
  toText,
  type DecimalString,
} from './money.ts';
import { parseOptionSymbol } from './option-symbol.ts';
import type { Margin, Quote, Side } from './order.ts';

/** Fractions of the account's balance; `null` when it cannot be known. */
export interface MarginStep {
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
}

export interface MarginSteps {
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
  readonly quote: Quote;
}

/** Of one unit short; factors of the index, as published for BTC. */
const factors = { initial: '0.15', initialFloor: '0.1', maintenance: '0.03', liquidation: '0.002' };

/** @param price average price at which it was opened */
export function shortOptionMargin(
  quote: Quote,
  price: DecimalString,
): { readonly initial: DecimalString; readonly maintenance: DecimalString } {
  const { index, mark } = quote;
  const { strike, optionType } = parseOptionSymbol(quote.symbol);
  const away = decimal(strike).minus(index);
  const outOfTheMoney = Decimal.max(0, optionType === 'call' ? away : away.negated());
  const base = larger(
    toText(decimal(index).times(factors.initial).minus(outOfTheMoney)),
    multiply(index, factors.initialFloor),
  );
  const maintenance = toText(
    decimal(larger(index, mark))
      .times(factors.maintenance)
      .plus(mark)
      .plus(decimal(index).times(factors.liquidation)),
  );
  return { initial: larger(add(base, larger(price, mark)), maintenance), maintenance };
}

/**
 * @param entry average price of what is held
 * @param opening `null` when nothing is opened afterwards
 */
export function marginSteps(
  margin: Margin,
  entry: DecimalString,
  closing: LegCost,
  opening: LegCost | null,
): MarginSteps {
  const before = { initialRate: margin.initialRate, maintenanceRate: margin.maintenanceRate };
  const { balance, initial, maintenance } = margin;
  const unknown: MarginStep = { initialRate: null, maintenanceRate: null };
  if (balance === null || initial === null || maintenance === null)
    return { before, between: unknown, after: unknown };
  const freed = needOf(closing, entry, 'Buy');
  const between = {
    balance: add(balance, cashOf(closing)),
    initial: larger('0', subtract(initial, freed.initial)),
    maintenance: larger('0', subtract(maintenance, freed.maintenance)),
  };
  if (opening === null) return { before, between: stepOf(between), after: stepOf(between) };
  const needed = needOf(opening, opening.price, 'Sell');
  const after = {
    balance: add(between.balance, cashOf(opening)),
    initial: add(between.initial, needed.initial),
    maintenance: add(between.maintenance, needed.maintenance),
  };
  return { before, between: stepOf(between), after: stepOf(after) };
}

/** What a leg frees or needs: margin moves with shorts alone. */
function needOf({ side, qty, quote }: LegCost, price: DecimalString, ofSide: Side) {
  if (side !== ofSide) return { initial: '0', maintenance: '0' };
  const unit = shortOptionMargin(quote, price);
  return { initial: multiply(unit.initial, qty), maintenance: multiply(unit.maintenance, qty) };
}

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
