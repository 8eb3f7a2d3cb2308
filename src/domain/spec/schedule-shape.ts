/** How hours that come again are written: `Friday at 07:30 Europe/Berlin`, alone or with how long they hold. */
import { z } from 'zod';
import type { Condition } from '../rules/triggers.ts';
import { weekdays, type Schedule, type ScheduleDay } from '../rules/schedules.ts';
import { dayMs, hourMs, minuteMs } from '../units.ts';
import { isZone, utc } from '../zones.ts';
import { clockForm } from './clock-form.ts';
import { duration, orUnknownKey, reportIn } from './task-spec-words.ts';

const expected =
  'an hour like day at 14:00, weekday at 08:30 or Friday at 07:30 Europe/Berlin, or { time: day at 14:00, within: 1h }';
const shape = /^(\w+) at ([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?$/;
const days: readonly ScheduleDay[] = ['day', 'weekday', ...weekdays];
const withinDefaultMs = 15 * minuteMs;

/** @returns `null` for a text that says no hour */
function readTime(text: string): Omit<Schedule, 'withinMs'> | null {
  const [, word, hours, minutes, zone = utc] = shape.exec(text) ?? [];
  const on = days.find((day) => day.toLowerCase() === word?.toLowerCase());
  if (on === undefined || !isZone(zone)) return null;
  return { on, timeMs: Number(hours) * hourMs + Number(minutes) * minuteMs, zone };
}

const time = z.string({ error: expected }).transform((text, context) => {
  const read = readTime(text.trim());
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
});
const withinExpected = 'a duration from 1m to 24h';
const within = duration.refine((ms) => ms >= minuteMs && ms <= dayMs, { error: withinExpected });

export const scheduleParts = z.strictObject(
  { time, within: within.default(withinDefaultMs) },
  orUnknownKey(expected, 'time, within'),
);

/** A text, or an object with a text and how long it holds. */
export const everyShape = z
  .union([z.string(), z.record(z.string(), z.unknown())], { error: expected })
  .transform((given, context): Condition => {
    const read =
      typeof given === 'string'
        ? time.transform((each) => ({ time: each, within: withinDefaultMs })).safeParse(given)
        : scheduleParts.safeParse(given);
    if (!read.success) {
      reportIn(context, read.error, []);
      return z.NEVER;
    }
    const schedule = { ...read.data.time, withinMs: read.data.within };
    // Its value is the time that is left until the hour comes.
    return { kind: 'every', direction: 'below', level: '0', holdMs: 0, schedule };
  });

/** `Friday at 07:30 Europe/Berlin`. */
export const scheduleForm = ({ on, timeMs, zone }: Schedule): string =>
  `${on} at ${clockForm(timeMs)} ${zone}`;
