/**
 * What the order machine knows, and how it prices and paces one order. Pure, so that the chart only says which decision
 * is taken where; what is done while its outcome is unknown is in unknown-outcome.ts.
 */
import { compare, isPositive, type DecimalString } from '../money.ts';
import { limitPrice, quoteAgeMaxMs, quoteProblem, type PriceRules } from './limit-price.ts';
import type { Fill, OrderReport, OrderRequest, OrderSighting, Quote, Side } from '../market/order.ts';
import {
  filledQty,
  noProgress,
  noteFill,
  noteReport,
  noteSighting,
  toldQty,
  type Ending,
  type EndingCause,
  type OrderProgress,
} from './order-progress.ts';
import {
  isSameCause,
  type Cause,
  type ReadAnswer,
  type Stamp,
  type Stamped,
  type WriteAnswer,
} from './outcomes.ts';
import type { Execution } from '../rules/rule.ts';

export interface OrderInput {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: string;
  readonly reduceOnly: boolean;
  readonly execution: Execution;
  readonly rules: PriceRules;
  readonly quote: Quote;
  /** Position size in this symbol before the order, to see later whether anything was traded. */
  readonly positionQtyBefore: string;
  readonly atMs: number;
}

/** What its owner says became of an order whose outcome stays unknown. */
export type OwnersWord =
  | { readonly kind: 'notPlaced' }
  /** It has traded this much and is over; `qty` in base coin may be 0, `price` is the average, `fee` in settle coin. */
  | {
      readonly kind: 'filled';
      readonly qty: DecimalString;
      readonly price: DecimalString;
      readonly fee: DecimalString;
    };

export interface OrderContext extends Omit<OrderInput, 'quote' | 'atMs'> {
  /** Limit price the exchange has, or is about to get. */
  readonly price: string;
  /** When the quote was made that a price was last found on before sending. */
  readonly pricedAtMs: number;
  /** Price of an amendment that is not acknowledged yet. */
  readonly amendedPrice: string;
  readonly step: number;
  readonly deadlineAtMs: number;
  readonly progress: OrderProgress;
  /** The exchange took it or reported it: it cannot be sent again. */
  readonly acknowledged: boolean;
  /** When the exchange last took it or reported it. */
  readonly reportedAtMs: number;
  /** The exchange reported it since the current search began. */
  readonly found: boolean;
  /** How often its end was asked for. */
  readonly cancels: number;
  /** Look-ups of the current search, and how many of them in a row saw nothing at all. */
  readonly lookUps: number;
  readonly emptyLookUps: number;
  /** Position size in this symbol as last looked up, and when it was last found to have moved in this search. */
  readonly positionQty: string;
  readonly positionMovedAtMs: number | null;
  readonly searchingSinceMs: number;
  /** So long after the search began an empty look-up proves absence, as the last one said; `null` before the first. */
  readonly absenceProvenAfterMs: number | null;
  /** When the last look-up was asked; what it shows is no younger, however late its answer came. */
  readonly askedAtMs: number;
  /** Since when its outcome is unknown, or it outlives its cancellation; `null` otherwise. */
  readonly unresolvedSinceMs: number | null;
  /** What was last said of a request that left its outcome open; `null` for nothing. */
  readonly fault: Cause | null;
  /** What went wrong with the last look-up; `null` when it was answered. */
  readonly lookUpFault: Cause | null;
  /** Its submit was answered with a code that is in no table: it is looked up, and not sent again. */
  readonly isNotUnderstood: boolean;
  /** How often a person should have been asked by now. */
  readonly escalations: number;
  /** `null` while the owner has said nothing, or the exchange more since. */
  readonly word: OwnersWord | null;
  /** When it was last asked to cancel it, the exchange knew of no such order that is alive. */
  readonly saidGone: boolean;
  readonly nowMs: number;
  readonly wakeAtMs: number;
  readonly ending: Ending;
}

