/**
 * What forbids a roll though its trigger holds (design §7): what it would cost, and how far apart the market quotes it.
 * Judged before anything is closed, at the prices that can be had at once: buying at the ask, selling at the bid. Money
 * is in settle coin for the whole quantity, before fees.
 */
import { compare, decimal, multiply, percentText, subtract, toText, type DecimalString } from './money.ts';
import type { Quote, Side } from './order.ts';

/** An amount, or a share of what closing the old option costs (of what it brings, for a long). */
export interface DebitMax {
  readonly kind: 'amount' | 'share';
  readonly value: DecimalString;
}

/** Absent: nothing is asked. */
export interface PriceGuards {
  readonly netCreditMin?: DecimalString;
  readonly debitMax?: DebitMax;
  /** Of each of the two options, ask less bid as a share of mid. */
  readonly spreadMax?: DecimalString;
}

export interface RollPrices {
  /** Of the position that is rolled. */
  readonly side: Side;
  readonly qty: DecimalString;
  readonly old: Quote;
  readonly next: Quote;
}

/** Why the roll is forbidden at these prices, for people, or `null`. */
export function guardProblem(guards: PriceGuards, prices: RollPrices): string | null {
  return spreadProblem(guards, prices) ?? costProblem(guards, prices);
}

/** What a roll brings, negative when it costs; `null` when a side that it needs is not quoted. */
export function netCredit(prices: RollPrices): DecimalString | null {
  const legs = legPrices(prices);
  if (legs === null) return null;
  const { closing, opening } = legs;
  const credit = prices.side === 'Sell' ? subtract(opening, closing) : subtract(closing, opening);
  return multiply(credit, prices.qty);
}

/** What each leg can be traded at right now. */
function legPrices({ side, old, next }: RollPrices) {
  const [closing, opening] = side === 'Sell' ? [old.ask, next.bid] : [old.bid, next.ask];
  return closing === null || opening === null ? null : { closing, opening };
}

function spreadProblem({ spreadMax }: PriceGuards, { old, next }: RollPrices): string | null {
  if (spreadMax === undefined) return null;
  for (const { symbol, bid, ask } of [old, next]) {
    if (bid === null || ask === null) return `the spread of ${symbol} is not known: one side is not quoted`;
    const spread = toText(decimal(ask).minus(bid).times(2).dividedBy(decimal(ask).plus(bid)));
    if (compare(spread, spreadMax) > 0)
      return `spread ${percentText(spread)} of ${symbol} (${bid} to ${ask}) is above ${percentText(spreadMax)}`;
  }
  return null;
}

function costProblem({ netCreditMin, debitMax }: PriceGuards, prices: RollPrices): string | null {
  if (netCreditMin === undefined && debitMax === undefined) return null;
  const legs = legPrices(prices);
  const credit = netCredit(prices);
  if (legs === null || credit === null)
    return 'what the roll would cost is not known: one side is not quoted';
  if (netCreditMin !== undefined && compare(credit, netCreditMin) < 0)
    return `net credit ${credit} is below ${netCreditMin}`;
  return debitMax ? debitProblem(debitMax, multiply(credit, '-1'), multiply(legs.closing, prices.qty)) : null;
}

function debitProblem(
  { kind, value }: DebitMax,
  debit: DecimalString,
  premium: DecimalString,
): string | null {
  const most = kind === 'amount' ? value : multiply(premium, value);
  if (compare(debit, most) <= 0) return null;
  const share = kind === 'amount' ? '' : `, ${percentText(value)} of the premium ${premium}`;
  return `debit ${debit} is above ${most}${share}`;
}
