/** How the files of a backtest were understood and what is missing in them, as lines for people. */
import { durationText } from '../domain/explain/duration-text.ts';
import type { BacktestResult } from './backtest.ts';
import type { PriceShape } from './price-file.ts';

export function shapeText(file: string, shape: PriceShape): string {
  const { hasHeader, separator, time, otherTimes, timeInTwoColumns, prices, order } = shape;
  const between = separator === '\t' ? 'tabs' : JSON.stringify(separator);
  const others = otherTimes.map((other) => `, from row ${other.row} on also ${other.time}`).join('');
  const where = timeInTwoColumns ? ' in two columns' : '';
  return `Read ${file} as: ${hasHeader ? 'a header' : 'no header'}, columns between ${between}, time as ${time}${others}${where} (UTC unless it names a zone), ${prices}, ${order}.`;
}

/** Where rows are missing or too close; no lines when neither is so. */
export function gapsText({ gaps, rowEveryMs }: BacktestResult): readonly string[] {
  const { count, longestMs, longestAtMs, early } = gaps;
  const lines: string[] = [];
  if (count > 0 && longestAtMs !== null)
    lines.push(
      `Rows are missing at ${count} ${count === 1 ? 'place' : 'places'}, the longest for ${durationText(longestMs)} from ${timeText(longestAtMs)}: nothing happens there.`,
    );
  if (early > 0)
    lines.push(`${early} rows come less than half of ${durationText(rowEveryMs)} after the row before.`);
  return lines;
}

/** Which volatility was used where the file has none; no lines without a file. */
export function volatilityGapsText(file: string, { volatility }: BacktestResult): readonly string[] {
  if (!volatility) return [];
  const { firstMs, lastMs, beforeMs, afterMs, unit, everyMs, used, missing } = volatility;
  const every = everyMs > 0 ? `, one every ${durationText(everyMs)}` : '';
  const lines = [`Volatilities in ${unit}${every}, ${timeText(firstMs)} to ${timeText(lastMs)}.`];
  if (used === 1) lines.push(`Only one of them was used: volatility did not move.`);
  if (missing.count > 0 && missing.longestAtMs !== null)
    lines.push(
      `Volatilities are missing at ${missing.count} ${missing.count === 1 ? 'place' : 'places'}, the longest for ${durationText(missing.longestMs)} from ${timeText(missing.longestAtMs)}: the last one before was used.`,
    );
  if (beforeMs > 0)
    lines.push(
      `Before ${file} begins, its first value was used, for ${durationText(beforeMs)}: volatility did not move.`,
    );
  if (afterMs > 0)
    lines.push(
      `After ${file} ends, its last value was used, for ${durationText(afterMs)}: volatility did not move.`,
    );
  return lines;
}

const timeText = (atMs: number): string =>
  `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
