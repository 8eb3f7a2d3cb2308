/** Where a calendar of events comes from: a file, or an address of an iCalendar, which is asked only for what changed. */
import type { CalendarPlace } from '../config/shapes.ts';
import { messageOf } from '../domain/errors.ts';
import type { Blackout } from '../domain/rules/blackouts.ts';
import { calendarBytesMax, readCalendarFile } from '../files/calendar-file.ts';
import { readICalendar } from '../files/calendar-thread.ts';
import type { Span } from '../files/icalendar.ts';
import { download, type DownloadOptions, type Validators } from './download.ts';

export interface CalendarSource {
  /** For the log: the file, or the host. */
  readonly name: string;
  /**
   * Events that overlap the span.
   * @throws Error that names file or host; Retryable when it says when to ask again
   */
  read(span: Span, signal: AbortSignal): Promise<readonly Blackout[]>;
}

/** Differ in tests. */
export type DownloadSettings = Pick<DownloadOptions, 'timeoutMs' | 'ca'>;

export const calendarSource = (place: CalendarPlace, settings: DownloadSettings = {}): CalendarSource =>
  place.kind === 'file' ? fileSource(place.path) : addressSource(place.url, settings);

const fileSource = (path: string): CalendarSource => ({
  name: path,
  read: async (span) => {
    try {
      return await readCalendarFile(path, span);
    } catch (cause) {
      const problem = messageOf(cause);
      throw new Error(problem.includes(path) ? problem : `${path}: ${problem}`, { cause });
    }
  },
});

function addressSource(url: string, settings: DownloadSettings): CalendarSource {
  const { host } = new URL(url);
  /** The last text that was a calendar. */
  let kept: { readonly text: string; readonly validators: Validators } | null = null;
  return {
    name: host,
    read: async (span, signal) => {
      const known = kept?.validators ?? {};
      const answer = await download({ ...settings, url, known, signal, bytesMax: calendarBytesMax });
      const next = answer ?? kept;
      if (next === null) throw new Error(`${host}: answered that nothing has changed, but nothing is known`);
      try {
        const events = await readICalendar(next.text, span);
        kept = next;
        return events;
      } catch (cause) {
        throw new Error(`${host}: ${messageOf(cause)}`, { cause });
      }
    },
  };
}
