/** The daemons that share this database, as their locks show them, and how much there is to manage. */
import type { Pool } from 'pg';
import type { ExchangeEnvironment } from '../../ports/directory.ts';
import type { ListedDaemon, SystemReading } from '../../ports/system.ts';
import { memberLockClass, shardLockClass, shardsTotal } from '../ownership/advisory-locks.ts';
import { rowsOf } from '../rows.ts';

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

  async activeTasks(): Promise<number> {
    const { pool, environment } = this.#options;
    const [row] = await rowsOf<{ count: number }>(pool, 'count-active-tasks', [environment]);
    return row?.count ?? 0;
  }
}
