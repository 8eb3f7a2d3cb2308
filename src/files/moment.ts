/**
 * Reads a moment as people and programs write it, by rules that depend only on the text itself, in UTC unless it names a
 * zone. The size of a number shows its unit: seconds, milliseconds, microseconds and nanoseconds since 1970 do not overlap
 * between the years 2000 and 2099, and everything outside of these years is no moment.
 */

import { hourMs, minuteMs } from '../domain/units.ts';

/** How a moment is written. */
export type TimeForm =
  | 'seconds'
  | 'milliseconds'
  | 'microseconds'
  | 'nanoseconds'
  | 'ISO'
  | 'year, month, day'
  | 'month, day, year'
  | 'day, month, year'
  | 'YYYYMMDD';

export interface Moment {
  /** Whole ms since 1970, UTC. */
  readonly atMs: number;
  readonly form: TimeForm;
}

/** A moment in error texts, which `readMoment` reads again: `2023-03-01T08:00:00.000Z`. */
export const isoText = (atMs: number): string => new Date(atMs).toISOString();

export const firstMomentMs = Date.UTC(2000, 0, 1);
/** Exclusive. */
export const lastMomentMs = Date.UTC(2100, 0, 1);

const numberShape = /^\d{9,20}(?:\.\d{0,12})?$/;
const compactShape = /^((?:20)\d\d)(\d\d)(\d\d)(?:[ T]?(\d\d):?(\d\d)(?::?(\d\d))?Z?)?$/;
const clockPart =
  '(?:[T, D]\\s*(\\d{1,2})(?::(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,12}))?)?)?(?:[ -]?([AP]M))?(?: ?(Z|UTC|GMT|[+-]\\d\\d(?::?\\d\\d)?))?)?$';
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${clockPart}`, 'i');
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})${clockPart}`, 'i');

/** Null for a text that is no moment, also for an impossible day and a time outside of 2000 to 2099. */
export function readMoment(text: string): Moment | null {
  const sameDay = onLatestDay(text);
  if (sameDay !== null) return { atMs: sameDay, form: 'ISO' };
  const moment = understood(text);
  if (!moment || moment.atMs < firstMomentMs || moment.atMs >= lastMomentMs) return null;
  if (moment.form === 'ISO' && text.length >= 16 && !text.includes('+')) remember(text.slice(0, 10));
  return moment;
}

/**
 * The day that was read last. Price files have a thousand rows of each day in a row; parsing each day only once reads a
 * year of minutes in a quarter of the time.
 */
const latest = { day: '', atMs: 0 };

function remember(day: string): void {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  if (/^\d{4}-\d\d-\d\d$/.test(day)) Object.assign(latest, { day, atMs: Date.UTC(year, month - 1, date) });
}

/** `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm`, with a `Z` or without, on the day that was read last; else `null`. */
function onLatestDay(text: string): number | null {
  const hasZ = text.endsWith('Z');
  const length = hasZ ? text.length - 1 : text.length;
  if ((length !== 16 && length !== 19 && length !== 23) || !text.startsWith(latest.day) || latest.day === '')
    return null;
  const between = text.charCodeAt(10);
  if ((between !== 0x54 && between !== 0x20) || text.charCodeAt(13) !== 0x3a) return null;
  const [hours, minutes] = [twoDigits(text, 11), twoDigits(text, 14)];
  const seconds = length === 16 ? 0 : text.charCodeAt(16) === 0x3a ? twoDigits(text, 17) : Number.NaN;
  const ms = length < 23 ? 0 : text.charCodeAt(19) === 0x2e ? twoDigits(text, 20) * 10 : Number.NaN;
  const last = length < 23 ? 0 : text.charCodeAt(22) - 0x30;
  if (!(hours <= 23 && minutes <= 59 && seconds <= 59 && ms >= 0 && last >= 0 && last <= 9)) return null;
  return latest.atMs + hours * hourMs + minutes * minuteMs + seconds * 1_000 + ms + last;
}

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 0x30, text.charCodeAt(at + 1) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Why `readMoment` gave nothing, as a phrase of what would be right. */
export function momentExpected(text: string): string {
  if (understood(text)) return 'a time from 2000 to 2099';
  if (yearFirst.test(text) || yearLast.test(text) || compactShape.test(text))
    return 'a day and an hour that exist (01/31/2023 has the month first, 31.01.2023 the day)';
  return 'a time like 2023-03-01 08:00, 2023-03-01T08:00Z or 1677657600, UTC unless it names a zone';
}

function understood(text: string): Moment | null {
  const compact = text.startsWith('20') ? compactShape.exec(text) : null;
  if (compact) {
    const [, year = '', month = '', day = '', hour, minute, second] = compact;
    return momentOf('YYYYMMDD', [year, month, day], { hour, minute, second });
  }
  if (numberShape.test(text)) return numbered(Number(text));
  const first = yearFirst.exec(text);
  if (first) {
    const [, year = '', separator, month = '', day = '', ...clock] = first;
    return momentOf(separator === '-' ? 'ISO' : 'year, month, day', [year, month, day], clockOf(clock));
  }
  const [, one = '', separator, two = '', year = '', ...clock] = yearLast.exec(text) ?? [];
  if (year === '') return null;
  return separator === '.'
    ? momentOf('day, month, year', [year, two, one], clockOf(clock))
    : momentOf('month, day, year', [year, one, two], clockOf(clock));
}

function numbered(value: number): Moment {
  if (value >= 1e17) return { atMs: Math.round(value / 1e6), form: 'nanoseconds' };
  if (value >= 1e14) return { atMs: Math.round(value / 1e3), form: 'microseconds' };
  if (value >= 1e11) return { atMs: Math.round(value), form: 'milliseconds' };
  return { atMs: Math.round(value * 1e3), form: 'seconds' };
}

interface Clock {
  readonly hour?: string | undefined;
  readonly minute?: string | undefined;
  readonly second?: string | undefined;
  readonly fraction?: string | undefined;
  readonly half?: string | undefined;
  readonly zone?: string | undefined;
}

const clockOf = ([hour, minute, second, fraction, half, zone]: readonly (string | undefined)[]): Clock => ({
  hour,
  minute,
  second,
  fraction,
  half,
  zone,
});

function momentOf(
  form: TimeForm,
  [yearText, monthText, dayText]: readonly [string, string, string],
  { hour, minute, second, fraction = '0', half, zone = 'Z' }: Clock,
): Moment | null {
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  // An hour without minutes counts only with AM or PM.
  if (hour !== undefined && minute === undefined && half === undefined) return null;
  const hours = hourOf(Number(hour ?? 0), half?.toUpperCase());
  const [minutes, seconds] = [Number(minute ?? 0), Number(second ?? 0)];
  const zoneMinutes = zoneMinutesOf(zone);
  if (hours === null || minutes > 59 || seconds > 59 || zoneMinutes === null) return null;
  const ms = Math.floor(Number(`0.${fraction}`) * 1_000);
  return { atMs: Date.UTC(year, month - 1, day, hours, minutes - zoneMinutes, seconds, ms), form };
}

function hourOf(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour <= 23 ? hour : null;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half === 'PM' ? 12 : 0);
}

/** Minutes east of Greenwich; null beyond fourteen hours. */
function zoneMinutesOf(zone: string): number | null {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysIn = (year: number, month: number): number =>
  month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : (monthDays[month - 1] ?? 0);
