/**
 * Reads recorded prices: one row a minute, `time,open,high,low,close`, plain or gzipped. A file with one bad row is
 * refused as a whole and the row is named, because a gap that goes unnoticed would keep a trigger from firing.
 */
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { readMoment } from '../../files/moment.ts';
import { decodeText } from '../../files/text-encoding.ts';
import { megabyte, readBounded } from '../../files/bounded-file.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Minute, MinuteSource } from './price-path.ts';

export interface TapeFile {
  readonly path: string;
  /** First minute to play, ms since epoch; default the file's first. */
  readonly fromMs?: number | undefined;
  /** Playing stops before this moment; default after the file's last minute. */
  readonly toMs?: number | undefined;
  readonly baseCoin?: string | undefined;
}

/** Some years of minutes, compressed or not. */
const tapeMaxBytes = 256 * megabyte;

const header = 'time,open,high,low,close';
const price = z
  .string()
  .regex(/^\d{1,20}(\.\d{1,20})?$/, 'expected a price like 23140.48')
  .transform(Number)
  .refine((value) => value > 0, 'expected a price above 0');
const priceRow = z
  .tuple([
    z
      .string()
      .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/, 'expected a minute like 2023-03-01T00:00Z')
      .transform((text) => readMoment(text)?.atMs ?? NaN)
      .refine((value) => Number.isFinite(value), 'no such day'),
    price,
    price,
    price,
    price,
  ])
  .transform(([atMs, open, high, low, close]): Minute => ({ atMs, open, high, low, close }))
  .refine(
    (minute) => minute.high >= Math.max(minute.open, minute.close, minute.low),
    'high is not the highest',
  )
  .refine((minute) => minute.low <= Math.min(minute.open, minute.close), 'low is not the lowest');

/** @throws Error naming the file and the first bad row */
export function readTape(file: TapeFile): MinuteSource {
  const minutes = parseTape(textOf(file.path), file.path);
  const playable = minutes.filter(
    ({ atMs }) => atMs >= (file.fromMs ?? -Infinity) && atMs < (file.toMs ?? Infinity),
  );
  const first = playable[0];
  if (!first) throw new Error(`${file.path}: no minute lies between the chosen start and end`);
  return {
    baseCoin: file.baseCoin ?? 'BTC',
    startMs: first.atMs,
    totalMinutes: playable.length,
    minute: (index) => playable[index],
  };
}

/** The tape from a later moment on. After its last minute it is one minute more, in which the last price stands. */
export function resumedTape(tape: MinuteSource, fromMs: number): MinuteSource {
  const { baseCoin, startMs, totalMinutes } = tape;
  const total = totalMinutes ?? Infinity;
  const skipped = Math.max(0, Math.ceil((fromMs - startMs) / minuteMs));
  if (skipped === 0) return tape;
  if (skipped < total) {
    return {
      baseCoin,
      startMs: startMs + skipped * minuteMs,
      totalMinutes: totalMinutes === null ? null : totalMinutes - skipped,
      minute: (index) => tape.minute(index + skipped),
    };
  }
  const close = tape.minute(total - 1)?.close ?? 0;
  const standing = { atMs: fromMs, open: close, high: close, low: close, close };
  return {
    baseCoin,
    startMs: fromMs,
    totalMinutes: 1,
    minute: (index) => (index === 0 ? standing : undefined),
  };
}

function textOf(path: string): string {
  try {
    const bytes = readBounded(path, tapeMaxBytes);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return decodeText(isPacked ? gunzipSync(bytes, { maxOutputLength: tapeMaxBytes }) : bytes);
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/**
 * @param name of the file, for errors
 * @throws Error naming the first bad row
 */
export function parseTape(text: string, name: string): readonly Minute[] {
  const [firstLine, ...lines] = text.trimEnd().split(/\r?\n/);
  if (firstLine !== header) throw new Error(`${name}, row 1: expected the header "${header}"`);
  let previousMs: number | null = null;
  return lines.map((line, at) => {
    const place = { name, row: at + 2, line };
    const parsed = priceRow.safeParse(line.split(','));
    if (!parsed.success) throw badRow(place, parsed.error.issues[0]?.message ?? 'not a price row');
    const minute = parsed.data;
    if (previousMs !== null && minute.atMs !== previousMs + minuteMs)
      throw badRow(place, 'expected the minute right after the row before');
    previousMs = minute.atMs;
    return minute;
  });
}

const badRow = ({ name, row, line }: { name: string; row: number; line: string }, why: string): Error =>
  new Error(`${name}, row ${row}: ${why} (found "${line.slice(0, 80)}")`);
