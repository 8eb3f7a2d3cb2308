/** How dated times are written: `2026-12-10 13:00..15:00 Europe/Berlin`, whole days, or the operator's events. */
import { z } from 'zod';
import { parseInput } from '../bad-input.ts';
import type { Blackout, NotDuring } from '../rules/blackouts.ts';
import { dayMs, hourMs, minuteMs } from '../units.ts';
import { isZone, momentOf, utc } from '../zones.ts';
import { orUnknownKey, reportIn } from './task-spec-words.ts';

const expected =
  'dated times like 2026-12-10 13:00..15:00 Europe/Berlin, 2026-12-09..2026-12-11 or 2026-12-10, or events';
const date = '(\\d{4}-\\d{2}-\\d{2})';
const hour = '(\\d{2}:\\d{2})';
const shape = new RegExp(`^${date}(?: ${hour})?(?:\\.\\.(?:${date})?(?: ?${hour})?)?(?: (\\S+))?$`);

/** A date, and an hour of it, as clocks show them; `null` for what no calendar has. */
function localOf(day: string, time: string): number | null {
  const atMs = Date.parse(`${day}T00:00:00Z`);
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const isDate = !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
  return isDate && hours < 24 && minutes < 60 ? atMs + hours * hourMs + minutes * minuteMs : null;
}

/** @returns `null` for a text that says no time, or one that ends before it begins */
export function readTimes(text: string): Omit<Blackout, 'name'> | null {
  const [, day, time, lastDay, lastTime, zone = utc] = shape.exec(text) ?? [];
  if (day === undefined || !isZone(zone)) return null;
  const isWhole = time === undefined && lastTime === undefined;
  // An hour needs one on the other side, and days have none on either.
  if (!isWhole && (time === undefined || lastTime === undefined)) return null;
  if (isWhole && text.includes('..') && lastDay === undefined) return null;
  const from = localOf(day, time ?? '00:00');
  const last = localOf(lastDay ?? day, lastTime ?? '00:00');
  if (from === null || last === null) return null;
  const fromMs = momentOf(from, zone);
  const toMs = momentOf(isWhole ? last + dayMs : last, zone);
  return toMs > fromMs ? { fromMs, toMs } : null;
}

const times = z.string({ error: expected }).transform((text, context): Omit<Blackout, 'name'> => {
  const read = readTimes(text.trim());
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
});
const nameExpected = 'a name of at most 80 characters, like FOMC';
/** Times with a name. */
export const namedTimes = z
  .strictObject(
    {
      name: z.string({ error: nameExpected }).trim().min(1, { error: nameExpected }).max(80, {
        error: nameExpected,
      }),
      times,
    },
    orUnknownKey('an object like { name: FOMC, times: 2026-12-09 }', 'name, times'),
  )
  .transform(({ name, times: { fromMs, toMs } }): Blackout => ({ fromMs, toMs, name }));
const unnamed = times.transform(({ fromMs, toMs }): Blackout => ({ fromMs, toMs, name: null }));

const events = 'events';

/** One of them, or a list. */
const timesShape = (timesMax: number, isAlsoKnown: (item: unknown) => boolean) =>
  z
    .union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown())], { error: expected })
    .transform((given, context): readonly Blackout[] => {
      const isList = Array.isArray(given);
      const items: readonly unknown[] = isList ? given : [given];
      if (items.length > timesMax) {
        context.addIssue({ code: 'custom', message: `at most ${timesMax} times` });
        return [];
      }
      return items.flatMap((item, place) => {
        if (isAlsoKnown(item)) return [];
        const read = (typeof item === 'object' ? namedTimes : unnamed).safeParse(item);
        if (read.success) return [read.data];
        reportIn(context, read.error, isList ? [place] : []);
        return [];
      });
    });

const isEvents = (item: unknown): boolean => item === events;

export const notDuringShape = z
  .unknown()
  .refine((given) => !(Array.isArray(given) && given.length === 0), { error: expected, abort: true })
  .transform((given, context): NotDuring => {
    const read = timesShape(500, isEvents).safeParse(given);
    if (!read.success) reportIn(context, read.error, []);
    return { times: read.data ?? [], events: [given].flat().some(isEvents) };
  });

/**
 * The operator's calendar: a list of times, each with a name or without.
 * @throws BadInput naming every wrong one
 */
export const readBlackouts = (calendar: unknown): readonly Blackout[] =>
  parseInput(
    timesShape(5_000, () => false),
    calendar ?? [],
    'The calendar of events is not valid',
  );

/** What `notDuringShape` reads back. */
export const notDuringForm = ({ times: all, events: isAsked }: NotDuring): readonly unknown[] => [
  ...all.map(({ fromMs, toMs, name }) => {
    const text = timesForm(fromMs, toMs);
    return name === null ? text : { name, times: text };
  }),
  ...(isAsked ? [events] : []),
];

/** In UTC. */
function timesForm(fromMs: number, toMs: number): string {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString());
  const lastDay = new Date(toMs - dayMs).toISOString().slice(0, 10);
  if (from === undefined || to === undefined) return '';
  const [day, time, endDay, end] = [from.slice(0, 10), from.slice(11, 16), to.slice(0, 10), to.slice(11, 16)];
  if (fromMs % dayMs === 0 && toMs % dayMs === 0) return lastDay === day ? day : `${day}..${lastDay}`;
  return `${day} ${time}..${endDay === day ? '' : `${endDay} `}${end}`;
}