const iocWaitMs = 2_000;
/** A working order that no report came of for so long is looked up: a stream may lose a message unnoticed. */
export const silenceMaxMs = 30_000;
const noEnding: Ending = { refusal: null, cause: null, before: [] };

/** Where an order starts: priced at its first step, nothing sent yet. */
export function firstContext(input: OrderInput): OrderContext {
  const { quote, atMs, ...order } = input;
  const price = limitPrice(quote, input, 0);
  return {
    ...order,
    price,
    pricedAtMs: quote.atMs,
    amendedPrice: price,
    step: 0,
    deadlineAtMs: atMs + input.execution.deadlineMs,
    progress: noProgress,
    acknowledged: false,
    reportedAtMs: atMs,
    found: false,
    cancels: 0,
    lookUps: 0,
    emptyLookUps: 0,
    positionQty: input.positionQtyBefore,
    positionMovedAtMs: null,
    searchingSinceMs: atMs,
    absenceProvenAfterMs: null,
    askedAtMs: atMs,
    unresolvedSinceMs: null,
    fault: null,
    lookUpFault: null,
    isNotUnderstood: false,
    escalations: 0,
    word: null,
    saidGone: false,
    nowMs: atMs,
    wakeAtMs: atMs,
    ending: noEnding,
  };
}

const timeInForce = { walk: 'GTC', cross: 'IOC', rest: 'PostOnly' } as const;

/** What is sent for the order, at the price it stands at. */
export const requestOf = (context: OrderContext): OrderRequest => ({
  linkId: context.linkId,
  symbol: context.symbol,
  side: context.side,
  qty: context.qty,
  price: context.price,
  timeInForce: timeInForce[context.execution.style],
  reduceOnly: context.reduceOnly,
});

/** The link id, symbol and side are those of this order. */
export const isOurs = (
  context: OrderContext,
  seen: { linkId: string; symbol: string; side: Side },
): boolean => seen.linkId === context.linkId && seen.symbol === context.symbol && seen.side === context.side;

/**
 * A report of this order that can be true. No order executes more than was ordered: such a figure is wrong, and because
 * leg 2 opens what leg 1 has executed, it is believed from no source.
 */
const isPossible = (context: OrderContext, report: OrderReport): boolean =>
  isOurs(context, report) && compare(report.executedQty, context.qty) <= 0;

/** As before when its fills would be more than was ordered. */
const ifPossible = ({ progress, qty }: OrderContext, noted: OrderProgress): OrderProgress =>
  compare(filledQty(noted), qty) <= 0 && compare(toldQty(noted.fast), qty) <= 0 ? noted : progress;

/** A report of another order changes nothing. */
export const noteOwnReport = (
  context: OrderContext,
  report: OrderReport,
  atMs: number,
): Partial<OrderContext> =>
  isPossible(context, report)
    ? { nowMs: atMs, ...noteExistence(context, atMs, noteReport(context.progress, report)) }
    : {};

/** A fill of another order, or one beyond the ordered quantity, changes nothing. */
export const noteOwnFill = (context: OrderContext, fill: Fill, atMs: number): Partial<OrderContext> =>
  isOurs(context, fill)
    ? { nowMs: atMs, ...noteExistence(context, atMs, ifPossible(context, noteFill(context.progress, fill))) }
    : {};

/** `null` when nothing in it is of this order. */
export function progressSeen(context: OrderContext, { order, fills }: OrderSighting): OrderProgress | null {
  const report = order !== null && isPossible(context, order) ? order : null;
  const ours = fills.filter((fill) => isOurs(context, fill));
  if (report === null && ours.length === 0) return null;
  const progress = ifPossible(context, noteSighting(context.progress, { order: null, fills: ours }));
  return report === null ? progress : noteReport(progress, report);
}

/** The deadline has passed, in exchange time. */
export const isOutOfTime = ({ nowMs, deadlineAtMs }: OrderContext): boolean => nowMs >= deadlineAtMs;

