/**
 * Reads the events of an iCalendar (RFC 5545) that lie in a span of time, as other programs write them: with series, times
 * taken out of them or moved, all-day events and time zones. A calendar is read as a whole or not at all, because an
 * event that is left out would be traded in. Some rules of series never end: run it in a thread (calendar-thread.ts).
 */
import ICAL from 'ical.js';
import { messageOf } from '../domain/errors.ts';
import { plainText } from '../domain/foreign-text.ts';
import type { Blackout } from '../domain/rules/blackouts.ts';
import { dayMs, hourMs } from '../domain/units.ts';
import { isZone, momentOf, utc } from '../domain/zones.ts';
import { windowsZones } from './windows-zones.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Makes a moment of what clocks of a zone show, as if it were UTC. */
type Zone = (local: number) => number;

interface Value {
  readonly time: ICAL.Time;
  /** What clocks show, as if it were UTC. */
  readonly local: number;
  readonly zone: Zone;
  readonly atMs: number;
}

/** How an event begins and how long it lasts: exactly, or in days by the calendar. */
interface Length {
  readonly ms: number;
  readonly isInDays: boolean;
}

const eventsMax = 20_000;
const occurrencesMax = 5_000;
const nameLengthMax = 80;
/** An event without a length, as the publication of a figure often is, would forbid nothing. */
const momentLastsMs = hourMs;
/** No zone is further from UTC. */
const offsetMaxMs = dayMs;

/**
 * Events that overlap the span, in their order; of a series each that does. What is cancelled is left out.
 * @throws Error that says what is wrong, and in which event
 */
export function eventsIn(text: string, span: Span): readonly Blackout[] {
  const found = calendarsIn(text).flatMap((calendar) => new CalendarText(calendar).eventsIn(span));
  if (found.length > occurrencesMax) throw tooMany(occurrencesMax);
  return found.sort((a, b) => a.fromMs - b.fromMs);
}

function calendarsIn(text: string): readonly ICAL.Component[] {
  const body = text.replace(/^\uFEFF/, '').trim();
  if (!/^BEGIN:VCALENDAR\s/i.test(body)) {
    const head = plainText(body, 40);
    throw new Error(
      `no iCalendar: ${head === '' ? 'it is empty' : `it begins with ${JSON.stringify(head)}`}`,
    );
  }
  const parsed = parse(body);
  const all = (typeof parsed[0] === 'string' ? [parsed] : parsed) as unknown[][];
  return all.map((one) => new ICAL.Component(one as never));
}

function parse(body: string): readonly unknown[] {
  try {
    return ICAL.parse(body) as readonly unknown[];
  } catch (cause) {
    throw new Error(`no complete iCalendar: ${plainText(messageOf(cause), 120)}`, { cause });
  }
}

class CalendarText {
  readonly #calendar: ICAL.Component;
  readonly #zones = new Map<string, Zone>();
  /** Of times without a zone, and of days. */
  readonly #usual: Zone;

  constructor(calendar: ICAL.Component) {
    this.#calendar = calendar;
    const named = calendar.getFirstPropertyValue('x-wr-timezone');
    this.#usual = typeof named === 'string' ? this.#zoneNamed(named) : (local) => local;
  }

  eventsIn(span: Span): Blackout[] {
    const events = this.#calendar.getAllSubcomponents('vevent');
    if (events.length > eventsMax) throw tooMany(eventsMax);
    const moved = this.#movedOf(events);
    const found: Blackout[] = [];
    for (const event of events) {
      if (isCancelled(event)) continue;
      try {
        for (const one of this.#occurrencesOf(event, moved, span)) {
          found.push(one);
          if (found.length > occurrencesMax) throw tooMany(occurrencesMax);
        }
      } catch (cause) {
        throw new Error(`${titleOf(event)}: ${plainText(messageOf(cause), 120)}`, { cause });
      }
    }
    return found;
  }

  /** Times of series that have an entry of their own, or are cancelled there, by series. */
  #movedOf(events: readonly ICAL.Component[]): ReadonlyMap<string, ReadonlySet<number>> {
    const moved = new Map<string, Set<number>>();
    for (const event of events) {
      const property = event.getFirstProperty('recurrence-id');
      if (!property) continue;
      if (property.getFirstParameter('range'))
        throw new Error(`${titleOf(event)}: a change of all that follows (RANGE) is not understood`);
      const uid = uidOf(event);
      const times = moved.get(uid) ?? new Set();
      for (const { atMs } of this.#valuesOf(property)) times.add(atMs);
      moved.set(uid, times);
    }
    return moved;
  }

