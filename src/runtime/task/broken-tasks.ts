/**
 * Tasks that this program cannot go on with: what is stored of one cannot be read, or its machine breaks again and again at
 * the same place. One such task is set aside with an alert, and tried again every ten seconds, because the row may be put right
 * meanwhile; no other task is touched by it. Restoring it is done in task-host.ts.
 */
import type { Logger } from 'pino';
import type { Alert } from '../../domain/alert.ts';
import { Conflict, messageOf, Retryable, UnknownOutcome } from '../../domain/errors.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { taskManagedAgain, taskSetAside } from '../../domain/roll/broken-task.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { StoredTask } from '../../ports/journal.ts';
import type { LiveReports } from '../../ports/live.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import { logCritical } from '../critical.ts';

export interface BrokenTasksOptions extends AccountNames {
  /** Stores the alerts. Default: they are only in the log. */
  readonly accounts?: Pick<AccountBook, 'noteAlert'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

type TaskPlace = Pick<StoredTask, 'accountId' | 'taskId' | 'version'>;

interface Broken {
  readonly version: number;
  readonly how: 'unreadable' | 'breaks';
  /** In a row, at this version. */
  readonly times: number;
  /** Why it is set aside; `null` while it is not. */
  readonly problem: string | null;
}

/** A task that breaks may have met something that does not come again. */
const timesMax = 5;
const soonMs = 1_000;
const asideMs = 10_000;
const storeAgainAfterMs = 5_000;
const storeTriesMax = 60;

export class BrokenTasks {
  readonly #options: BrokenTasksOptions;
  readonly #broken = new Map<string, Broken>();

  constructor(options: BrokenTasksOptions) {
    this.#options = options;
  }

  /** Why the task is set aside; `null` when it is not. */
  whyAside(taskId: string): string | null {
    return this.#broken.get(taskId)?.problem ?? null;
  }

  /** What is stored of the task cannot be read: it is set aside at once. */
  unreadable(task: TaskPlace, error: unknown): void {
    this.#setAside(task, { how: 'unreadable', times: timesMax, error });
  }

  /** A turn of the task was lost. It is set aside when that was its own fault, too often without a step in between. */
  lost(task: TaskPlace, error: unknown): void {
    if (isOfStore(error)) return;
    const before = this.#broken.get(task.taskId);
    const times = before?.version === task.version ? before.times + 1 : 1;
    const { version } = task;
    if (times >= timesMax) this.#setAside(task, { how: 'breaks', times, error });
    else this.#broken.set(task.taskId, { version, how: 'breaks', times, problem: before?.problem ?? null });
  }

  /** How long to wait before the task is restored again. */
  waitMs(taskId: string): number {
    return this.whyAside(taskId) === null ? soonMs : asideMs;
  }

  /** Whether anything is known against the task. */
  has(taskId: string): boolean {
    return this.#broken.has(taskId);
  }

  /** The task was restored: what could not be read can be read now. */
  restored(task: Omit<TaskPlace, 'version'>): void {
    if (this.#broken.get(task.taskId)?.how === 'unreadable') this.works(task);
  }

  /** The task has stored a turn. */
  works({ accountId, taskId }: Omit<TaskPlace, 'version'>): void {
    const broken = this.#broken.get(taskId);
    this.#broken.delete(taskId);
    if (broken !== undefined && broken.problem !== null)
      this.#alert(accountId, taskManagedAgain(nameOf(this.#options, accountId), taskId));
  }

  /** The task is over, or another daemon's. */
  forget(taskId: string): void {
    this.#broken.delete(taskId);
  }

  /** Alerted once for each problem, however often it is tried again. */
  #setAside(
    { accountId, taskId, version }: TaskPlace,
    { how, times, error }: Pick<Broken, 'how' | 'times'> & { readonly error: unknown },
  ): void {
    const problem = messageOf(error);
    const isNews = this.whyAside(taskId) !== problem;
    this.#broken.set(taskId, { version, how, times, problem });
    const name = nameOf(this.#options, accountId);
    if (isNews) this.#alert(accountId, taskSetAside(name, taskId, problem), { taskId, err: error });
    else this.#options.log.warn({ taskId, problem }, 'the task is still set aside');
  }

  #alert(accountId: string, alert: Alert, fields: object = {}): void {
    const { clock, log, live } = this.#options;
    const text = alertText(alert);
    if (alert.severity === 'critical') logCritical(log, { accountId, ...fields }, text);
    else log.info({ accountId, ...fields }, text);
    const atMs = clock.nowMs();
    live?.accountAlert(accountId, { ...alert, atMs });
    this.#store(accountId, { ...alert, atMs }, storeTriesMax);
  }

  #store(accountId: string, alert: Alert & { readonly atMs: number }, triesLeft: number): void {
    const { accounts, clock, log } = this.#options;
    accounts?.noteAlert(accountId, alert).catch((error: unknown) => {
      log.warn({ accountId, err: error }, 'an alert about a task that is set aside cannot be stored yet');
      if (triesLeft > 0)
        clock.alarm(clock.nowMs() + storeAgainAfterMs, () => this.#store(accountId, alert, triesLeft - 1));
    });
  }
}

/** The task itself is well: what it decided could not be stored, or is not known to be. */
const isOfStore = (error: unknown): boolean =>
  error instanceof Conflict || error instanceof Retryable || error instanceof UnknownOutcome;
