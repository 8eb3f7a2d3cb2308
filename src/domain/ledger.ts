/**
 * What a task has earned and paid over all its rolls (the roll chain). Sums of fills and fees as the exchange executed
 * them, so that they agree with the account to the last digit; only averages and shares are ever rounded.
 */
import type { HeldOption } from './held-option.ts';
import { add, decimal, divide, multiply, subtract, sum, toText, type DecimalString } from './money.ts';
import { parseOptionSymbol } from './option-symbol.ts';
import type { Settlement } from './order.ts';
import type { LegTally } from './roll.ts';

/** In settle coin, since the position was taken into care. */
export interface Ledger {
  readonly adopted: HeldOption;
  /** Received for what was sold, and paid for what was bought. */
  readonly credits: DecimalString;
  readonly debits: DecimalString;
  readonly fees: DecimalString;
  /** Result of everything that was closed or delivered, against what it was opened at; before fees. */
  readonly realised: DecimalString;
  /** Quantity that its owner took out of care or brought into it by trading himself, at prices nobody here knows. */
  readonly changedByOwner: DecimalString;
  readonly settlement: TaskSettlement | null;
}

export interface TaskSettlement {
  readonly symbol: string;
  readonly qty: DecimalString;
  readonly deliveryPrice: DecimalString;
  /** Received, negative when paid. */
  readonly payout: DecimalString;
  readonly fee: DecimalString;
  readonly atMs: number;
}

export const openLedger = (adopted: HeldOption): Ledger => ({
  adopted,
  credits: '0',
  debits: '0',
  fees: '0',
  realised: '0',
  changedByOwner: '0',
  settlement: null,
});

/** What a closed part cost to open: its share of the whole, to a hundred-millionth where that does not divide. */
export const premiumOf = ({ premium, qty }: HeldOption, part: DecimalString): DecimalString =>
  decimal(part).equals(qty)
    ? premium
    : toText(decimal(premium).times(part).dividedBy(qty).toDecimalPlaces(8));

/** Both legs of a roll, or the one of a close. */
export function bookRoll(ledger: Ledger, held: HeldOption, closed: LegTally, opened: LegTally): Ledger {
  const premium = premiumOf(held, closed.executedQty);
  const isShort = held.side === 'Sell';
  const gain = isShort ? subtract(premium, closed.value) : subtract(closed.value, premium);
  return {
    ...ledger,
    credits: add(ledger.credits, isShort ? opened.value : closed.value),
    debits: add(ledger.debits, isShort ? closed.value : opened.value),
    fees: sum([ledger.fees, closed.fee, opened.fee]),
    realised: add(ledger.realised, gain),
  };
}

/** The task's part of what the account's position in an option was settled for. */
export function bookSettlement(ledger: Ledger, held: HeldOption, settlement: Settlement): Ledger {
  const { deliveryPrice, qty, fee, atMs } = settlement;
  const isLong = held.side === 'Buy';
  const paid = multiply(intrinsicValue(held.symbol, deliveryPrice), held.qty);
  const payout = isLong ? paid : multiply(paid, '-1');
  const share = decimal(qty).equals(held.qty)
    ? fee
    : toText(decimal(fee).times(held.qty).dividedBy(qty).toDecimalPlaces(8));
  const gain = isLong ? subtract(paid, held.premium) : subtract(held.premium, paid);
  return {
    ...ledger,
    credits: isLong ? add(ledger.credits, paid) : ledger.credits,
    debits: isLong ? ledger.debits : add(ledger.debits, paid),
    fees: add(ledger.fees, share),
    realised: add(ledger.realised, gain),
    settlement: { symbol: held.symbol, qty: held.qty, deliveryPrice, payout, fee: share, atMs },
  };
}

/** What one unit of an option pays at `price` of the underlying. */
export function intrinsicValue(symbol: string, price: DecimalString): DecimalString {
  const { strike, optionType } = parseOptionSymbol(symbol);
  const gain = optionType === 'call' ? subtract(price, strike) : subtract(strike, price);
  return decimal(gain).isPositive() ? gain : '0';
}

/** Received − paid − fees since adoption: exactly what the account's balance has moved by. */
export const cashFlow = ({ credits, debits, fees }: Ledger): DecimalString =>
  subtract(subtract(credits, debits), fees);

/** Result of what is still held, at a mark price; before fees. */
export function openResult({ side, qty, premium }: HeldOption, mark: DecimalString): DecimalString {
  const worth = multiply(mark, qty);
  return side === 'Sell' ? subtract(premium, worth) : subtract(worth, premium);
}

/** Price of the underlying at expiry at which the whole chain of rolls comes out at nothing, fees included. */
export function breakEven(ledger: Ledger, held: HeldOption): DecimalString {
  const { adopted } = ledger;
  const first = adopted.side === 'Sell' ? adopted.premium : multiply(adopted.premium, '-1');
  const perUnit = divide(add(first, cashFlow(ledger)), held.qty);
  const { strike, optionType } = parseOptionSymbol(held.symbol);
  const isUp = (optionType === 'call') === (held.side === 'Sell');
  return isUp ? add(strike, perUnit) : subtract(strike, perUnit);
}
