/** What the files of a backtest were taken for, and what is missing in them, as lines for people. */
import { durationText } from '../shell/duration-text.ts';
import type { BacktestResult } from '../../backtest/backtest.ts';
import type { PriceShape } from '../../backtest/price-file.ts';
import { timeText } from '../shell/output.ts';

export function shapeText(file: string, shape: PriceShape): string {
  const { hasHeader, separator, time, otherTimes, timeInTwoColumns, prices, order } = shape;
  const between = separator === '\t' ? 'tabs' : JSON.stringify(separator);
  const others = otherTimes.map((other) => `, from row ${other.row} on also ${other.time}`).join('');
  const where = timeInTwoColumns ? ' in two columns' : '';
  return `Took ${file} for: ${hasHeader ? 'a header' : 'no header'}, columns between ${between}, time as ${time}${others}${where} (UTC unless it names a zone), ${prices}, ${order}.`;
}

/** Nothing when no row is missing. */
export function gapsText({ gaps, rowEveryMs }: BacktestResult): readonly string[] {
  const { count, longestMs, longestAtMs, early } = gaps;
  const lines: string[] = [];
  if (count > 0 && longestAtMs !== null)
    lines.push(
      `Rows are missing at ${count} ${count === 1 ? 'place' : 'places'}, the longest for ${durationText(longestMs)} from ${timeText(longestAtMs)}: nothing happens there.`,
    );
  if (early > 0)
    lines.push(`${early} rows follow the one before in less than half of ${durationText(rowEveryMs)}.`);
  return lines;
}

/** What was used where the tape of volatilities does not reach; nothing when it reaches everywhere. */
export function volatilityGapsText(file: string, { volatility }: BacktestResult): readonly string[] {
  if (!volatility) return [];
  const { firstMs, lastMs, beforeMs, afterMs, unit, everyMs, used, missing } = volatility;
  const every = everyMs > 0 ? `, one every ${durationText(everyMs)}` : '';
  const lines = [`Volatilities in ${unit}${every}, ${timeText(firstMs)} to ${timeText(lastMs)}.`];
  if (used === 1) lines.push(`Only one of them was used: volatility did not move.`);
  if (missing.count > 0 && missing.longestAtMs !== null)
    lines.push(
      `Volatilities are missing at ${missing.count} ${missing.count === 1 ? 'place' : 'places'}, the longest for ${durationText(missing.longestMs)} from ${timeText(missing.longestAtMs)}: the one before was used.`,
    );
  if (beforeMs > 0)
    lines.push(
      `Before ${file} begins its first value was used, for ${durationText(beforeMs)}: volatility did not move.`,
    );
  if (afterMs > 0)
    lines.push(
      `After ${file} ends its last value was used, for ${durationText(afterMs)}: volatility did not move.`,
    );
  return lines;
}