  *#occurrencesOf(
    event: ICAL.Component,
    moved: ReadonlyMap<string, ReadonlySet<number>>,
    { fromMs, toMs }: Span,
  ): Generator<Blackout> {
    const name = nameOf(event);
    const [start] = this.#valuesOf(event.getFirstProperty('dtstart'));
    if (!start) throw new Error('it has no DTSTART');
    const length = this.#lengthOf(event, start);
    const isOne = event.getFirstProperty('recurrence-id') !== null;
    const gone = isOne ? new Set<number>() : new Set(moved.get(uidOf(event)));
    const excluded = this.#excludedFrom(event);
    const series = isOne ? [start.local] : startsOf(event, start, { fromMs: fromMs - length.ms, toMs });
    for (const local of series) {
      const beginsMs = start.zone(local);
      const endsMs = length.isInDays ? start.zone(local + length.ms) : beginsMs + length.ms;
      if (beginsMs >= toMs || endsMs <= fromMs || gone.has(beginsMs)) continue;
      if (excluded.moments.has(beginsMs) || excluded.days.has(Math.floor(local / dayMs))) continue;
      gone.add(beginsMs);
      yield { fromMs: beginsMs, toMs: endsMs, name };
    }
    for (const { start: from, endMs } of this.#datesOf(event)) {
      const beginsMs = from.atMs;
      const endsMs = endMs ?? (length.isInDays ? from.zone(from.local + length.ms) : beginsMs + length.ms);
      if (beginsMs >= toMs || endsMs <= fromMs || gone.has(beginsMs)) continue;
      if (excluded.moments.has(beginsMs)) continue;
      yield { fromMs: beginsMs, toMs: endsMs, name };
    }
  }

  /** Times that an event names besides its series; a period has an end of its own. */
  *#datesOf(event: ICAL.Component): Generator<{ readonly start: Value; readonly endMs: number | null }> {
    for (const property of event.getAllProperties('rdate')) {
      for (const value of property.getValues() as unknown[]) {
        const period = value instanceof ICAL.Period ? value : null;
        const start = this.#valueOf(property, period ? period.start : value);
        const endMs = period ? start.atMs + period.getDuration().toSeconds() * 1_000 : null;
        yield { start, endMs };
      }
    }
  }

  #lengthOf(event: ICAL.Component, start: Value): Length {
    const isInDays = start.time.isDate;
    const [end] = this.#valuesOf(event.getFirstProperty('dtend'));
    const duration = event.getFirstPropertyValue('duration') as ICAL.Duration | null;
    const ms = end
      ? isInDays
        ? end.local - start.local
        : end.atMs - start.atMs
      : (duration?.toSeconds() ?? 0) * 1_000;
    if (Number.isNaN(ms)) throw new Error('how long it lasts cannot be read');
    if (ms < 0) throw new Error('it ends before it begins');
    return { ms: ms === 0 ? (isInDays ? dayMs : momentLastsMs) : ms, isInDays };
  }

  #excludedFrom(event: ICAL.Component): {
    readonly moments: ReadonlySet<number>;
    readonly days: ReadonlySet<number>;
  } {
    const values = event.getAllProperties('exdate').flatMap((property) => this.#valuesOf(property));
    return {
      moments: new Set(values.map(({ atMs }) => atMs)),
      days: new Set(values.flatMap(({ time, local }) => (time.isDate ? [Math.floor(local / dayMs)] : []))),
    };
  }

  #valuesOf(property: ICAL.Property | null): readonly Value[] {
    return property === null
      ? []
      : (property.getValues() as unknown[]).map((value) => this.#valueOf(property, value));
  }

  #valueOf(property: ICAL.Property, value: unknown): Value {
    const time = value instanceof ICAL.Time ? value : null;
    const local = time === null ? Number.NaN : localOf(time);
    if (time === null || Number.isNaN(local))
      throw new Error(`${property.name.toUpperCase()} is no time: ${plainText(String(value), 40)}`);
    const zone = this.#zoneOf(property, time);
    return { time, local, zone, atMs: zone(local) };
  }

  #zoneOf(property: ICAL.Property, time: ICAL.Time): Zone {
    if (!time.isDate && time.zone === ICAL.Timezone.utcTimezone) return (local) => local;
    const name = property.getFirstParameter('tzid');
    return typeof name === 'string' && name !== '' ? this.#zoneNamed(name) : this.#usual;
  }

  #zoneNamed(name: string): Zone {
    const known = this.#zones.get(name) ?? this.#readZone(name);
    this.#zones.set(name, known);
    return known;
  }

  /** A place's rules are known better here than in the calendar, which often has those of one year. */
  #readZone(name: string): Zone {
    const place = placeOf(name);
    if (place !== null) return (local) => momentOf(local, place);
    const own = this.#calendar.getTimeZoneByID(name) as ICAL.Timezone | null;
    if (own) return (local) => momentIn(own, local);
    const meant = windowsZones[name];
    if (meant !== undefined) return (local) => momentOf(local, meant);
    const shown = JSON.stringify(plainText(name, 60));
    throw new Error(`the time zone ${shown} is not known, and the calendar does not say what it is`);
  }
}

