/**
 * The owner's word for what became of an order whose outcome stays unknown: when it counts, what it must not contradict,
 * and what the order makes of it. It never lets a second order out: what is said not to have been placed goes out again
 * under its own link id, which the exchange takes only once; what is said to have ended short is cancelled before it counts. And
 * nothing counts as traded that the position does not show.
 */
import { compare, isPositive, smaller, subtract, type DecimalString } from '../money.ts';
import type { ReasonOf } from '../reason.ts';
import type { Cause } from './outcomes.ts';
import { executedQty, isFinal } from './order-progress.ts';
import type { OrderContext, OwnersWord } from './order-work.ts';
import { isFoundOpen } from './unknown-outcome.ts';

/** So long it is searched for first. By then no late request counts any more, and a person has been asked. */
export const wordCountsAfterMs = 60_000;

/** Why the owner's word does not count. */
export interface WordProblemFigures {
  readonly noOrder: object;
  readonly anotherOrder: { readonly linkId: string; readonly workedLinkId: string };
  readonly outcomeKnown: { readonly linkId: string };
  readonly beingMadeSure: { readonly linkId: string };
  readonly searchedTooShortly: {
    readonly linkId: string;
    readonly forMs: number;
    readonly neededMs: number;
  };
  readonly openAtExchange: { readonly linkId: string };
  readonly wasPlaced: { readonly linkId: string };
  readonly moreThanOrdered: { readonly qty: DecimalString; readonly orderedQty: DecimalString };
  readonly lessThanProven: { readonly qty: DecimalString; readonly executedQty: DecimalString };
  /** No look-up was answered, so nothing is known of the position either. */
  readonly nothingToCompare: { readonly linkId: string; readonly cause: Cause | null };
  readonly positionSaysOtherwise: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly qtyBefore: DecimalString;
    readonly qtyNow: DecimalString;
    /** What the position would fit. */
    readonly fittingQty: DecimalString;
  };
}

export type WordProblem = ReasonOf<WordProblemFigures>;

/**
 * How much of the order its position has moved by, between nothing and all of it; `null` when the last look-up was not
 * answered, so that nothing is known of the position.
 */
export function movedQty(context: OrderContext): DecimalString | null {
  const { lookUps, lookUpFault, positionQty, positionQtyBefore, reduceOnly, qty } = context;
  if (lookUps === 0 || lookUpFault !== null) return null;
  const moved = reduceOnly
    ? subtract(positionQtyBefore, positionQty)
    : subtract(positionQty, positionQtyBefore);
  return isPositive(moved) ? smaller(moved, qty) : '0';
}

/**
 * Why the word does not count; `null` when it does.
 * @param context of an order that is being searched for
 * @param atMs when it was said
 */
export function problemOfWord(context: OrderContext, word: OwnersWord, atMs: number): WordProblem | null {
  const { linkId, searchingSinceMs, acknowledged, progress } = context;
  const isAnswered = movedQty(context) !== null;
  if (isFoundOpen(context)) return { code: 'openAtExchange', figures: { linkId } };
  if (isFinal(progress.report)) return { code: 'outcomeKnown', figures: { linkId } };
  const forMs = atMs - searchingSinceMs;
  if (forMs < wordCountsAfterMs)
    return { code: 'searchedTooShortly', figures: { linkId, forMs, neededMs: wordCountsAfterMs } };
  if (word.kind === 'filled') return problemOfQty(context, word.qty);
  // Where look-ups are answered, sending it again would tell nothing new of an order that was taken.
  return acknowledged && isAnswered ? { code: 'wasPlaced', figures: { linkId } } : null;
}

function problemOfQty(context: OrderContext, qty: DecimalString): WordProblem | null {
  const proven = executedQty(context.progress);
  if (compare(qty, context.qty) > 0)
    return { code: 'moreThanOrdered', figures: { qty, orderedQty: context.qty } };
  if (compare(qty, proven) < 0) return { code: 'lessThanProven', figures: { qty, executedQty: proven } };
  const fittingQty = movedQty(context);
  if (fittingQty === null) {
    const { linkId, lookUpFault: cause } = context;
    return { code: 'nothingToCompare', figures: { linkId, cause } };
  }
  if (compare(fittingQty, qty) === 0) return null;
  const { symbol, positionQty: qtyNow, positionQtyBefore: qtyBefore } = context;
  return { code: 'positionSaysOtherwise', figures: { symbol, qty, qtyBefore, qtyNow, fittingQty } };
}

/** Notes what its owner says; an earlier word is replaced. */
export const takeWord = (word: OwnersWord, atMs: number): Partial<OrderContext> => ({
  word,
  nowMs: atMs,
  saidGone: false,
});

/** All of it: nothing can be alive any more. */
export const isWholeOrder = ({ qty }: OrderContext, filledQty: DecimalString): boolean =>
  compare(filledQty, qty) >= 0;

/**
 * It was cancelled for the sake of the word, the exchange knew of nothing to cancel, and a look-up after that shows a
 * position that fits.
 */
export const wordStands = (context: OrderContext): boolean => {
  const { word, saidGone } = context;
  const moved = movedQty(context);
  return word?.kind === 'filled' && saidGone && moved !== null && compare(moved, word.qty) === 0;
};

/** It has to be made sure that nothing of the order is alive, before what was said counts. */
export const mustMakeSure = ({ word, saidGone }: OrderContext): boolean =>
  word?.kind === 'filled' && !saidGone;

/** The order ends as its owner said. */
export function countWord(context: OrderContext): Partial<OrderContext> {
  const { word, progress, linkId, symbol, side, qty, price, nowMs } = context;
  if (word?.kind !== 'filled') return {};
  const report = {
    linkId,
    symbol,
    side,
    status: isWholeOrder(context, word.qty) ? ('filled' as const) : ('cancelled' as const),
    qty,
    price,
    executedQty: word.qty,
    averagePrice: word.price,
    fee: word.fee,
    reason: '',
    refusal: null,
    updatedAtMs: nowMs,
  };
  const before = context.fault === null ? [] : [context.fault];
  return {
    // What the exchange has reported of fills is part of what the owner says, at another price perhaps.
    progress: { ...progress, report },
    ending: { refusal: null, cause: { code: 'ownersWord', figures: {} }, before },
  };
}
