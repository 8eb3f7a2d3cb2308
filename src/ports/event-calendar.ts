/** The operator's calendar of events in which tasks that ask for it do not trade. */
import type { CalendarTrouble, EventCalendar } from '../domain/rules/blackouts.ts';

export interface EventCalendarReader {
  /** As it was last read, from memory; `null` when it could not be read yet, or too long ago. */
  known(): EventCalendar | null;
  /** Why it could not be read the last time it was tried; `null` when it could. */
  trouble(): CalendarTrouble | null;
}
