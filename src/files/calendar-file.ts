/**
 * Reads a calendar of events: an iCalendar (`.ics`), or a YAML file with a list of times as `guards.notDuring` takes them.
 */
import type { Blackout } from '../domain/rules/blackouts.ts';
import { readBlackouts } from '../domain/spec/blackout-shape.ts';
import { megabyte, readBounded } from './bounded-file.ts';
import { readICalendar } from './calendar-thread.ts';
import type { Span } from './icalendar.ts';
import { decodeText } from './text-encoding.ts';
import { readYamlFile } from './yaml-file.ts';

/** Of an iCalendar, as a file or from elsewhere. */
export const calendarBytesMax = 4 * megabyte;

/** The name is one of a file that `readCalendarFile` reads. */
export const isCalendarFile = (path: string): boolean => isICalendar(path) || /\.ya?ml$/i.test(path);

const isICalendar = (path: string): boolean => /\.ics$/i.test(path);

/**
 * Events of the file that overlap the span, of a YAML file all.
 * @throws Error that says what is wrong with the file
 */
export async function readCalendarFile(path: string, span: Span): Promise<readonly Blackout[]> {
  if (!isICalendar(path)) return readBlackouts(readYamlFile(path));
  return readICalendar(decodeText(readBounded(path, calendarBytesMax)), span);
}
