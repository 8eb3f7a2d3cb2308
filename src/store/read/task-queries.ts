/**
 * What the CLI, the API and the bot read of tasks, and the asking side of the inbox. Nothing here changes a task: that
 * is done by the owning daemon, through the journal. The shapes of the rows are in task-rows.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, QueryResultRow } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { CommandAnswer } from '../../ports/inbox.ts';
import { isMissingReference, isNoNumber } from '../database-errors.ts';
import { inboxChannel } from '../postgres-inbox.ts';
import { sql } from '../sql.ts';
import type {
  JournalRow,
  Question,
  TaskAlertRow,
  TaskCommandRow,
  TaskDetails,
  TaskRow,
  Transition,
  UndeliveredAlert,
} from './task-rows.ts';

/** How many journal rows, commands and alerts `showTask` brings. */
const shownMax = 20;
const answerPollMs = 100;

export class TaskQueries {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Everybody's tasks, or one user's, by user, account and age. */
  listTasks({ userName }: { readonly userName?: string | undefined } = {}): Promise<readonly TaskRow[]> {
    return this.#rows<TaskRow>('list-tasks', [userName ?? null]);
  }

  /** One task with its recent history, or null when nobody ever asked for it. */
  async showTask(taskId: string): Promise<TaskDetails | null> {
    const [task] = await this.#rows<Omit<TaskDetails, 'journal' | 'commands' | 'alerts'>>('show-task', [
      taskId,
    ]);
    if (!task) return null;
    const key = [task.accountId, taskId, shownMax];
    const [journal, commands, alerts] = await Promise.all([
      this.#rows<Transition>('last-journal-rows', key),
      this.#rows<TaskCommandRow>('commands-of-task', key),
      this.#rows<TaskAlertRow>('alerts-of-task', key),
    ]);
    return { ...task, journal, commands, alerts };
  }

  /** The journal of one task in order of versions, snapshots included; page with `fromVersion`. */
  journalRows(
    taskId: string,
    { fromVersion = 1, limit = 10_000 }: { readonly fromVersion?: number; readonly limit?: number } = {},
  ): Promise<readonly JournalRow[]> {
    return this.#rows<JournalRow>('journal-rows', [taskId, fromVersion, limit]);
  }

  /**
   * Puts a command into the inbox and wakes the owning daemon. @returns the command's id, to await the answer with.
   * @throws BadInput when the account or the task is unknown, or the id was used for another command.
   */
  async ask({ accountId, taskId, kind, payload, commandId = randomUUID() }: Question): Promise<string> {
    const payloadJson = JSON.stringify(payload ?? null);
    const isOfNewTask = kind === 'add' || (kind === 'preview' && payload !== null);
    if (!isOfNewTask) await this.#assertKnown(accountId, taskId);
    try {
      const values = [accountId, commandId, taskId, kind, payloadJson, inboxChannel];
      const asked = await this.#rows('ask', values);
      if (asked.length > 0) return commandId;
    } catch (error) {
      if (!isMissingReference(error) && !isNoNumber(error)) throw error;
      throw wrong('accountId', JSON.stringify(accountId), 'the id of an account that was added');
    }
    const values = [commandId, accountId, taskId, kind, payloadJson];
    const [before] = await this.#rows<{ same: boolean }>('asked-before', values);
    if (before?.same === true) return commandId;
    throw wrong('commandId', `${commandId}, used for another command`, 'an id of its own for every command');
  }

  /** @returns null when nobody has answered within `timeoutMs`; the command waits on. */
  async awaitAnswer(commandId: string, timeoutMs: number): Promise<CommandAnswer | null> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const [row] = await this.#rows<{ status: 'waiting' | 'done' | 'refused'; answer: string | null }>(
        'read-answer',
        [commandId],
      );
      if (!row) throw wrong('commandId', JSON.stringify(commandId), 'the id of a command that was asked');
      if (row.status !== 'waiting') return { commandId, status: row.status, text: row.answer ?? '' };
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return null;
      await sleep(Math.min(answerPollMs, leftMs));
    }
  }

  /** Every roll of a task that has ended, oldest first. */
  async rollsOf(taskId: string): Promise<readonly RollSummary[]> {
    const rows = await this.#rows<{ roll: RollSummary }>('rolls-of-task', [taskId]);
    return rows.map(({ roll }) => roll);
  }

  /** Every transition ever journaled, of all tasks. */
  async countTransitions(): Promise<number> {
    const [row] = await this.#rows<{ total: number }>('count-transitions', []);
    return row?.total ?? 0;
  }

  /** Alerts of these accounts nobody has been told yet, oldest first. */
  undeliveredAlerts(accountIds: readonly string[], limit = 100): Promise<readonly UndeliveredAlert[]> {
    return this.#rows<UndeliveredAlert>('undelivered-alerts', [accountIds, limit]);
  }

  /** Marking again changes nothing. */
  async markDelivered(alertIds: readonly string[]): Promise<void> {
    if (alertIds.length > 0) await this.#rows('mark-alerts-delivered', [alertIds]);
  }

  async #assertKnown(accountId: string, taskId: string): Promise<void> {
    const [row] = await this.#rows<{ known: boolean }>('task-or-request-exists', [accountId, taskId]);
    if (row?.known === true) return;
    throw wrong('taskId', JSON.stringify(taskId), `the id of a task of account ${accountId}`);
  }

  async #rows<Row extends object>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row & QueryResultRow>(sql(name), [...values]);
    return rows;
  }
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput(`Wrong ${path}`, [{ path, found, expected }]);
