/**
 * Reads the operator's calendar of events (`BLACKOUTS`) and reads it again every hour. What it said stays known when a
 * reading fails, with the time as of which it said so; each failure is in the log. Nothing of it stops the daemon: a
 * calendar that was never read forbids the rolls that ask for it.
 */
import type { Logger } from 'pino';
import { messageOf } from '../domain/errors.ts';
import type { EventCalendar } from '../domain/rules/blackouts.ts';
import { readBlackouts } from '../domain/spec/blackout-shape.ts';
import { readYamlFile } from '../files/yaml-file.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventCalendarReader } from '../ports/event-calendar.ts';

const refreshEveryMs = 3_600_000;

export interface EventCalendarOptions {
  /** Of a YAML file: a list of times as `guards.notDuring` takes them. */
  readonly path: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Logger;
  /** Default: an hour. */
  readonly everyMs?: number;
}

export class FileCalendar implements EventCalendarReader {
  readonly #options: EventCalendarOptions;
  readonly #timer: NodeJS.Timeout;
  #calendar: EventCalendar | null = null;

  /** Reads it at once. */
  constructor(options: EventCalendarOptions) {
    this.#options = options;
    this.#read();
    this.#timer = setInterval(() => this.#read(), options.everyMs ?? refreshEveryMs);
    this.#timer.unref();
  }

  known(): EventCalendar | null {
    return this.#calendar;
  }

  /** Reads it no more; what is known stays. */
  close(): void {
    clearInterval(this.#timer);
  }

  #read(): void {
    const { path, clock, log } = this.#options;
    try {
      const events = readBlackouts(readYamlFile(path));
      this.#calendar = { asOfMs: clock.nowMs(), events };
      log.info({ path, events: events.length }, 'the calendar of events was read');
    } catch (error) {
      const asOfMs = this.#calendar?.asOfMs;
      const consequence =
        asOfMs === undefined
          ? 'tasks with notDuring: events do not roll until it can'
          : `what it said at ${new Date(asOfMs).toISOString()} goes on to be used`;
      log.error({ path, problem: messageOf(error) }, `the calendar of events cannot be read: ${consequence}`);
    }
  }
}
