/** The daemons that share this database, as their locks show them, and how much there is to manage. */
import type { Pool } from 'pg';
import type { ExchangeEnvironment } from '../../ports/directory.ts';
import type { ListedDaemon, OutboxBacklog, SystemReading } from '../../ports/system.ts';
import { memberLockClass, shardLockClass, shardsTotal } from '../ownership/advisory-locks.ts';
import { rowsOf } from '../rows.ts';

/** More of a kind than this are not counted. */
const countedMax = 10_000;

export interface SystemQueriesOptions {
  readonly pool: Pool;
  readonly environment: ExchangeEnvironment;
  /** Session of this daemon. */
  readonly owner: string;
}

export class SystemQueries implements SystemReading {
  readonly shardsTotal = shardsTotal;
  readonly #options: SystemQueriesOptions;

  constructor(options: SystemQueriesOptions) {
    this.#options = options;
  }

  daemons(): Promise<readonly ListedDaemon[]> {
    const { pool, environment, owner } = this.#options;
    return rowsOf<ListedDaemon>(pool, 'living-daemons', [
      shardLockClass[environment],
      memberLockClass[environment],
      shardsTotal,
      environment,
      owner,
    ]);
  }

  async outboxBacklog(): Promise<OutboxBacklog> {
    const [row] = await rowsOf<OutboxBacklog>(this.#options.pool, 'outbox-backlog', [countedMax]);
    return row ?? { waiting: 0, oldestMs: 0, dead: 0, unplannedSinceMs: null };
  }

  /** Of the newest backup that `rollkeeper backup` has made, ms; `null` when it has made none. */
  async backupAgeMs(): Promise<number | null> {
    const [row] = await rowsOf<{ ageMs: number | null }>(this.#options.pool, 'backup-age', []);
    return row?.ageMs ?? null;
  }

  async activeTasks(): Promise<number> {
    const { pool, environment } = this.#options;
    const [row] = await rowsOf<{ count: number }>(pool, 'count-active-tasks', [environment]);
    return row?.count ?? 0;
  }
}
