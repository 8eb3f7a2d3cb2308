/** What only the journal on Postgres has: group commit, its bounds, its words. What every journal has is in suites/journal.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { silentLog } from '../../src/store/log.ts';
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
  type TestDatabase,
} from '../support/database.ts';
import { turnOf } from './suites/records.ts';

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

const turn = (taskId: string, expectedVersion: number, changes: Partial<TurnRecord> = {}): TurnRecord =>
  turnOf({ accountId, taskId }, expectedVersion, changes);

const makeTasks = (prefix: string, total: number): Promise<string[]> => {
  const ids = Array.from({ length: total }, (_, index) => `${prefix}-${index}`);
  return createTestTasks(store, accountId, ids).then(() => ids);
};

const versions = async (taskId: string): Promise<number[]> =>
  (await store.tasks.journalRows(taskId)).map(({ version }) => version);

describe('Group commit', () => {
  it('journals every acknowledged turn of many tasks, in order, without a gap', async () => {
    const tasks = await makeTasks('many', 150);
    await Promise.all(
      tasks.flatMap((task) => Array.from({ length: 20 }, (_, n) => store.journal.commit(turn(task, n + 1)))),
    );
    const rows = await query<{ task_id: string; versions: number[]; events: number[]; newest: number }>(
      database.url,
      `SELECT task_id, array_agg(journal.version ORDER BY journal.version) AS versions, max(tasks.version) AS newest,
         array_agg((event->>'n')::int ORDER BY journal.version) FILTER (WHERE event->>'n' IS NOT NULL) AS events
       FROM journal JOIN tasks ON tasks.id = task_id WHERE task_id LIKE 'many-%' GROUP BY task_id`,
    );
    expect(rows).toHaveLength(150);
    const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);
    for (const row of rows) {
      expect(row).toMatchObject({ versions: upTo(21), events: upTo(20), newest: 21 });
    }
    expect(store.journal.state()).toMatchObject({ waiting: 0, flushing: 0, healthy: true, lastError: null });
  });

  it('writes turns that wait together in one transaction of at most 100', async () => {
    const tasks = await makeTasks('together', 600);
    await Promise.all(tasks.map((task) => store.journal.commit(turn(task, 1))));
    const [flushes] = await query<{ total: number; largest: number }>(
      database.url,
      `SELECT count(*)::int AS total, max(turns)::int AS largest FROM (
         SELECT count(*) AS turns FROM journal WHERE task_id LIKE 'together-%' AND version = 2 GROUP BY xmin::text
       ) AS flush`,
    );
    expect(flushes?.total).toBeLessThanOrEqual(8);
    expect(flushes?.largest).toBe(100);
  });

  it('rejects a row the database cannot take, and stores the others of its flush', async () => {
    const tasks = await makeTasks('bad', 10);
    const outcomes = await Promise.allSettled(
      tasks.map((task, index) =>
        store.journal.commit(turn(task, 1, index === 3 ? { snapshotJson: '{"cut off":' } : {})),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
    expect(outcomes[3]).toMatchObject({ status: 'rejected', reason: { name: 'Terminal', code: '22P02' } });
    expect((outcomes[3] as PromiseRejectedResult).reason).toBeInstanceOf(Terminal);
    expect(store.journal.state().healthy).toBe(true);
  });
});

describe('A refused turn', () => {
  it('gets an error with the version and the owner that are stored, or that there is no such task', async () => {
    const [task = ''] = await makeTasks('met', 1);
    await expect(store.journal.commit(turn(task, 5))).rejects.toThrow(
      /met-0: version 5 of daemon-a\/\w+ in epoch (\d+) expected, but version 1 of daemon-a\/\w+ in epoch \1 is/,
    );
    await expect(store.journal.commit(turn('nowhere', 1))).rejects.toThrow(/has no such task/);
  });
});

describe('A stored turn', () => {
  it('cannot be changed or removed afterwards', async () => {
    const [task = ''] = await makeTasks('kept', 1);
    for (const change of ["UPDATE journal SET state = 'x'", 'DELETE FROM journal', 'TRUNCATE journal']) {
      await expect(query(database.url, change)).rejects.toThrow(/append-only/);
    }
    expect(await versions(task)).toEqual([1]);
  });
});

describe('While the database is away', () => {
  const openCut = async (options: { waitingMax?: number; drainMaxMs?: number } = {}) => {
    const wire = await openWire(database.url);
    const journal = new PostgresJournal({
      databaseUrl: wire.url,
      ...(await fencesIn(database.url)),
      log: silentLog,
      ...options,
    });
    return { wire, journal };
  };

  it('lets a bounded number of turns wait, refuses more by naming the bound, and writes all when it is back', async () => {
    const tasks = await makeTasks('bound', 11);
    const { wire, journal } = await openCut({ waitingMax: 10 });
    wire.mode = 'refused';
    const waiting = tasks.slice(0, 10).map((task) => journal.commit(turn(task, 1)));
    await expect.poll(() => journal.state().healthy).toBe(false);
    const refusal = await journal.commit(turn('bound-10', 1)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Retryable);
    expect((refusal as Error).message).toMatch(/10 turns wait .*bound: 10/);
    expect(journal.state()).toMatchObject({ waiting: 10 });
    wire.mode = 'on';
    await Promise.all(waiting);
    expect(journal.state()).toMatchObject({ waiting: 0, healthy: true, lastError: null });
    expect(await versions('bound-9')).toEqual([1, 2]);
    expect(await versions('bound-10')).toEqual([1]);
    await journal.close();
    await wire.close();
  });

  it('closes within its bound and says of every turn whether it may have been written', async () => {
    const [task = ''] = await makeTasks('closing', 1);
    const { wire, journal } = await openCut({ drainMaxMs: 300 });
    wire.mode = 'stalled';
    const sent = journal.commit(turn(task, 1)).catch((error: unknown) => error);
    await expect.poll(() => journal.state().flushing).toBe(1);
    const behind = journal.commit(turn(task, 2)).catch((error: unknown) => error);
    await journal.close();
    expect(await sent).toBeInstanceOf(UnknownOutcome);
    expect(await behind).toBeInstanceOf(Retryable);
    await expect(journal.commit(turn(task, 1))).rejects.toBeInstanceOf(Retryable);
    await wire.close();
  });
});
