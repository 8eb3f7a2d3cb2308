/**
 * How a price moves inside a minute: from open through the nearer extreme and the farther one to the close, on straight
 * lines. Tape and random walk both yield minutes; the player reads the resulting polyline at any moment.
 */
import { minuteMs } from '../../domain/units.ts';

export interface Minute {
  readonly atMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface PricePoint {
  readonly atMs: number;
  readonly price: number;
}

/** Minutes one after the other, numbered from 0. */
export interface MinuteSource {
  readonly baseCoin: string;
  readonly startMs: number;
  /** Null when it never ends. */
  readonly totalMinutes: number | null;
  /** Undefined past the end. Only the current minute and the next ones may be asked for. */
  minute(index: number): Minute | undefined;
}

/** As shares of the minute: at 0, 20, 40 and 59 s. */
const pointOffsets = [0, 20 / 60, 40 / 60, 59 / 60] as const;
export const lastPointMs = (spanMs: number): number => Math.round((59 / 60) * spanMs);

/** @param spanMs how long the "minute" lasts, when rows are farther apart */
export function pointsOf(minute: Minute, spanMs = minuteMs): readonly PricePoint[] {
  const { open, high, low, close } = minute;
  const lowFirst = Math.abs(open - low) <= Math.abs(high - open);
  const prices = lowFirst ? [open, low, high, close] : [open, high, low, close];
  return pointOffsets.map((share, at) => ({
    atMs: minute.atMs + Math.round(share * spanMs),
    price: prices[at] ?? close,
  }));
}

/** The price at `atMs` on the straight line from `before` to `after`; the last known price when nothing follows. */
export function priceBetween(before: PricePoint, after: PricePoint | undefined, atMs: number): number {
  if (!after || after.atMs <= before.atMs) return before.price;
  const share = Math.min(1, Math.max(0, (atMs - before.atMs) / (after.atMs - before.atMs)));
  return before.price + (after.price - before.price) * share;
}
