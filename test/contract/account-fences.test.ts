/**
 * How an account is fenced on Postgres: a take-over and the flushes that are under way wait for each other, whichever comes first,
 * and daemons from before there were fences are kept out by versions. What every ownership has is in suites/sharing-accounts.ts.
 */
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Conflict } from '../../src/domain/errors.ts';
import { PostgresJournal } from '../../src/store/journal/postgres-journal.ts';
import { silentLog } from '../../src/store/log.ts';
import { sql } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  adoptAll,
  createTestDatabase,
  createTestTasks,
  fencesIn,
  openTestStore,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { turnOf } from './suites/records.ts';

let database: TestDatabase;
/** A daemon that has an account, and will lose it without knowing. */
let former: Store;
let accountId: string;
/** A connection whose locks hold the others up. */
let blocker: Client;
const opened: Store[] = [];
const begun = { state: 'ROLL_INITIATED.closingLeg1', phase: 'rolling' } as const;

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  former = await open('former');
  accountId = await addTestAccount(former);
  await former.ownership.claimAccounts();
  blocker = new Client({ connectionString: database.url });
  await blocker.connect();
});
afterEach(async () => {
  await blocker.end();
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => database.drop());

async function open(daemonName: string): Promise<Store> {
  const store = await openTestStore(database.url, { daemonName });
  opened.push(store);
  return store;
}

const commit = (taskId: string, version: number, changes = {}): Promise<void> =>
  former.journal.commit(turnOf({ accountId, taskId }, version, changes));

const hold = async (statement: string, values: unknown[]): Promise<void> => {
  await blocker.query('BEGIN');
  await blocker.query(statement, values);
};

/** Resolves when a session of this name waits for a lock. */
const untilHeldUp = (name: string): Promise<void> =>
  expect
    .poll(() =>
      query(
        database.url,
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE $1 AND wait_event_type = 'Lock'`,
        [name],
      ),
    )
    .toHaveLength(1);

const rowsOf = async (taskId: string): Promise<string[]> =>
  (await former.tasks.journalRows(taskId)).map(({ version, eventJson }) => `${version} ${eventJson}`);

/** The next daemon, once the session of the first has ended. */
async function successor(): Promise<Store> {
  await former.ownership.release();
  const next = await open('next');
  await next.ownership.claimAccounts();
  return next;
}

describe('A take-over', () => {
  it('waits for a flush under way, and reads what it stored', async () => {
    await createTestTasks(former, accountId, ['late']);
    await hold('SELECT FROM tasks WHERE id = $1 FOR UPDATE', ['late']);
    const committed = commit('late', 1, begun);
    await untilHeldUp('rollkeeper journal%');
    const next = await successor();
    const adopted = adoptAll(next, accountId);
    await untilHeldUp('rollkeeper shards next');
    await blocker.query('COMMIT');
    await committed;
    expect(await adopted).toMatchObject([{ taskId: 'late', version: 3, ...begun }]);
    expect((await rowsOf('late')).at(-1)).toBe('3 {"type":"ADOPTED","daemon":"next"}');
  });

  it('waits also while a flush has moved the tasks and goes on with what belongs to them', async () => {
    await createTestTasks(former, accountId, ['pair']);
    const question = {
      accountId,
      taskId: 'pair',
      kind: 'pause',
      askedBy: 'operator',
      payload: null,
    } as const;
    const commandId = await former.commands.send(question);
    await hold('SELECT FROM commands WHERE id = $1 FOR UPDATE', [commandId]);
    const answers = [{ commandId, status: 'done', text: 'paused' }];
    const committed = [commit('pair', 1), commit('pair', 2, { answers })];
    await untilHeldUp('rollkeeper journal%');
    const adopted = adoptAll(await successor(), accountId);
    await untilHeldUp('rollkeeper shards next');
    await blocker.query('COMMIT');
    await Promise.all(committed);
    expect(await adopted).toMatchObject([{ taskId: 'pair', version: 3, phase: 'waiting' }]);
  });

  it('refuses a flush that began before it was committed, and has each turn that is refused leave nothing', async () => {
    await createTestTasks(former, accountId, ['beaten', 'twice']);
    await hold(sql('fence-accounts'), [[accountId], 'next/1']);
    const outcomes = Promise.allSettled([commit('beaten', 1), commit('twice', 1), commit('twice', 2)]);
    await untilHeldUp('rollkeeper journal 1');
    await blocker.query('COMMIT');
    for (const outcome of await outcomes)
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
    expect(await rowsOf('beaten')).toHaveLength(1);
    expect(await rowsOf('twice')).toHaveLength(1);
    await expect(commit('beaten', 1)).rejects.toThrow(
      /version 1 of former\/\w+ in epoch \d+ expected, but version 1 of next\/1 in epoch \d+ is stored/,
    );
  });

  it('by the daemon that has the account already refuses its own turns of before', async () => {
    await createTestTasks(former, accountId, ['again']);
    const before = new PostgresJournal({
      databaseUrl: database.url,
      ...(await fencesIn(database.url)),
      log: silentLog,
    });
    expect(await adoptAll(former, accountId)).toMatchObject([{ taskId: 'again', version: 1 }]);
    await expect(before.commit(turnOf({ accountId, taskId: 'again' }, 1))).rejects.toBeInstanceOf(Conflict);
    await before.close();
    await commit('again', 1);
    expect(await rowsOf('again')).toHaveLength(2);
  });

  it('of many accounts in any order and flushes of theirs never wait for each other in a circle', async () => {
    const accounts = [accountId];
    while (accounts.length < 12) accounts.push(await addTestAccount(former));
    await former.ownership.claimAccounts();
    for (const each of accounts) await createTestTasks(former, each, [`of-${each}`]);
    let stored = 0;
    const turns = Promise.all(
      accounts.map(async (each) => {
        for (let version = 1; version <= 40; version += 1) {
          await former.journal.commit(turnOf({ accountId: each, taskId: `of-${each}` }, version));
          stored += 1;
        }
      }),
    );
    for (let times = 0; times < 40; times += 1) {
      // Rolled back, so that the turns go on.
      const order = accounts.toSorted(() => (times % 3) - 1);
      await hold(sql('fence-accounts'), [order, 'next/1']);
      await blocker.query('ROLLBACK');
      expect(former.journal.state().lastError).toBeNull();
    }
    await turns;
    expect(stored).toBe(12 * 40);
  });
});

describe('A daemon from before there were fences', () => {
  /** As its program takes a task over. */
  const takenByOld = `UPDATE tasks SET version = version + 1, owner = 'old/1' WHERE id = $1 RETURNING version`;
  /** The condition on which its program stores a turn. */
  const storedByOld = `UPDATE tasks SET version = version + 1 WHERE id = $1 AND version = $2 AND owner = 'old/1' RETURNING version`;

  it('has taken a task over: turns of the newer one are refused, whose account it still is by its fence', async () => {
    await createTestTasks(former, accountId, ['taken']);
    await query(database.url, takenByOld, ['taken']);
    await expect(commit('taken', 1)).rejects.toBeInstanceOf(Conflict);
    await expect(commit('taken', 2)).rejects.toThrow(/version 2 of old\/1 in epoch 0 is stored/);
    expect(await former.ownership.reload(accountId, 'taken')).toMatchObject({ version: 2, isOurs: false });
    expect(await former.tasks.showTask('taken')).toMatchObject({ lastOwner: 'old/1' });
    expect(await query(database.url, storedByOld, ['taken', 2])).toEqual([{ version: 3 }]);
  });

  it('has its turns refused once a newer one has taken its tasks over, each by a version, once', async () => {
    await createTestTasks(former, accountId, ['given', 'own']);
    await query(database.url, takenByOld, ['given']);
    const next = await successor();
    const adopted = await adoptAll(next, accountId);
    expect(adopted.map(({ taskId, version }) => `${taskId} ${version}`)).toEqual(['given 3', 'own 1']);
    for (const version of [1, 2, 3])
      expect(await query(database.url, storedByOld, ['given', version])).toEqual([]);
    expect((await adoptAll(next, accountId)).map(({ version }) => version)).toEqual([3, 1]);
    expect((await rowsOf('given')).at(-1)).toBe('3 {"type":"ADOPTED","daemon":"next"}');
    await next.journal.commit(turnOf({ accountId, taskId: 'given' }, 3));
    expect((await next.tasks.showTask('given'))?.lastOwner).toMatch(/^next\//);
  });
});
