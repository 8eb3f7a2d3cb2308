/** Limit prices of an order that is worked: on the tick grid, never past the slippage bound against mark. */
import {
  add,
  compare,
  Decimal,
  decimal,
  larger,
  onGrid,
  smaller,
  subtract,
  toText,
  type DecimalString,
} from '../money.ts';
import type { Quote, Side } from '../market/order.ts';
import type { Execution } from '../rules/rule.ts';
import type { TradeProblem } from './trade-problem.ts';

export interface PriceRules {
  readonly tickSize: DecimalString;
  readonly minPrice: DecimalString;
}

/** What an order is priced by, beside the quote. */
export interface PricingTerms {
  readonly side: Side;
  readonly execution: Execution;
  readonly rules: PriceRules;
}

/** Quotes older than this are not traded on. */
export const quoteAgeMaxMs = 15_000;

/** Why nothing may be traded on this quote, or `null` when it is good. */
export function quoteProblem(quote: Quote | null, side: Side, nowMs: number): TradeProblem | null {
  if (!quote) return { code: 'noQuote', figures: { symbol: null } };
  const ageMs = nowMs - quote.atMs;
  if (ageMs > quoteAgeMaxMs)
    return { code: 'quoteTooOld', figures: { symbol: quote.symbol, ageMs, ageMaxMs: quoteAgeMaxMs } };
  const takes = side === 'Buy' ? 'ask' : 'bid';
  return quote[takes] === null
    ? { code: 'sideNotQuoted', figures: { symbol: quote.symbol, side: takes } }
    : null;
}

/**
 * The limit of the `step`-th price of an order: a walk goes from mid to the far touch in `execution.steps` equal steps
 * and stays there; a cross goes to the bound at once, for the book to improve on; a rest joins the near touch. Mark
 * stands in for a near touch that is not quoted.
 */
export function limitPrice(quote: Quote, terms: PricingTerms, step: number): DecimalString {
  const { side, execution, rules } = terms;
  const bound = slippageBound(quote.mark, terms);
  if (execution.style === 'cross') return bound;
  const far = (side === 'Buy' ? quote.ask : quote.bid) ?? bound;
  const near = (side === 'Buy' ? quote.bid : quote.ask) ?? quote.mark;
  if (execution.style === 'rest') return restingPrice({ near, far, bound }, side, rules);
  const mid = decimal(far).plus(near).dividedBy(2);
  const share = new Decimal(Math.min(step, execution.steps)).dividedBy(execution.steps);
  const wanted = onGrid(toText(mid.plus(decimal(far).minus(mid).times(share))), rules.tickSize, 'nearest');
  const bounded = side === 'Buy' ? smaller(wanted, bound) : larger(wanted, bound);
  return larger(bounded, rules.minPrice);
}

/**
 * One tick short of the far touch at most, so that it takes nothing on arrival. Where the far touch already is the
 * smallest price there is, nothing lies below it, and the exchange will end the order rather than let it take.
 */
function restingPrice(
  { near, far, bound }: { readonly near: string; readonly far: string; readonly bound: string },
  side: Side,
  { tickSize, minPrice }: PriceRules,
): DecimalString {
  const price =
    side === 'Buy'
      ? smaller(onGrid(smaller(near, subtract(far, tickSize)), tickSize, 'down'), bound)
      : larger(onGrid(larger(near, add(far, tickSize)), tickSize, 'up'), bound);
  return larger(price, minPrice);
}

/** Why an order priced on this quote could not reach the far touch within its slippage, or `null`; a rest waits for others. */
export function slippageProblem(quote: Quote, terms: PricingTerms): TradeProblem | null {
  const { side, execution } = terms;
  const touch = side === 'Buy' ? 'ask' : 'bid';
  const far = quote[touch];
  if (execution.style === 'rest' || far === null) return null;
  const bound = slippageBound(quote.mark, terms);
  if (side === 'Buy' ? compare(far, bound) <= 0 : compare(far, bound) >= 0) return null;
  const { symbol, mark } = quote;
  return { code: 'beyondSlippage', figures: { symbol, side: touch, price: far, bound, mark } };
}

/** The worst price allowed: `slippageMax` away from mark, but at least one tick, so that cheap options can trade. */
function slippageBound(mark: DecimalString, { side, execution, rules }: PricingTerms): DecimalString {
  const room = Decimal.max(decimal(mark).times(execution.slippageMax), rules.tickSize);
  return side === 'Buy'
    ? larger(onGrid(toText(decimal(mark).plus(room)), rules.tickSize, 'down'), rules.minPrice)
    : larger(onGrid(toText(decimal(mark).minus(room)), rules.tickSize, 'up'), rules.minPrice);
}
