/**
 * What forbids a roll though its trigger holds (design §7): what it would cost, and how far apart the market quotes it.
 * Judged before anything is closed, at the prices that can be had at once: buying at the ask, selling at the bid. Money
 * is in settle coin for the whole quantity, before fees.
 */
import { compare, decimal, multiply, subtract, toText, type Decimal, type DecimalString } from './money.ts';
import type { Quote, Side } from './order.ts';

/** Absent: nothing is asked. */
export interface PriceGuards {
  readonly netCreditMin?: DecimalString;
  /** An amount, or a share of what closing the old option costs (of what it brings, for a long). */
  readonly debitMax?: { readonly kind: 'amount' | 'share'; readonly value: DecimalString };
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
export function netCredit({ side, qty, old, next }: RollPrices): DecimalString | null {
  const [paid, received] = side === 'Sell' ? [old.ask, next.bid] : [next.ask, old.bid];
  return paid === null || received === null ? null : multiply(subtract(received, paid), qty);
}

function spreadProblem({ spreadMax }: PriceGuards, { old, next }: RollPrices): string | null {
  if (spreadMax === undefined) return null;
  for (const { symbol, bid, ask } of [old, next]) {
    if (bid === null || ask === null) return `the spread of ${symbol} is not known: one side is not quoted`;
    const spread = decimal(ask).minus(bid).times(2).dividedBy(decimal(ask).plus(bid));
    if (spread.greaterThan(spreadMax))
      return `spread ${percent(spread)} of ${symbol} is above ${percent(decimal(spreadMax))}`;
  }
  return null;
}

function costProblem({ netCreditMin, debitMax }: PriceGuards, prices: RollPrices): string | null {
  if (netCreditMin === undefined && debitMax === undefined) return null;
  const credit = netCredit(prices);
  if (credit === null) return 'what the roll would cost is not known: one side is not quoted';
  if (netCreditMin !== undefined && compare(credit, netCreditMin) < 0)
    return `net credit ${credit} is below ${netCreditMin}`;
  if (debitMax === undefined) return null;
  const debit = multiply(credit, '-1');
  const premium = multiply((prices.side === 'Sell' ? prices.old.ask : prices.old.bid) ?? '0', prices.qty);
  const most = debitMax.kind === 'amount' ? debitMax.value : multiply(premium, debitMax.value);
  if (compare(debit, most) <= 0) return null;
  return debitMax.kind === 'amount'
    ? `debit ${debit} is above ${most}`
    : `debit ${debit} is above ${most}, ${percent(decimal(debitMax.value))} of the premium ${premium}`;
}

const percent = (share: Decimal): string => `${toText(share.times(100).toDecimalPlaces(2))}%`;
