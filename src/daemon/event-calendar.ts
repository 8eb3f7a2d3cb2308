/**
 * Reads the operator's calendar of events (`BLACKOUTS`) and reads it again every hour, sooner after a failure. What it said
 * stays known when a reading fails, with the time as of which it said so; each failure is in the log. Nothing of it stops
 * the daemon: a calendar that was never read forbids the rolls that ask for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf, Retryable } from '../domain/errors.ts';
import type { CalendarTrouble, EventCalendar } from '../domain/rules/blackouts.ts';
import { dayMs, hourMs, minuteMs } from '../domain/units.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventCalendarReader } from '../ports/event-calendar.ts';
import type { CalendarSource } from './calendar-source.ts';

export interface EventCalendarOptions {
  readonly source: CalendarSource;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Logger;
  /** Default: an hour. */
  readonly everyMs?: number;
}

/** Series are followed for so long. What was read is no longer known when the events that it looked for come to an end. */
const aheadMs = 92 * dayMs;
const behindMs = 2 * dayMs;
const knownForMs = aheadMs - 14 * dayMs;
/** After the first failure, then twice as long each time. */
const firstRetryMs = minuteMs;

export class RefreshedCalendar implements EventCalendarReader {
  readonly #options: EventCalendarOptions;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #calendar: EventCalendar | null = null;
  #trouble: CalendarTrouble | null = null;
  #failures = 0;
  readonly #first: Promise<void>;

  /** Begins to read at once. */
  constructor(options: EventCalendarOptions) {
    this.#options = options;
    this.#first = this.#refresh();
  }

  /** Resolves when it was read, or could not be, and at the latest after `ms`. */
  async tried(ms: number): Promise<void> {
    await Promise.race([this.#first, sleep(ms, undefined, { ref: false })]);
  }

  known(): EventCalendar | null {
    const calendar = this.#calendar;
    if (calendar === null || this.#options.clock.nowMs() > calendar.asOfMs + knownForMs) return null;
    return this.#trouble === null ? calendar : { ...calendar, failsSinceMs: this.#trouble.sinceMs };
  }

  trouble(): CalendarTrouble | null {
    return this.#trouble;
  }

  /** Reads it no more; what is known stays. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  async #refresh(): Promise<void> {
    const waitMs = await this.#read();
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#refresh(), waitMs);
    this.#timer.unref();
  }

  /** Never rejects. @returns when to read it again */
  async #read(): Promise<number> {
    const { source, clock, log, everyMs = hourMs } = this.#options;
    const asOfMs = clock.nowMs();
    const span = { fromMs: asOfMs - behindMs, toMs: asOfMs + aheadMs };
    try {
      const events = await source.read(span, this.#closing.signal);
      this.#calendar = { asOfMs, events };
      this.#trouble = null;
      this.#failures = 0;
      log.info({ calendar: source.name, events: events.length }, 'the calendar of events was read');
      return everyMs;
    } catch (error) {
      if (this.#closing.signal.aborted) return everyMs;
      this.#failures += 1;
      this.#note(messageOf(error), asOfMs);
      const wantedMs = error instanceof Retryable ? error.retryAfterMs : 0;
      const retryMs = firstRetryMs * 2 ** Math.min(this.#failures - 1, 10);
      return Math.min(Math.max(retryMs, wantedMs), everyMs);
    }
  }

  #note(problem: string, atMs: number): void {
    const { source, log } = this.#options;
    this.#trouble = { sinceMs: this.#trouble?.sinceMs ?? atMs, problem };
    const asOfMs = this.#calendar?.asOfMs;
    const consequence =
      asOfMs === undefined
        ? 'tasks with notDuring: events do not roll until it can'
        : `what it said at ${new Date(asOfMs).toISOString()} goes on to be used`;
    const fields = { calendar: source.name, problem };
    if (this.#failures === 1) log.error(fields, `the calendar of events cannot be read: ${consequence}`);
    else log.warn(fields, `the calendar of events still cannot be read: ${consequence}`);
  }
}
