/**
 * Local times of a time zone as moments. UTC needs no table; for other zones the program's own copy of the IANA rules
 * is asked (`Intl`), never the zone of the machine. A rule that a government changes afterwards concerns times to come;
 * a journal of the past replays as it was.
 */
import { dayMs, hourMs, minuteMs } from './units.ts';

/** How a zone is written when nothing else is. */
export const utc = 'UTC';

const zoneShape = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/;

/** `Europe/Berlin`, `UTC`: a name of the IANA database; offsets and abbreviations of one season are none. */
export function isZone(name: string): boolean {
  if (name === utc) return true;
  if (!zoneShape.test(name) || !name.includes('/')) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** By zone; making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a name that is no zone's */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, format);
  return format;
}

/** What clocks of the zone show, as if it were UTC. */
export function localMs(atMs: number, zone: string): number {
  if (zone === utc) return atMs;
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(zone).formatToParts(atMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const ms = ((atMs % 1_000) + 1_000) % 1_000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + ms;
}

const offsetMs = (atMs: number, zone: string): number => localMs(atMs, zone) - atMs;

/**
 * When clocks of the zone show this: the first time of two, and for a time that is skipped the first moment after it.
 * @param local what clocks show, as if it were UTC
 */
export function momentOf(local: number, zone: string): number {
  if (zone === utc) return local;
  const [before, after] = [offsetMs(local - dayMs, zone), offsetMs(local + dayMs, zone)];
  const found = [local - before, local - after].filter((atMs) => localMs(atMs, zone) === local);
  if (found.length > 0) return Math.min(...found);
  return firstMinuteAfter(local, zone);
}

/** Clocks are moved forward at a full minute. */
function firstMinuteAfter(local: number, zone: string): number {
  let [early, late] = [local - 15 * hourMs, local + 15 * hourMs].map((ms) => Math.floor(ms / minuteMs));
  if (early === undefined || late === undefined) return local;
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (localMs(middle * minuteMs, zone) >= local) late = middle;
    else early = middle;
  }
  return late * minuteMs;
}