/** Not later than the deadline, where something else is decided. */
const byDeadline = ({ deadlineAtMs }: OrderContext, nowMs: number, wakeAtMs: number): number =>
  Math.min(wakeAtMs, Math.max(deadlineAtMs, nowMs));

/** When to look at a working order again: at its next price step, or when an IOC should long be over. */
export const wakeTime = (context: OrderContext, nowMs: number, notBeforeMs = nowMs): number => {
  const { style, everyMs } = context.execution;
  return byDeadline(context, nowMs, Math.max(notBeforeMs, nowMs + (style === 'cross' ? iocWaitMs : everyMs)));
};

type QuoteAnswer = Stamped<ReadAnswer<Quote>>;

/** Why no price can be found on this answer, or `null`. */
export const pricingProblem = ({ side }: OrderContext, answer: QuoteAnswer): EndingCause | null =>
  answer.kind === 'failed' ? answer.cause : quoteProblem(answer.value, side, answer.atMs);

/** The next limit, or `null` when the price stays: same grid price, or nothing to price on. */
export function nextPrice(context: OrderContext, answer: QuoteAnswer): string | null {
  if (answer.kind === 'failed' || pricingProblem(context, answer) !== null) return null;
  const price = limitPrice(answer.value, context, context.step + 1);
  return compare(price, context.price) === 0 ? null : price;
}

/** Moves on by one step, to its price or the price it stands at. */
export const planPrice = (context: OrderContext, answer: QuoteAnswer): Partial<OrderContext> => ({
  nowMs: answer.atMs,
  step: context.step + 1,
  amendedPrice: nextPrice(context, answer) ?? context.price,
});

/** The price it stands at is kept, after this answer to an amendment or for want of a better one. */
export const keepPrice = (
  context: OrderContext,
  answer: Stamped<WriteAnswer | ReadAnswer<Quote>>,
): Partial<OrderContext> => ({
  nowMs: answer.atMs,
  wakeAtMs: wakeTime(
    context,
    answer.atMs,
    answer.kind === 'retry' ? answer.atMs + answer.retryAfterMs : answer.atMs,
  ),
});

/** What was priced on an old quote and is still to be sent is priced anew, under the same link id. */
export const isPriceFresh = ({ nowMs, pricedAtMs }: OrderContext): boolean =>
  nowMs - pricedAtMs <= quoteAgeMaxMs;

/** Prices the order at its present step on a fresh quote; a quote that could not be read changes nothing. */
export function priceAgain(context: OrderContext, answer: QuoteAnswer): Partial<OrderContext> {
  if (answer.kind === 'failed') return {};
  const price = limitPrice(answer.value, context, context.step);
  return { nowMs: answer.atMs, price, amendedPrice: price, pricedAtMs: answer.value.atMs };
}

/** Waits one interval for a quote that can be priced on, and notes why the last one could not. */
export const waitForQuote = (context: OrderContext, answer: QuoteAnswer): Partial<OrderContext> => ({
  nowMs: answer.atMs,
  wakeAtMs: byDeadline(context, answer.atMs, answer.atMs + context.execution.everyMs),
  ending: { ...context.ending, cause: pricingProblem(context, answer) },
});

/**
 * Not taken, and may be sent again: at its deadline that is decided anew, after it only the wait that was asked for counts.
 * A wait beyond the deadline is not begun, unless only sending the order again shows what became of it.
 */
export function waitToRetry(context: OrderContext, answer: Stamped<WriteAnswer>): Partial<OrderContext> {
  const { atMs } = answer;
  if (answer.kind !== 'retry') return { nowMs: atMs };
  const retryAtMs = atMs + answer.retryAfterMs;
  const ending = { ...context.ending, cause: answer.cause, notBeforeMs: retryAtMs };
  const isInTime = atMs < context.deadlineAtMs;
  const isHopeless = isInTime && isShutBeyondDeadline({ ...context, ending });
  const wakeAtMs = isHopeless ? atMs : isInTime ? byDeadline(context, atMs, retryAtMs) : retryAtMs;
  return { nowMs: atMs, wakeAtMs, ending };
}

