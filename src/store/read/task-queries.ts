/** Reads tasks and their journals for people (ports/task-reading.ts), and the outbox of alerts. */
import type { Pool } from 'pg';
import type { RollTurn, TimedRoll } from '../../domain/explain/roll-timing.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { Scope } from '../../ports/directory.ts';
import type { Seal } from '../../ports/seal.ts';
import { isStorable } from '../people/storable-name.ts';
import { askedTogether } from '../asked-together.ts';
import type { Pools } from '../pool.ts';
import { plannedRowsOf, rowsOf } from '../rows.ts';
import { everything } from './everything.ts';
import type {
  JournalPage,
  JournalRow,
  JournalStep,
  TaskDetails,
  TaskHead,
  TaskMatch,
  TaskReading,
  TaskRoll,
  TaskRow,
  TaskVersion,
  WantedTasks,
} from '../../ports/task-reading.ts';

/** How many journal rows, commands and alerts `showTask` brings. */
const shownMax = 20;

/** Of one task: with a run every day and as little as possible in each file it takes decades. */
const sealsMax = 10_000;

export class TaskQueries implements TaskReading {
  readonly #pool: Pool;

  readonly #pools: Pools;
  /** By its name: the session of a daemon that lives. */
  readonly #livingOwner: (owner: string) => Promise<string | null>;

  constructor(pools: Pools) {
    this.#pool = pools.pool;
    this.#pools = pools;
    this.#livingOwner = askedTogether(async (owners) => {
      const living = await plannedRowsOf<{ owner: string }>(pools, 'living-owners', [owners]);
      return new Map(living.map(({ owner }) => [owner, owner]));
    });
  }

  listTasks(
    { userName, taskIds }: WantedTasks = {},
    { userId }: Scope = everything,
  ): Promise<readonly TaskRow[]> {
    if (userName !== undefined && !isStorable(userName)) return Promise.resolve([]);
    return rowsOf<TaskRow>(this.#pool, 'list-tasks', [
      userName ?? null,
      userId,
      taskIds?.filter(isStorable) ?? null,
    ]);
  }

  taskHeads(
    { userName }: Pick<WantedTasks, 'userName'> = {},
    { userId }: Scope = everything,
  ): Promise<readonly TaskHead[]> {
    if (userName !== undefined && !isStorable(userName)) return Promise.resolve([]);
    return rowsOf<TaskHead>(this.#pool, 'task-heads', [userName ?? null, userId]);
  }

  async showTask(taskId: string, { userId }: Scope = everything): Promise<TaskDetails | null> {
    if (!isStorable(taskId)) return null;
    const values = [taskId, userId, shownMax];
    const [task] = await plannedRowsOf<Omit<TaskDetails, 'owner'>>(this.#pools, 'show-task', values);
    if (!task) return null;
    const { lastOwner } = task;
    return { ...task, owner: lastOwner === null ? null : await this.#livingOwner(lastOwner) };
  }

  tasksLike(prefix: string, limit: number, { userId }: Scope = everything): Promise<readonly TaskMatch[]> {
    if (!isStorable(prefix)) return Promise.resolve([]);
    return rowsOf<TaskMatch>(this.#pool, 'tasks-like', [prefix, limit, userId]);
  }

  /** 10,000 rows at most, unless `limit` says otherwise. */
  journalRows(
    taskId: string,
    { fromVersion = 1, limit = 10_000 }: JournalPage = {},
    { userId }: Scope = everything,
  ): Promise<readonly JournalRow[]> {
    if (!isStorable(taskId)) return Promise.resolve([]);
    return rowsOf<JournalRow>(this.#pool, 'journal-rows', [taskId, fromVersion, limit, userId]);
  }

  journalSteps(
    taskId: string,
    { fromVersion, limit }: Required<JournalPage>,
    { userId }: Scope = everything,
  ): Promise<readonly JournalStep[]> {
    if (!isStorable(taskId)) return Promise.resolve([]);
    return rowsOf<JournalStep>(this.#pool, 'journal-steps', [taskId, fromVersion, limit, userId]);
  }

  sealsOf(taskId: string, { userId }: Scope = everything): Promise<readonly Seal[]> {
    if (!isStorable(taskId)) return Promise.resolve([]);
    return rowsOf<Seal>(this.#pool, 'seals', [taskId, '', 0, sealsMax, userId]);
  }

  async rollTurns(taskId: string, { userId }: Scope = everything): Promise<readonly RollTurn[]> {
    if (!isStorable(taskId)) return [];
    return rowsOf<RollTurn>(this.#pool, 'roll-turns', [taskId, userId]);
  }

  async timedRolls(
    taskId: string,
    limit: number,
    { userId }: Scope = everything,
  ): Promise<readonly TimedRoll[]> {
    if (!isStorable(taskId)) return [];
    const newest = await rowsOf<TimedRoll>(this.#pool, 'timed-rolls', [taskId, limit, userId]);
    return newest.reverse();
  }

  async rollsOf(taskId: string, { userId }: Scope = everything): Promise<readonly RollSummary[]> {
    const rows = await rowsOf<{ roll: RollSummary }>(this.#pool, 'rolls-of-task', [taskId, userId]);
    return rows.map(({ roll }) => roll);
  }

  taskVersions(withinMs: number | null, { userId }: Scope = everything): Promise<readonly TaskVersion[]> {
    return rowsOf<TaskVersion>(this.#pool, 'task-versions', [withinMs, userId]);
  }

  rollsSince(sinceMs: number, { userId }: Scope = everything): Promise<readonly TaskRoll[]> {
    return rowsOf<TaskRoll>(this.#pool, 'rolls-since', [sinceMs, userId]);
  }

  /** Every transition ever journaled, of all tasks. */
  async countTransitions(): Promise<number> {
    const [row] = await rowsOf<{ total: number }>(this.#pool, 'count-transitions', []);
    return row?.total ?? 0;
  }
}