/** The name of IANA's that a calendar's name is, or ends with: `/mozilla.org/20050126_1/Europe/Berlin`. */
function placeOf(name: string): string | null {
  if (/^(UTC|GMT|Z|Etc\/UTC)$/i.test(name)) return utc;
  const parts = name.split('/');
  const candidates = parts.map((_, at) => parts.slice(at).join('/'));
  return candidates.find((candidate) => candidate.includes('/') && isZone(candidate)) ?? null;
}

const localOf = ({ year, month, day, hour, minute, second }: ICAL.Time): number =>
  Date.UTC(year, month - 1, day, hour, minute, second);

const timeOf = (local: number, zone: ICAL.Timezone): ICAL.Time => {
  const [date = '', clock = ''] = new Date(local).toISOString().split('T');
  const [year, month, day] = date.split('-').map(Number);
  const [hour, minute, second] = clock.split(/[:.]/).map(Number);
  return new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, zone);
};

const momentIn = (zone: ICAL.Timezone, local: number): number => timeOf(local, zone).toUnixTime() * 1_000;

/** What clocks show at each beginning of a series within the span, and perhaps some before; its first one included. */
function* startsOf(event: ICAL.Component, start: Value, { fromMs, toMs }: Span): Generator<number> {
  yield start.local;
  for (const property of event.getAllProperties('rrule')) {
    const rule = (property.getFirstValue() as ICAL.Recur).clone();
    const isBefore = endOf(rule, start);
    // The end of a series is often written in another zone than its beginning.
    rule.until = null;
    const first = timeOf(start.local, ICAL.Timezone.utcTimezone);
    const iterator = rule.iterator(first);
    for (let next = nextOf(iterator); next !== null; next = nextOf(iterator)) {
      const local = localOf(next);
      // Asking a zone takes far longer than finding the next time.
      if (local < fromMs - offsetMaxMs) continue;
      if (start.zone(local) >= toMs || !isBefore(local)) break;
      if (local !== start.local) yield local;
    }
  }
}

/** The types know of no end. */
const nextOf = (iterator: ICAL.RecurIterator): ICAL.Time | null =>
  (iterator as { next: () => ICAL.Time | null | undefined }).next() ?? null;

/** Whether a beginning is one of the series still. */
function endOf({ until }: ICAL.Recur, { zone }: Value): (local: number) => boolean {
  if (until === null) return () => true;
  const last = localOf(until);
  if (until.isDate) return (local) => Math.floor(local / dayMs) <= Math.floor(last / dayMs);
  return until.zone === ICAL.Timezone.utcTimezone ? (local) => zone(local) <= last : (local) => local <= last;
}

const textOf = (event: ICAL.Component, property: string): string => {
  const value = event.getFirstPropertyValue(property);
  return typeof value === 'string' ? value : '';
};

const isCancelled = (event: ICAL.Component): boolean => textOf(event, 'status').toUpperCase() === 'CANCELLED';
const uidOf = (event: ICAL.Component): string => textOf(event, 'uid');

const nameOf = (event: ICAL.Component): string | null => {
  const name = plainText(textOf(event, 'summary'), nameLengthMax);
  return name === '' ? null : name;
};

const titleOf = (event: ICAL.Component): string => `event ${JSON.stringify(nameOf(event) ?? uidOf(event))}`;

const tooMany = (max: number): Error => new Error(`more than ${max} events`);
