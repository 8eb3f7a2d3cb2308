/** The thread in which an iCalendar is read (calendar-thread.ts): answers with its events, or with what is wrong. */
import { messageOf } from '../domain/errors.ts';
import type { CalendarAnswer, CalendarQuestion } from './calendar-thread.ts';
import { eventsIn } from './icalendar.ts';

export default function answer({ text, span }: CalendarQuestion): CalendarAnswer {
  try {
    return { events: eventsIn(text, span) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
