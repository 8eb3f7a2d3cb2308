/**
 * What is done while the outcome of an order is unknown, or while it outlives its cancellation: how it is searched
 * for, what proves that it was never placed, how often a person is asked. Waiting long is no proof: the search continues
 * until there is one.
 */
import { compare, isZero } from '../money.ts';
import { executedQty, isFinal, isToldAndVerified, isToldFilled, isVerified } from './order-progress.ts';
import {
  noteExistence,
  isOutOfTime,
  isShutBeyondDeadline,
  mustAskExchange,
  noteRefusal,
  progressSeen,
  type OrderContext,
} from './order-work.ts';
import type { Cause, OrderLookUp, ReadAnswer, Stamped, WriteAnswer } from './outcomes.ts';
import type { ReasonOf } from '../reason.ts';

const emptyLookUpsMin = 3;
const movedPositionMs = 60_000;
const waitsMs = [300, 700, 1_500, 3_000, 5_000, 10_000, 20_000, 30_000] as const;
/** How long a final order may miss executions before the exchange's own count is taken. */
export const missingFillsLookUpsMax = 7;
export const verifyWaitMs = 400;
const cancelWaitMs = 2_000;

/** The n-th pause of a row; it grows to half a minute and stays there. */
export const pauseMs = (n: number): number =>
  waitsMs[Math.min(Math.max(n, 1), waitsMs.length) - 1] ?? waitsMs[0];

/** Only the first answer to a submit proves that there is no order: before any unknown outcome and any report of it. */
export const isCertainRefusal = (context: OrderContext, answer: WriteAnswer): boolean =>
  answer.kind === 'refused' && !context.acknowledged && context.unresolvedSinceMs === null;

/** Notes what an answer says that settles nothing. */
export const noteFault = ({ fault }: OrderContext, answer: Stamped<WriteAnswer>): Partial<OrderContext> => ({
  nowMs: answer.atMs,
  fault: answer.kind === 'acknowledged' ? fault : answer.cause,
});

/** It is unknown whether the submit happened, or its answer contradicts what is known. */
export const noteUnknownOutcome = (
  context: OrderContext,
  answer: Stamped<WriteAnswer>,
): Partial<OrderContext> => ({
  ...noteFault(context, answer),
  ...noteRefusal(context, answer),
  acknowledged: context.acknowledged || (answer.kind === 'unknown' && answer.orderExists === true),
  isNotUnderstood: answer.kind === 'unknown' && answer.answered === 'unlisted',
});

/** The exchange, or what stands before it, said something that a person should see at once. */
export const isNotUnderstood = (answer: WriteAnswer): boolean =>
  answer.kind === 'unknown' && (answer.answered ?? null) !== null;

/**
 * The exchange has ended it, or it was told ahead that all of it was executed. The latter is believed for as long as a final order
 * may miss executions, and searched for like any other afterwards.
 */
export const isOver = ({ progress, qty, lookUps }: OrderContext): boolean =>
  isFinal(progress.report) || (isToldFilled(progress, qty) && lookUps < missingFillsLookUpsMax);

/** Its fills are all known, with their fees. */
export const isFullyKnown = ({ progress, qty }: OrderContext): boolean =>
  isVerified(progress) || isToldAndVerified(progress, qty);

/** Open, by what the exchange said since the search began; an earlier report may be out of date. */
export const isFoundOpen = ({ found, progress }: OrderContext): boolean =>
  found && progress.report?.status === 'open';

/** Begins to look for the order, as if nothing was known of it. */
export const startSearch = ({
  nowMs,
  unresolvedSinceMs,
  positionQtyBefore,
  word,
}: OrderContext): Partial<OrderContext> => ({
  unresolvedSinceMs: unresolvedSinceMs ?? nowMs,
  searchingSinceMs: nowMs,
  found: false,
  lookUps: 0,
  emptyLookUps: 0,
  positionQty: positionQtyBefore,
  positionMovedAtMs: null,
  // It has been sent again for this word, and again nothing is known.
  word: word?.kind === 'notPlaced' ? null : word,
});

