/** A database with tasks of one daemon, ready to make turns, and the ceiling of single commits on the same tables. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { newTask, turnsPerSecond } from '../../../src/capacity/live-tasks.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { migrate } from '../../../src/store/migrate.ts';
import { silentLog } from '../../../src/store/log.ts';
import type { Store } from '../../../src/store/store.ts';
import { addTestAccount, adoptAll, openTestStore, query, startTestCluster } from '../../support/database.ts';

const commitClients = fileURLToPath(new URL('./commit-clients.ts', import.meta.url));
const ceilingPrefix = 'ceiling';
const ceilingClients = 16;

export class PersistStage {
  readonly url: string;
  readonly #store: Store;
  readonly #close: () => Promise<void>;
  /** Ids of the tasks, all of one account. */
  readonly #tasks: readonly string[];
  readonly #accountId: string;

  private constructor(opened: {
    readonly url: string;
    readonly store: Store;
    readonly accountId: string;
    readonly tasks: readonly string[];
    readonly close: () => Promise<void>;
  }) {
    this.url = opened.url;
    this.#store = opened.store;
    this.#accountId = opened.accountId;
    this.#tasks = opened.tasks;
    this.#close = opened.close;
  }

  static async open(tasksMax: number): Promise<PersistStage> {
    const cluster = await startTestCluster();
    await migrate(cluster.url, silentLog);
    const store = await openTestStore(cluster.url);
    const [accountId, other] = [await addTestAccount(store), await addTestAccount(store)];
    await insertTasks(cluster.url, { accountId, prefix: 'live', total: tasksMax });
    await insertTasks(cluster.url, {
      accountId: other,
      prefix: ceilingPrefix,
      total: ceilingClients,
    });
    await store.ownership.claimAccounts();
    const close = async (): Promise<void> => {
      await store.close();
      await cluster.remove();
    };
    const tasks = Array.from({ length: tasksMax }, (_, at) => `live${at}`);
    return new PersistStage({ url: cluster.url, store, accountId, tasks, close });
  }

  /** Durable turns a second of so many live tasks. */
  async turnsPerSecond(tasks: number, seconds: number): Promise<number> {
    const wanted = new Set(this.#tasks.slice(0, tasks));
    const stored = (await adoptAll(this.#store, this.#accountId)).filter(({ taskId }) => wanted.has(taskId));
    return turnsPerSecond(this.#store.journal, stored satisfies readonly StoredTask[], seconds);
  }

  /** Single commits a second of 16 clients. */
  async commitsPerSecond(seconds: number): Promise<number> {
    const { state, snapshotJson } = newTask('1', 'ceiling0');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      commitClients,
      this.url,
      String(ceilingClients),
      String(seconds),
      ceilingPrefix,
      state,
      snapshotJson,
    ]);
    return Number(stdout);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

async function insertTasks(
  url: string,
  {
    accountId,
    prefix,
    total,
  }: { readonly accountId: string; readonly prefix: string; readonly total: number },
): Promise<void> {
  const { state, specJson, snapshotJson, machine } = newTask(accountId, 'TASK');
  await query(
    url,
    `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine)
     SELECT $1, $2 || n, 1, 'fence', $4, 'waiting', $5::json, replace($6, 'TASK', $2 || n)::json, $7 FROM generate_series(0, $3::int - 1) AS n`,
    [accountId, prefix, total, state, specJson, snapshotJson, machine],
  );
}
