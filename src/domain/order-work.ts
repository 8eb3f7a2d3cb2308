/**
 * What the order machine knows and how it decides: prices, waits, and when an order is proved never to have been
 * placed. Pure, so that the chart only says which decision is taken where.
 */
import { compare, isZero } from './money.ts';
import { limitPrice, quoteProblem, type PriceRules } from './limit-price.ts';
import type { OrderRequest, Quote, Side } from './order.ts';
import { executedQty, noProgress, noteSighting, type Ending, type OrderProgress } from './order-progress.ts';
import type { OrderLookUp, ReadAnswer, Stamp } from './outcomes.ts';
import type { Execution } from './task-spec.ts';
import { absenceProvenAfterMs } from './write-window.ts';

export interface OrderInput {
  readonly linkId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly qty: string;
  readonly reduceOnly: boolean;
  readonly execution: Execution;
  readonly rules: PriceRules;
  readonly quote: Quote;
  /** Position size in this symbol before the order, to tell later whether anything was traded. */
  readonly positionQtyBefore: string;
  readonly atMs: number;
}

export interface OrderContext extends Omit<OrderInput, 'quote' | 'atMs'> {
  /** Limit price the exchange has, or is about to get. */
  readonly price: string;
  /** Price of an amendment that is not acknowledged yet. */
  readonly amendedPrice: string;
  readonly step: number;
  readonly deadlineAtMs: number;
  readonly progress: OrderProgress;
  readonly acknowledged: boolean;
  /** Look-ups of the current search, and how many of them in a row saw nothing at all. */
  readonly lookUps: number;
  readonly emptyLookUps: number;
  /** When the last look-up was asked; what it shows is no younger, however late its answer came. */
  readonly askedAtMs: number;
  readonly positionMoved: boolean;
  readonly searchingSinceMs: number;
  /** Since when nobody knows what became of it, over all searches; `null` while somebody does. */
  readonly unresolvedSinceMs: number | null;
  readonly escalated: boolean;
  readonly nowMs: number;
  readonly wakeAtMs: number;
  readonly ending: Ending;
}

const emptyLookUpsMin = 3;
const lookUpDelaysMs = [300, 700, 1_500, 3_000, 5_000] as const;
/** How long a final order may miss executions before the exchange's own count is taken. */
export const missingFillsLookUpsMax = 8;
export const verifyWaitMs = 400;
export const cancelWaitMs = 2_000;
const iocWaitMs = 2_000;
export const escalateAfterMs = 60_000;

/** Where an order starts: priced at its first step, nothing sent yet. */
export function firstContext(input: OrderInput): OrderContext {
  const { quote, atMs, ...order } = input;
  const price = limitPrice(quote, input.side, input.execution, 0, input.rules);
  return {
    ...order,
    price,
    amendedPrice: price,
    step: 0,
    deadlineAtMs: atMs + input.execution.deadlineMs,
    progress: noProgress,
    acknowledged: false,
    lookUps: 0,
    emptyLookUps: 0,
    askedAtMs: atMs,
    positionMoved: false,
    searchingSinceMs: atMs,
    unresolvedSinceMs: null,
    escalated: false,
    nowMs: atMs,
    wakeAtMs: atMs,
    ending: { refusal: null, reason: '' },
  };
}

export const requestOf = (context: OrderContext): OrderRequest => ({
  linkId: context.linkId,
  symbol: context.symbol,
  side: context.side,
  qty: context.qty,
  price: context.price,
  timeInForce: context.execution.style === 'cross' ? 'IOC' : 'GTC',
  reduceOnly: context.reduceOnly,
});

export const isOurs = (
  context: OrderContext,
  seen: { linkId: string; symbol: string; side: Side },
): boolean => seen.linkId === context.linkId && seen.symbol === context.symbol && seen.side === context.side;

/** When to look at a working order again: at its next price step, or when an IOC should long be over. */
export const wakeTime = ({ execution, deadlineAtMs }: OrderContext, nowMs: number): number =>
  Math.min(
    nowMs + (execution.style === 'walk' ? execution.everyMs : iocWaitMs),
    Math.max(deadlineAtMs, nowMs),
  );

/** The next limit, or `null` when the price stays: same grid price, or nothing to price on. */
export function nextPrice(context: OrderContext, answer: ReadAnswer<Quote> & Stamp): string | null {
  if (answer.kind !== 'read' || quoteProblem(answer.value, context.side, answer.atMs) !== null) return null;
  const price = limitPrice(answer.value, context.side, context.execution, context.step + 1, context.rules);
  return compare(price, context.price) === 0 ? null : price;
}

export function afterLookUp(
  context: OrderContext,
  answer: ReadAnswer<OrderLookUp> & Stamp,
): Partial<OrderContext> {
  if (answer.kind === 'failed') return { nowMs: answer.atMs, lookUps: context.lookUps + 1 };
  const { sighting, position } = answer.value;
  const ours = sighting.order === null || isOurs(context, sighting.order);
  const seen = ours && (sighting.order !== null || sighting.fills.length > 0);
  return {
    nowMs: answer.atMs,
    lookUps: context.lookUps + 1,
    emptyLookUps: seen ? 0 : context.emptyLookUps + 1,
    askedAtMs: context.nowMs,
    acknowledged: context.acknowledged || seen,
    unresolvedSinceMs: seen ? null : context.unresolvedSinceMs,
    positionMoved: compare(position.qty, context.positionQtyBefore) !== 0,
    progress: ours ? noteSighting(context.progress, sighting) : context.progress,
  };
}

/** Never acknowledged, never seen, position unmoved, and looked for after a delayed request could still count. */
export const isProvenAbsent = (context: OrderContext): boolean =>
  !context.acknowledged &&
  context.progress.report === null &&
  isZero(executedQty(context.progress)) &&
  context.emptyLookUps >= emptyLookUpsMin &&
  !context.positionMoved &&
  context.askedAtMs - context.searchingSinceMs >= absenceProvenAfterMs;

/** The exchange spoke of the order by itself: it exists, and its fate is no riddle. */
export const heard = ({ atMs }: Stamp, progress: OrderProgress): Partial<OrderContext> => ({
  progress,
  acknowledged: true,
  unresolvedSinceMs: null,
  nowMs: atMs,
});

/** Pause before the next look-up, growing with their number. */
export const lookUpWaitMs = (lookUps: number): number =>
  lookUpDelaysMs[Math.min(Math.max(lookUps, 1), lookUpDelaysMs.length) - 1] ?? lookUpDelaysMs[0];

/** How long nobody has known what became of the order. */
export const unresolvedForMs = ({ nowMs, unresolvedSinceMs }: OrderContext): number =>
  unresolvedSinceMs === null ? 0 : nowMs - unresolvedSinceMs;
