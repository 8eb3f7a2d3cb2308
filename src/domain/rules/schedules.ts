/** Hours that come again: every day, every weekday or one day of the week, by the clocks of a named time zone. */
import { dayMs } from '../units.ts';
import { localMs, momentOf } from '../zones.ts';

/** As they are counted: 0 is Sunday. */
export const weekdays = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
] as const;

/** `weekday`: Monday to Friday. */
export type ScheduleDay = 'day' | 'weekday' | (typeof weekdays)[number];

export interface Schedule {
  readonly on: ScheduleDay;
  /** Ms since midnight, as clocks of the zone show it. */
  readonly timeMs: number;
  /** A name of the IANA database. */
  readonly zone: string;
  /** For how long after its hour it holds, at most a day. */
  readonly withinMs: number;
}

/** From `fromMs`, before `untilMs`. */
export interface Window {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Longer than any way from one day to the same day of the next week, with a clock moved in between. */
const daysAhead = 9;

/**
 * The window that is open at that moment, else the next one.
 * @param usedUntilMs a window that had begun by then is over; -Infinity when none was used
 */
export function windowAt(schedule: Schedule, atMs: number, usedUntilMs: number): Window {
  const { timeMs, zone, withinMs } = schedule;
  const notBeforeMs = Math.max(atMs - withinMs, usedUntilMs);
  const firstDay = Math.floor(localMs(notBeforeMs, zone) / dayMs) - 1;
  for (let day = firstDay; day <= firstDay + daysAhead; day += 1) {
    if (!isOn(schedule.on, day)) continue;
    const fromMs = momentOf(day * dayMs + timeMs, zone);
    if (fromMs > notBeforeMs) return { fromMs, untilMs: fromMs + withinMs };
  }
  throw new Error('every day of the week comes within nine days');
}

/** @param day days since epoch; the first was a Thursday */
function isOn(on: ScheduleDay, day: number): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  if (on === 'day') return true;
  return on === 'weekday' ? weekday >= 1 && weekday <= 5 : weekdays[weekday] === on;
}
