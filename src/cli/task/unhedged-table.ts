/** How long a backtest was without its position, and why, for both the terminal and the report. */
import type { UnhedgedInterval } from '../../backtest/unhedged.ts';
import { minuteMs } from '../../domain/units.ts';
import { durationText } from '../shell/duration-text.ts';
import { timeText } from '../shell/output.ts';

/** Shorter intervals in which nothing went wrong are only counted: an order was being worked then. */
const shortMs = minuteMs;

const forMs = ({ sinceMs, untilMs }: UnhedgedInterval): number => untilMs - sinceMs;

/** One sentence for all intervals; `null` when there was none. */
export function unhedgedText(intervals: readonly UnhedgedInterval[]): string | null {
  if (intervals.length === 0) return null;
  const longestMs = Math.max(...intervals.map(forMs));
  const togetherMs = intervals.reduce((total, interval) => total + forMs(interval), 0);
  const times = intervals.length === 1 ? 'once' : `${intervals.length} times`;
  return `Between the legs, without the position, ${times}: ${durationText(togetherMs)} together, ${durationText(longestMs)} the longest.`;
}

export const unhedgedHead = ['WITHOUT THE POSITION', 'FOR', 'MISSING', 'ORDERS', 'BECAUSE'] as const;

/** The long intervals, and those in which something went wrong. */
export const unhedgedRows = (intervals: readonly UnhedgedInterval[]): string[][] =>
  intervals
    .filter((interval) => interval.reason !== '' || forMs(interval) >= shortMs)
    .map((interval) => [
      timeText(interval.sinceMs),
      `${durationText(forMs(interval))}${interval.hasEnded ? '' : ', to the end'}`,
      [interval, ...(interval.others ?? [])].map(({ qty, symbol }) => `${qty} ${symbol}`).join(', '),
      String(interval.orders),
      interval.reason || 'the order was being worked',
    ]);
