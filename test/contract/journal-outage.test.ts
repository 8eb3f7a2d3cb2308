/** Cut connections, silent connections and a killed Postgres, in the middle of commits. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conflict } from '../../src/domain/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { PostgresJournal } from '../../src/store/journal/postgres-journal.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  fencesIn,
  openTestStore,
  openWire,
  query,
  startTestCluster,
  type TestDatabase,
} from '../support/database.ts';

const turn = (accountId: string, taskId: string, expectedVersion: number): TurnRecord => ({
  accountId,
  taskId,
  expectedVersion,
  atMs: expectedVersion,
  path: '',
  eventJson: '{"type":"PRICE"}',
  state: 'IDLE.watching',
  phase: 'waiting',
  snapshotJson: `{"made on":${expectedVersion}}`,
  machine: '1',
  alerts: [{ severity: 'info', code: 'turn', figures: { version: expectedVersion } }],
  answers: [],
});

describe('A connection that dies in the middle of a flush', () => {
  let database: TestDatabase;
  let store: Store;
  let accountId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    store = await openTestStore(database.url);
    accountId = await addTestAccount(store);
    await store.ownership.claimAccounts();
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  /** A journal of the same daemon, with a wire that can be cut; `taskId` has been written once through it. */
  const openOnWire = async (taskId: string) => {
    await createTestTasks(store, accountId, [taskId]);
    const wire = await openWire(database.url);
    const journal = new PostgresJournal({
      databaseUrl: wire.url,
      ...(await fencesIn(database.url)),
      log: silentLog,
      lanes: 1,
      statementTimeoutMs: 400,
    });
    await journal.commit(turn(accountId, taskId, 1));
    const close = async (): Promise<void> => {
      await journal.close();
      await wire.close();
    };
    return { wire, journal, close };
  };

  const stored = async (taskId: string) => {
    const [row] = await query<{ versions: number[]; alerts: number }>(
      database.url,
      `SELECT array_agg(version ORDER BY version) AS versions,
         (SELECT count(*)::int FROM alerts WHERE alerts.task_id = $1) AS alerts
       FROM journal WHERE task_id = $1`,
      [taskId],
    );
    return row;
  };
  const takenAway = `UPDATE account_fences SET epoch = epoch + 1, owner = 'daemon-b' WHERE account_id = $1`;
  const versionOf = async (taskId: string): Promise<number | undefined> =>
    (await store.ownership.reload(accountId, taskId))?.version;

  it('is not taken for a conflict when the commit had gone through: the turn is acknowledged, once', async () => {
    const { wire, journal, close } = await openOnWire('answer-lost');
    wire.mode = 'mute answers';
    const commit = journal.commit(turn(accountId, 'answer-lost', 2));
    await expect.poll(() => versionOf('answer-lost')).toBe(3);
    wire.cut();
    wire.mode = 'on';
    await commit;
    expect(await stored('answer-lost')).toEqual({ versions: [1, 2, 3], alerts: 2 });
    await journal.commit(turn(accountId, 'answer-lost', 3));
    await close();
  });

  it('acknowledges a turn that had gone through even when another daemon has adopted the task since', async () => {
    const { wire, journal, close } = await openOnWire('adopted-since');
    wire.mode = 'mute answers';
    const commit = journal.commit(turn(accountId, 'adopted-since', 2));
    await expect.poll(() => versionOf('adopted-since')).toBe(3);
    await query(database.url, takenAway, [accountId]);
    wire.cut();
    wire.mode = 'on';
    await commit;
    await expect(journal.commit(turn(accountId, 'adopted-since', 3))).rejects.toBeInstanceOf(Conflict);
    await close();
  });

  it('does not hide a conflict: a turn that never arrived before the adoption is refused', async () => {
    const { wire, journal, close } = await openOnWire('never-arrived');
    wire.mode = 'stalled';
    const commit = journal.commit(turn(accountId, 'never-arrived', 2));
    await query(database.url, takenAway, [accountId]);
    wire.cut();
    wire.mode = 'on';
    await expect(commit).rejects.toThrow(/version 2 of daemon-b in epoch \d+ is stored/);
    expect(await stored('never-arrived')).toEqual({ versions: [1, 2], alerts: 1 });
    await close();
  });

  it('is noticed when it only falls silent, and the turn goes out on a new one', async () => {
    const { wire, journal, close } = await openOnWire('silent');
    wire.mode = 'stalled';
    const commit = journal.commit(turn(accountId, 'silent', 2));
    await expect.poll(() => journal.state().lastError).toMatch(/timeout/i);
    wire.mode = 'on';
    await commit;
    expect(await stored('silent')).toEqual({ versions: [1, 2, 3], alerts: 2 });
    await close();
  });

  it('waits for its own transaction when that is still running in the database', async () => {
    const { wire, journal, close } = await openOnWire('still-running');
    // A lock on the row holds the first attempt up, while its connection is cut.
    const blocked = query(
      database.url,
      `BEGIN; SELECT FROM tasks WHERE id = 'still-running' FOR UPDATE; SELECT pg_sleep(0.3); COMMIT`,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const commit = journal.commit(turn(accountId, 'still-running', 2));
    await new Promise((resolve) => setTimeout(resolve, 50));
    wire.cut();
    await Promise.all([blocked, commit]);
    expect(await stored('still-running')).toEqual({ versions: [1, 2, 3], alerts: 2 });
    await close();
  });
});

describe('Postgres killed again and again', () => {
  it('keeps every acknowledged turn, writes none twice, and ends with all of them', async () => {
    const cluster = await startTestCluster();
    try {
      await migrate(cluster.url, silentLog);
      const store = await openTestStore(cluster.url);
      const accountId = await addTestAccount(store);
      await store.ownership.claimAccounts();
      const tasks = Array.from({ length: 40 }, (_, index) => `task-${index}`);
      await createTestTasks(store, accountId, tasks);
      let [acknowledged, kills] = [0, 0];
      const work = Promise.all(
        tasks.map(async (task) => {
          for (let version = 1; version <= 100; version += 1) {
            await store.journal.commit(turn(accountId, task, version));
            acknowledged += 1;
          }
        }),
      );
      for (const share of [0.2, 0.5, 0.8]) {
        await expect.poll(() => acknowledged, { interval: 5 }).toBeGreaterThan(4_000 * share);
        const pid = Number(
          (await readFile(join(cluster.dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0],
        );
        process.kill(pid, 'SIGKILL');
        kills += 1;
      }
      await work;
      const rows = await query<{
        turns: number;
        first: number;
        last: number;
        version: number;
        alerts: number;
      }>(
        cluster.url,
        `SELECT count(*)::int AS turns, min(journal.version) AS first, max(journal.version) AS last,
           max(tasks.version) AS version, (SELECT count(*)::int FROM alerts WHERE alerts.task_id = tasks.id) AS alerts
         FROM tasks JOIN journal ON journal.task_id = tasks.id GROUP BY tasks.id`,
      );
      expect({ kills, tasks: rows.length }).toEqual({ kills: 3, tasks: 40 });
      for (const row of rows) {
        expect(row).toEqual({ turns: 101, first: 1, last: 101, version: 101, alerts: 100 });
      }
      await store.close();
    } finally {
      await cluster.remove();
    }
  }, 60_000);
});