/** Only sending it again shows what became of it: the exchange takes a link id only once. */
export const mustAskExchange = ({
  word,
  positionMovedAtMs,
}: Pick<OrderContext, 'word' | 'positionMovedAtMs'>): boolean =>
  positionMovedAtMs !== null || word?.kind === 'notPlaced';

/** The exchange takes no request before the deadline, and nothing has to be learned by sending it. */
export const isShutBeyondDeadline = (
  context: Pick<OrderContext, 'ending' | 'deadlineAtMs' | 'positionMovedAtMs' | 'word'>,
): boolean => !mustAskExchange(context) && (context.ending.notBeforeMs ?? 0) >= context.deadlineAtMs;

/** Notes why the exchange refused the order; any other answer changes nothing. */
export const noteRefusal = (context: OrderContext, answer: Stamped<WriteAnswer>): Partial<OrderContext> => ({
  nowMs: answer.atMs,
  ending:
    answer.kind === 'refused' ? { refusal: answer.scope, cause: answer.cause, before: [] } : context.ending,
});

/** Notes that the exchange took the order, and when to look at it again. */
export const noteAcknowledgement = (context: OrderContext, { atMs }: Stamp): Partial<OrderContext> => ({
  nowMs: atMs,
  wakeAtMs: wakeTime(context, atMs),
  ...noteExistence(context, atMs, context.progress),
});

/** The exchange took the order or reported it: it exists, at the price that the report says. */
export function noteExistence(
  { cancels, price }: OrderContext,
  atMs: number,
  progress: OrderProgress,
): Partial<OrderContext> {
  const { report } = progress;
  return {
    progress,
    acknowledged: true,
    reportedAtMs: atMs,
    found: true,
    word: null,
    price: report?.status === 'open' && isPositive(report.price) ? report.price : price,
    // An order that outlives its cancellation is still unresolved.
    ...(cancels === 0 && { ...noTrouble, ending: noEnding }),
  };
}

/** The task no longer wants the order: from here on it is treated like one whose deadline has passed. */
export const withdraw = (context: OrderContext, { atMs }: Stamp): Partial<OrderContext> => ({
  nowMs: atMs,
  deadlineAtMs: Math.min(context.deadlineAtMs, atMs),
  ending: isUnexplained(context.ending)
    ? { ...context.ending, cause: { code: 'withdrawn', figures: {} } }
    : context.ending,
});

const noTrouble = {
  unresolvedSinceMs: null,
  escalations: 0,
  fault: null,
  lookUpFault: null,
  isNotUnderstood: false,
} as const;

const isUnexplained = ({ cause, before }: Ending): boolean => cause === null && before.length === 0;

/** Notes why it ends short: the last answer or report is kept, also when its time is up. */
export function noteTimeIsUp(context: OrderContext): Partial<OrderContext> {
  const { ending, fault, isNotUnderstood, cancels } = context;
  if (!isUnexplained(ending) && (cancels > 0 || isFaultNamed(context))) return {};
  const isLate = isUnexplained(ending) && isOutOfTime(context) && !isNotUnderstood;
  const cause: EndingCause | null = isLate ? { code: 'deadlinePassed', figures: {} } : ending.cause;
  return { ending: { ...ending, cause, before: fault === null ? ending.before : [...ending.before, fault] } };
}

/** What went wrong with its last request is part of why it ends already; or nothing went wrong. */
const isFaultNamed = ({ ending: { cause, before }, fault }: OrderContext): boolean =>
  fault === null ||
  JSON.stringify(cause) === JSON.stringify(fault) ||
  before.some((named) => isSameCause(named, fault));
