/**
 * What a task has earned and paid over all its rolls (the roll chain). Sums of fills and fees as the exchange executed
 * them, so that they agree with the account to the last digit; only averages and shares are ever rounded.
 */
import type { HeldOption } from '../market/held-option.ts';
import { add, compare, decimal, divide, multiply, subtract, toText, type DecimalString } from '../money.ts';
import type { Option } from '../market/option.ts';
import type { Settlement } from '../market/order.ts';
import type { LegTally } from './roll.ts';

/** In settle coin, since the task was added; an order's executions are booked as soon as it has ended. */
export interface Ledger {
  readonly adopted: AdoptedPosition;
  /** Received for what was sold, and paid for what was bought. */
  readonly credits: DecimalString;
  readonly debits: DecimalString;
  readonly fees: DecimalString;
  /** Result of everything that was closed or delivered, against what it was opened at; before fees. */
  readonly realised: DecimalString;
  /** Quantity that its owner took away or added by own trades, at prices that are not known. */
  readonly changedByOwner: DecimalString;
  /** The last one. */
  readonly settlement: TaskSettlement | null;
  /** Of a structure, from its first on, in the order in which they were booked. */
  readonly settlements?: readonly TaskSettlement[];
}

export interface AdoptedPosition extends HeldOption {
  /** The other legs of a structure. */
  readonly others?: readonly HeldOption[];
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

/** Nothing received or paid yet; everything counts from the position as it was adopted. */
export const openLedger = (held: HeldOption, others?: readonly HeldOption[]): Ledger => ({
  adopted: others ? { ...held, others } : held,
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

/** What an order has executed: quantity in base coin, value and fee in settle coin. */
export type Executed = Pick<LegTally, 'executedQty' | 'value' | 'fee'>;

/**
 * An order of leg 1, on top of what the leg's former orders closed. Parts are booked as differences of what the whole
 * cost to open, so that they add up to it.
 */
export function bookClosing(
  ledger: Ledger,
  held: HeldOption,
  { order, closedBefore }: { readonly order: Executed; readonly closedBefore: DecimalString },
): Ledger {
  const premium = subtract(
    premiumOf(held, add(closedBefore, order.executedQty)),
    premiumOf(held, closedBefore),
  );
  const isShort = held.side === 'Sell';
  const gain = isShort ? subtract(premium, order.value) : subtract(order.value, premium);
  const booked = isShort ? paid(ledger, order) : received(ledger, order);
  return { ...booked, realised: add(ledger.realised, gain) };
}

/** An order of leg 2, or of the way back. */
export const bookOpening = (ledger: Ledger, { side }: HeldOption, order: Executed): Ledger =>
  side === 'Sell' ? received(ledger, order) : paid(ledger, order);

const received = (ledger: Ledger, { value, fee }: Executed): Ledger => ({
  ...ledger,
  credits: add(ledger.credits, value),
  fees: add(ledger.fees, fee),
});

const paid = (ledger: Ledger, { value, fee }: Executed): Ledger => ({
  ...ledger,
  debits: add(ledger.debits, value),
  fees: add(ledger.fees, fee),
});

/**
 * The task's part of what the account's position in an option was settled for. Where less was delivered than the task held, its
 * owner had closed the rest shortly before.
 */
export function bookSettlement(ledger: Ledger, held: HeldOption, settlement: Settlement): Ledger {
  const { deliveryPrice, qty: ofAccount, fee, atMs } = settlement;
  const isLong = held.side === 'Buy';
  const qty = compare(ofAccount, held.qty) < 0 ? ofAccount : held.qty;
  const isWhole = compare(qty, held.qty) === 0;
  const premium = premiumOf(held, qty);
  const paid = multiply(intrinsicValue(held, deliveryPrice), qty);
  const payout = isLong ? paid : multiply(paid, '-1');
  const share = decimal(ofAccount).equals(qty)
    ? fee
    : toText(decimal(fee).times(qty).dividedBy(ofAccount).toDecimalPlaces(8));
  const gain = isLong ? subtract(paid, premium) : subtract(premium, paid);
  const booked = { symbol: held.symbol, qty, deliveryPrice, payout, fee: share, atMs };
  return {
    ...ledger,
    credits: isLong ? add(ledger.credits, paid) : ledger.credits,
    debits: isLong ? ledger.debits : add(ledger.debits, paid),
    fees: add(ledger.fees, share),
    realised: add(ledger.realised, gain),
    ...(isWhole ? {} : { changedByOwner: subtract(ledger.changedByOwner, subtract(held.qty, qty)) }),
    settlement: booked,
    ...(ledger.adopted.others && { settlements: [...(ledger.settlements ?? []), booked] }),
  };
}

/** What one unit of an option pays at `price` of the underlying. */
export function intrinsicValue(
  { strike, optionType }: Pick<Option, 'strike' | 'optionType'>,
  price: DecimalString,
): DecimalString {
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

/**
 * Price of the underlying at expiry at which the whole chain of rolls comes out at nothing, fees included. Of a task of one
 * option: a structure has several such prices, or none.
 */
export function breakEven(ledger: Ledger, held: HeldOption): DecimalString {
  const { adopted } = ledger;
  const first = adopted.side === 'Sell' ? adopted.premium : multiply(adopted.premium, '-1');
  const perUnit = divide(add(first, cashFlow(ledger)), held.qty);
  const { strike, optionType } = held;
  const isUp = (optionType === 'call') === (held.side === 'Sell');
  return isUp ? add(strike, perUnit) : subtract(strike, perUnit);
}
