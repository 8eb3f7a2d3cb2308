/**
 * Alerts of accounts that the calendar of events cannot be read, where a task asks for it: when that has lasted for some
 * minutes, again every day, and when it can be read again. What was alerted is kept in memory: the next daemon of an
 * account begins anew.
 */
import type { Logger } from 'pino';
import type { Alert } from '../../domain/alert.ts';
import { messageOf } from '../../domain/errors.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { calendarFails, calendarIsRead, type CalendarTrouble } from '../../domain/rules/blackouts.ts';
import { asksForEvents } from '../../domain/rules/rule.ts';
import { dayMs, minuteMs } from '../../domain/units.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { LiveReports } from '../../ports/live.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import { logCritical } from '../critical.ts';
import { Groups } from '../groups.ts';
import type { TaskActor } from '../task/task-actor.ts';

export interface CalendarWatchOptions extends AccountNames {
  /** Stores the alerts. Default: they are only in the log. */
  readonly accounts?: Pick<AccountBook, 'noteAlert'>;
  readonly calendar?: EventCalendarReader | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

/** A hiccup of a server is no news: by then it was asked three times. */
const lastsMs = 5 * minuteMs;
const remindEveryMs = dayMs;

export class CalendarWatch {
  readonly #options: CalendarWatchOptions;
  readonly #sinceMs: number;
  /** Tasks that ask for events, by account. */
  readonly #asking = new Groups<string, TaskActor>();
  /** When an account was alerted last. */
  readonly #alerted = new Map<string, number>();

  constructor(options: CalendarWatchOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.nowMs();
  }

  /** Takes from the task whether it asks for events. */
  note(task: TaskActor): void {
    if (asksForEvents(task.context.spec.rules)) this.#asking.add(task.accountId, task);
    else this.forget(task);
  }

  /** Removes a task that is dropped. */
  forget(task: TaskActor): void {
    this.#asking.remove(task.accountId, task);
  }

  /** Alerts what is due. To be repeated; costs nothing while all is well. */
  look(): void {
    const { calendar, clock } = this.#options;
    const nowMs = clock.nowMs();
    const trouble = calendar ? calendar.trouble() : { sinceMs: this.#sinceMs, problem: null };
    if (trouble === null) this.#end(nowMs);
    else if (nowMs - trouble.sinceMs >= lastsMs) this.#alertAll(trouble, nowMs);
  }

  #alertAll(
    trouble: Pick<CalendarTrouble, 'sinceMs'> & { readonly problem: string | null },
    nowMs: number,
  ): void {
    const asOfMs = this.#options.calendar?.known()?.asOfMs ?? null;
    for (const accountId of this.#asking.keys()) {
      const lastMs = this.#alerted.get(accountId) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - lastMs < remindEveryMs) continue;
      this.#alerted.set(accountId, nowMs);
      const name = nameOf(this.#options, accountId);
      const { problem, sinceMs } = trouble;
      this.#alert(accountId, calendarFails({ name, problem, asOfMs, forMs: nowMs - sinceMs }), nowMs);
    }
  }

  #end(nowMs: number): void {
    for (const accountId of this.#alerted.keys())
      if (this.#asking.has(accountId))
        this.#alert(accountId, calendarIsRead(nameOf(this.#options, accountId)), nowMs);
    this.#alerted.clear();
  }

  /** One that cannot be stored is in the log. */
  #alert(accountId: string, alert: Alert, atMs: number): void {
    const { accounts, log, live } = this.#options;
    const fields = { accountId };
    const text = alertText(alert);
    if (alert.severity === 'critical') logCritical(log, fields, text);
    else if (alert.severity === 'warning') log.warn(fields, text);
    else log.info(fields, text);
    live?.accountAlert(accountId, { ...alert, atMs });
    accounts?.noteAlert(accountId, { ...alert, atMs }).catch((error: unknown) => {
      log.warn({ accountId, problem: messageOf(error) }, 'an alert about the calendar could not be stored');
      if (alert.severity !== 'info') this.#alerted.set(accountId, atMs - remindEveryMs + minuteMs);
    });
  }
}
