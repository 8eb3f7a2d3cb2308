/**
 * What is known of one order, put together from reports and fills that may repeat or come out of order.
 * Fills are counted once, by execution id; a report never takes back what an earlier one proved.
 */
import type { RefusalScope } from '../errors.ts';
import {
  add,
  compare,
  decimal,
  isPositive,
  isZero,
  larger,
  multiply,
  sum,
  toText,
  type DecimalString,
} from '../money.ts';
import type { Fill, OrderReport, OrderSighting } from '../market/order.ts';
import type { Cause } from './outcomes.ts';
import type { TradeProblem } from './trade-problem.ts';

export interface OrderProgress {
  readonly report: OrderReport | null;
  readonly fills: readonly Fill[];
  /**
   * Told ahead and without fees. They are counted apart from the others and never added to them, so that no execution counts
   * twice, whatever its ids are. Absent while nothing was told so.
   */
  readonly fast?: readonly Fill[];
}

export const noProgress: OrderProgress = { report: null, fills: [] };

/** The exchange has ended the order; `false` while there is no report. */
export const isFinal = (report: OrderReport | null): boolean => report !== null && report.status !== 'open';

/** The progress with the report, unless an earlier one proves more: more executed, or the end of the order. */
export function noteReport(progress: OrderProgress, report: OrderReport): OrderProgress {
  return progress.report === null || supersedes(report, progress.report) ? { ...progress, report } : progress;
}

function supersedes(next: OrderReport, last: OrderReport): boolean {
  const executed = compare(next.executedQty, last.executedQty);
  if (executed !== 0) return executed > 0;
  if (isFinal(last)) return false;
  return isFinal(next) || next.updatedAtMs >= last.updatedAtMs;
}

/** The progress with the fill, counted once by its execution id. */
export function noteFill(progress: OrderProgress, fill: Fill): OrderProgress {
  if (fill.isFast) return noteFastFill(progress, fill);
  return progress.fills.some(({ execId }) => execId === fill.execId)
    ? progress
    : { ...progress, fills: [...progress.fills, fill] };
}

function noteFastFill(progress: OrderProgress, fill: Fill): OrderProgress {
  const { fast = [] } = progress;
  return fast.some(({ execId }) => execId === fill.execId)
    ? progress
    : { ...progress, fast: [...fast, fill] };
}

/** What was looked up takes the place of what a stream has said of the same execution. */
export function noteSighting(progress: OrderProgress, { order, fills }: OrderSighting): OrderProgress {
  const byId = new Map([...progress.fills, ...fills].map((fill) => [fill.execId, fill]));
  const withFills = { ...progress, fills: [...byId.values()] };
  return order ? noteReport(withFills, order) : withFills;
}

/** Sum of the fills, in base coin. */
export const filledQty = ({ fills }: OrderProgress): DecimalString => sum(fills.map(({ qty }) => qty));

/** All of it was executed, as was told ahead: nothing of it is left to be traded, whatever its last report says. */
export const isToldFilled = ({ fast }: OrderProgress, qty: DecimalString): boolean =>
  fast !== undefined && compare(toldQty(fast), qty) === 0;

/** Sum of what was told ahead, in base coin. */
export const toldQty = (fast: readonly Fill[] = []): DecimalString => sum(fast.map((fill) => fill.qty));

/** Executed quantity as proved by either source. */
export const executedQty = (progress: OrderProgress): DecimalString =>
  larger(filledQty(progress), progress.report?.executedQty ?? '0');

/** Over, and its fills are what its last report counted: neither fewer nor more. */
export const isVerified = (progress: OrderProgress): boolean =>
  progress.report !== null &&
  isFinal(progress.report) &&
  compare(filledQty(progress), progress.report.executedQty) === 0;

/** Told to be filled, and every fill of it has come with its fee since; a report of its end is not needed. */
export const isToldAndVerified = (progress: OrderProgress, qty: DecimalString): boolean =>
  isToldFilled(progress, qty) && compare(filledQty(progress), qty) === 0;

/** Why an order ended short of filled: what was said of it, or why no price was found for it. */
export type EndingCause = Cause | TradeProblem;

/** Why an order ended, where the exchange has no report that says so. */
export interface Ending {
  /** Its refusal to take the order. */
  readonly refusal: RefusalScope | null;
  /** `null` while nothing is known. */
  readonly cause: EndingCause | null;
  /** What went wrong with its requests before, oldest first. */
  readonly before: readonly Cause[];
  /** The exchange takes no request before this time. */
  readonly notBeforeMs?: number;
}

/** How one order ended. Quantities in base coin, money in settle coin. */
export interface OrderOutcome {
  readonly linkId: string;
  readonly symbol: string;
  readonly result: 'filled' | 'partial' | 'unfilled' | 'rejected';
  readonly executedQty: DecimalString;
  /** Sum of price × quantity over the fills. */
  readonly value: DecimalString;
  readonly fee: DecimalString;
  /** Why it ended short of filled; `null` when it did not, or nothing is known. */
  readonly cause: EndingCause | null;
  /** What went wrong with its requests before, oldest first. */
  readonly before: readonly Cause[];
  /** Why the exchange refused it, at once or later; `null` when it did not. */
  readonly refusal: RefusalScope | null;
  /** The exchange takes no request before this time, when that is known. */
  readonly notBeforeMs?: number;
  /** Exchange time of the last report of it. */
  readonly atMs: number;
}

/** How the order ended, by what is known of it at `order.nowMs`. */
export function outcomeOf(
  order: {
    readonly linkId: string;
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly nowMs: number;
  },
  progress: OrderProgress,
  ending: Ending,
): OrderOutcome {
  const executed = executedQty(progress);
  const refusal = progress.report ? progress.report.refusal : ending.refusal;
  const result =
    compare(executed, order.qty) >= 0
      ? 'filled'
      : isPositive(executed)
        ? 'partial'
        : refusal !== null
          ? 'rejected'
          : 'unfilled';
  return {
    linkId: order.linkId,
    symbol: order.symbol,
    result,
    executedQty: executed,
    ...moneyOf(progress, executed),
    ...(result === 'filled' ? { cause: null, before: [] } : causesOf(progress, ending)),
    refusal,
    ...(ending.notBeforeMs !== undefined && { notBeforeMs: ending.notBeforeMs }),
    atMs: order.nowMs,
  };
}

function causesOf(
  { report }: OrderProgress,
  { cause, before }: Ending,
): Pick<OrderOutcome, 'cause' | 'before'> {
  if (cause !== null || before.length > 0 || report === null || report.reason === '')
    return { cause, before };
  return { cause: { code: 'said', figures: { words: report.reason, exchangeCode: '' } }, before };
}

/** From the fills when they are complete, else from the exchange's own average. */
export function moneyOf(
  progress: OrderProgress,
  executed: DecimalString,
): { value: DecimalString; fee: DecimalString } {
  if (progress.report === null || compare(filledQty(progress), executed) === 0) {
    return {
      value: progress.fills.reduce((total, { price, qty }) => add(total, multiply(price, qty)), '0'),
      fee: sum(progress.fills.map(({ fee }) => fee)),
    };
  }
  return { value: multiply(progress.report.averagePrice, executed), fee: progress.report.fee };
}

/** Average price, rounded to 8 places for people; `"0"` when nothing was executed. */
export const averagePrice = (value: DecimalString, qty: DecimalString): DecimalString =>
  isZero(qty) ? '0' : toText(decimal(value).dividedBy(qty).toDecimalPlaces(8));
