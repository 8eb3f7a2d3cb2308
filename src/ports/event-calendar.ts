/** The operator's calendar of events in which tasks that ask for it do not trade. */
import type { EventCalendar } from '../domain/rules/blackouts.ts';

export interface EventCalendarReader {
  /** As it was last read, from memory; `null` when there is none, or it could not be read yet. */
  known(): EventCalendar | null;
}
