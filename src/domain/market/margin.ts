/**
 * What a roll does to an account's margin: before, between its legs, and after. An estimate by the exchange's published
 * formulas for cross margin (docs/exchange.md#margin): a short option needs initial and maintenance margin, a long one
 * is paid up front. Portfolio margin nets risks and asks for less.
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
} from '../money.ts';
import { parseOptionSymbol } from './option-symbol.ts';
import type { Margin, Quote, Side } from './order.ts';

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
  readonly quote: Quote;
}

interface Factors {
  readonly initial: DecimalString;
  readonly initialFloor: DecimalString;
  readonly maintenance: DecimalString;
  readonly liquidation: DecimalString;
}

/** Of one unit short; factors of the index. Other coins have factors of their own, which are not published in the API. */
const published: Factors = {
  initial: '0.15',
  initialFloor: '0.1',
  maintenance: '0.03',
  liquidation: '0.002',
};
const factorsByCoin: ReadonlyMap<string, Factors> = new Map([
  ['BTC', published],
  ['ETH', published],
]);

/**
 * @param price average price at which it was opened
 * @returns margin of one unit in settle coin; null for a coin whose factors are not known
 */
export function shortOptionMargin(
  quote: Quote,
  price: DecimalString,
): { readonly initial: DecimalString; readonly maintenance: DecimalString } | null {
  const { index, mark } = quote;
  const { strike, optionType, baseCoin } = parseOptionSymbol(quote.symbol);
  const factors = factorsByCoin.get(baseCoin);
  if (factors === undefined) return null;
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
    return { unknownCoin: null, before, between: unknown, after: unknown };
  const freed = needOf(closing, entry, 'Buy');
  const needed = opening === null ? nothing : needOf(opening, opening.price, 'Sell');
  if (freed === null || needed === null) {
    const { baseCoin } = parseOptionSymbol(closing.quote.symbol);
    return { unknownCoin: baseCoin, before, between: unknown, after: unknown };
  }
  const between = {
    balance: add(balance, cashOf(closing)),
    initial: larger('0', subtract(initial, freed.initial)),
    maintenance: larger('0', subtract(maintenance, freed.maintenance)),
  };
  if (opening === null)
    return { unknownCoin: null, before, between: stepOf(between), after: stepOf(between) };
  const after = {
    balance: add(between.balance, cashOf(opening)),
    initial: add(between.initial, needed.initial),
    maintenance: add(between.maintenance, needed.maintenance),
  };
  return { unknownCoin: null, before, between: stepOf(between), after: stepOf(after) };
}

const nothing = { initial: '0', maintenance: '0' };

/** What a leg frees or needs: margin moves with shorts alone; null when it is not known. */
function needOf({ side, qty, quote }: LegCost, price: DecimalString, ofSide: Side) {
  if (side !== ofSide) return nothing;
  const unit = shortOptionMargin(quote, price);
  if (unit === null) return null;
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
