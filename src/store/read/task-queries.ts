/** What people read of tasks and their journals, as ports/task-reading says, and the outbox of alerts. */
import type { Pool, QueryResultRow } from 'pg';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { Scope } from '../../ports/directory.ts';
import { sql } from '../sql.ts';
import { everything } from './everything.ts';
import type {
  JournalPage,
  JournalRow,
  TaskAlertRow,
  TaskCommandRow,
  TaskDetails,
  TaskReading,
  TaskRow,
  Transition,
  UndeliveredAlert,
} from '../../ports/task-reading.ts';

/** How many journal rows, commands and alerts `showTask` brings. */
const shownMax = 20;

export class TaskQueries implements TaskReading {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  listTasks(
    { userName }: { readonly userName?: string | undefined } = {},
    { userId }: Scope = everything,
  ): Promise<readonly TaskRow[]> {
    return this.#rows<TaskRow>('list-tasks', [userName ?? null, userId]);
  }

  async showTask(taskId: string, { userId }: Scope = everything): Promise<TaskDetails | null> {
    const [task] = await this.#rows<Omit<TaskDetails, 'journal' | 'commands' | 'alerts'>>('show-task', [
      taskId,
      userId,
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

  /** 10,000 rows at most, unless it is said otherwise. */
  journalRows(
    taskId: string,
    { fromVersion = 1, limit = 10_000 }: JournalPage = {},
    { userId }: Scope = everything,
  ): Promise<readonly JournalRow[]> {
    return this.#rows<JournalRow>('journal-rows', [taskId, fromVersion, limit, userId]);
  }

  async rollsOf(taskId: string, { userId }: Scope = everything): Promise<readonly RollSummary[]> {
    const rows = await this.#rows<{ roll: RollSummary }>('rolls-of-task', [taskId, userId]);
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

  async #rows<Row extends object>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row & QueryResultRow>(sql(name), [...values]);
    return rows;
  }
}
