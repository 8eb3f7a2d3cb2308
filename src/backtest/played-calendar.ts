/**
 * The operator's calendar of events in a backtest: what the file says now is known as if it had said so all along. Series
 * are followed as far as a daemon would follow them, so the file is read again as the prices go on.
 */
import { BadInput, messageOf } from '../domain/errors.ts';
import type { CalendarTrouble, EventCalendar } from '../domain/rules/blackouts.ts';
import { dayMs } from '../domain/units.ts';
import { isCalendarFile, readCalendarFile } from '../files/calendar-file.ts';
import type { EventCalendarReader } from '../ports/event-calendar.ts';
import { cannotBegin } from './cannot-begin.ts';

/** A task looks fourteen days ahead. */
const readAheadMs = 380 * dayMs;
const knownForMs = 365 * dayMs;
const behindMs = 2 * dayMs;

export class PlayedCalendar implements EventCalendarReader {
  readonly #path: string;
  #calendar: EventCalendar | null = null;

  /** @throws BadInput for the name of another kind of file */
  constructor(path: string) {
    if (!isCalendarFile(path)) throw wrong(JSON.stringify(path));
    this.#path = path;
  }

  known(): EventCalendar | null {
    return this.#calendar;
  }

  trouble(): CalendarTrouble | null {
    return null;
  }

  /** Whether `goTo` has to be called before prices of this time are played. */
  isDue(atMs: number): boolean {
    return this.#calendar === null || atMs >= this.#calendar.asOfMs + knownForMs;
  }

  /** @throws BadInput when the file cannot be read */
  async goTo(atMs: number): Promise<void> {
    try {
      const span = { fromMs: atMs - behindMs, toMs: atMs + readAheadMs };
      this.#calendar = { asOfMs: atMs, events: await readCalendarFile(this.#path, span) };
    } catch (error) {
      throw error instanceof BadInput ? error : wrong(`${this.#path}: ${messageOf(error)}`);
    }
  }
}

const wrong = (found: string): BadInput =>
  cannotBegin({
    path: '--blackouts',
    found,
    expected: 'a calendar of events: a YAML file or an iCalendar (.ics)',
  });