/** `context.nowMs` still is when the look-up was asked. */
export function noteLookUp(
  context: OrderContext,
  answer: Stamped<ReadAnswer<OrderLookUp>>,
): Partial<OrderContext> {
  const looked = { nowMs: answer.atMs, askedAtMs: context.nowMs, lookUps: context.lookUps + 1 };
  if (answer.kind === 'failed') return { ...looked, lookUpFault: answer.cause };
  const { sighting, position, absenceProvenAfterMs } = answer.value;
  const progress = progressSeen(context, sighting);
  const isEmpty = sighting.order === null && sighting.fills.length === 0;
  return {
    ...looked,
    lookUpFault: null,
    emptyLookUps: isEmpty ? context.emptyLookUps + 1 : 0,
    positionQty: position.qty,
    absenceProvenAfterMs,
    ...(compare(position.qty, context.positionQty) !== 0 && { positionMovedAtMs: answer.atMs }),
    ...(progress !== null && noteExistence(context, answer.atMs, progress)),
  };
}

/**
 * Never acknowledged, never seen, and looked for after a delayed request could still count. A position that moved may
 * have been moved by this order, or by another task or the owner in the same option: then it takes a minute without
 * another move in which no look-up shows the order, and even then it is sent again rather than given up
 * (`isWorthSending`), because the exchange takes a link id only once and so has the last word.
 */
export const isProvenAbsent = (context: OrderContext): boolean =>
  !context.acknowledged &&
  context.progress.report === null &&
  isZero(executedQty(context.progress)) &&
  context.emptyLookUps >= emptyLookUpsMin &&
  (context.positionMovedAtMs === null
    ? context.absenceProvenAfterMs !== null &&
      context.askedAtMs - context.searchingSinceMs >= context.absenceProvenAfterMs
    : context.askedAtMs - context.positionMovedAtMs >= movedPositionMs);

/**
 * Not after its deadline, nor while the exchange takes nothing until then, nor when its answer was not understood: the
 * same order would get the same answer, and the saga decides anew. None of that counts while it is unknown whether the
 * order was placed; after a refusal it is never sent again.
 */
export const isWorthSending = (context: OrderContext): boolean => {
  const { ending, isNotUnderstood } = context;
  if (ending.refusal !== null) return false;
  if (mustAskExchange(context)) return true;
  return !isOutOfTime(context) && !isShutBeyondDeadline(context) && !isNotUnderstood;
};

/** Counts one request to cancel; from the first on the order is unresolved until it has ended. */
export const countCancellation = ({
  cancels,
  nowMs,
  unresolvedSinceMs,
}: OrderContext): Partial<OrderContext> => ({
  cancels: cancels + 1,
  unresolvedSinceMs: unresolvedSinceMs ?? nowMs,
});

/** Whatever the answer, the order may have ended: its end is waited for, then it is looked up and asked to end again. */
export function waitForEnd(context: OrderContext, answer: Stamped<WriteAnswer>): Partial<OrderContext> {
  const atLeastMs =
    answer.kind === 'acknowledged' ? cancelWaitMs : answer.kind === 'retry' ? answer.retryAfterMs : 0;
  return {
    ...noteFault(context, answer),
    saidGone: answer.kind === 'refused' && answer.scope === 'final',
    wakeAtMs: answer.atMs + Math.max(atLeastMs, pauseMs(context.cancels)),
  };
}

/** How long the outcome of the order has been unknown, or it has outlived its cancellation. */
export const unresolvedForMs = ({ nowMs, unresolvedSinceMs }: OrderContext): number =>
  unresolvedSinceMs === null ? 0 : nowMs - unresolvedSinceMs;

interface Causes {
  /** What was said of the last request and of the last look-up. */
  readonly causes: readonly Cause[];
}

/** Why the outcome of an order is unknown. */
export interface UnresolvedFigures {
  readonly openAfterCancel: Causes;
  readonly takenButNotFound: Causes;
  readonly neverFound: Causes;
}

export type Unresolved = ReasonOf<UnresolvedFigures>;

/** What a person should know about an order that is unresolved. */
export function unresolvedReason({
  cancels,
  progress,
  acknowledged,
  fault,
  lookUpFault,
}: OrderContext): Unresolved {
  const code =
    cancels > 0 && progress.report !== null
      ? 'openAfterCancel'
      : acknowledged
        ? 'takenButNotFound'
        : 'neverFound';
  return { code, figures: { causes: [fault, lookUpFault].filter((cause) => cause !== null) } };
}
