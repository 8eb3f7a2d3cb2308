/** The journal on a real Postgres: what an acknowledged turn is worth, and who gets which refusal. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Conflict, Retryable, Terminal, UnknownOutcome } from '../../src/domain/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { silentLog } from '../../src/store/log.ts';
import { PostgresJournal } from '../../src/store/journal/postgres-journal.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  adoptAll,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  openWire,
  query,
  type TestDatabase,
} from '../support/database.ts';

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

const turn = (taskId: string, expectedVersion: number, changes: Partial<TurnRecord> = {}): TurnRecord => ({
  accountId,
  taskId,
  expectedVersion,
  atMs: 1_700_000_000_000 + expectedVersion,
  path: '',
  eventJson: `{"type":"PRICE","n":${expectedVersion}}`,
  state: 'IDLE.watching',
  snapshotJson: `{"n":${expectedVersion}}`,
  machine: '2',
  alerts: [],
  answers: [],
  ...changes,
});

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

  it('refuses the one turn made on an old version, and none of those beside it', async () => {
    const tasks = await makeTasks('beside', 20);
    const outcomes = await Promise.allSettled(
      tasks.map((task, index) => store.journal.commit(turn(task, index === 7 ? 5 : 1))),
    );
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ index, reason: outcome.reason as Error }] : [],
    );
    expect(refused.map(({ index }) => index)).toEqual([7]);
    expect(refused[0]?.reason).toBeInstanceOf(Conflict);
    expect(refused[0]?.reason.message).toMatch(/beside-7: version 5 .* but version 1 of daemon-a/);
    expect(await versions('beside-7')).toEqual([1]);
  });

  it('refuses what waits behind a refused turn, even where the version would match', async () => {
    await makeTasks('behind', 1);
    const stale = store.journal.commit(turn('behind-0', 7));
    const matching = store.journal.commit(turn('behind-0', 1));
    await expect(stale).rejects.toBeInstanceOf(Conflict);
    await expect(matching).rejects.toBeInstanceOf(Conflict);
    expect(await versions('behind-0')).toEqual([1]);
  });

  it('refuses a turn for a task that does not exist', async () => {
    await expect(store.journal.commit(turn('nowhere', 1))).rejects.toThrow(/has no such task/);
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

describe('A stored turn', () => {
  it.each([
    ['odd spacing', ' {"b" :1,\t"a":\n[ 1 ,2 ]  } '],
    ['repeated and unsorted keys', '{"z":1,"a":2,"z":3}'],
    ['numbers no double holds', '{"n":1.10000000000000000000000000000001e0,"m":-0}'],
    ['unicode', '{"t":"ü 漢字 😀 \u2028"}'],
    ['escapes Postgres cannot decode', '{"nul":"\\u0000","half":"\\ud800","quote":"\\"\\\\"}'],
  ])('comes back byte for byte: %s', async (name, json) => {
    const [task = ''] = await makeTasks(`bytes ${name}`, 1);
    await store.journal.commit(turn(task, 1, { eventJson: json, snapshotJson: json }));
    const [, row] = await store.tasks.journalRows(task);
    expect(row?.eventJson).toBe(json);
    expect(row?.snapshotJson).toBe(json);
    expect((await store.ownership.reload(accountId, task))?.snapshotJson).toBe(json);
  });

  it('takes its alerts and answers with it, and a refused turn leaves none', async () => {
    const [task = ''] = await makeTasks('with', 1);
    const commandId = await store.tasks.ask({ accountId, taskId: task, kind: 'pause', payload: null });
    const told = (text: string): Partial<TurnRecord> => ({
      alerts: [
        { severity: 'warning', text: `${text} \0` },
        { severity: 'critical', text: 'second' },
      ],
      answers: [{ commandId, status: 'done', text }],
    });
    await expect(store.journal.commit(turn(task, 9, told('refused')))).rejects.toBeInstanceOf(Conflict);
    expect(await store.tasks.awaitAnswer(commandId, 0)).toBeNull();
    await store.journal.commit(turn(task, 1, told('paused')));
    await store.journal.commit(turn(task, 2, { answers: [{ commandId, status: 'refused', text: 'late' }] }));
    const shown = await store.tasks.showTask(task);
    expect(shown?.alerts.map(({ text, version }) => ({ text, version }))).toEqual([
      { text: 'paused \uFFFD', version: 2 },
      { text: 'second', version: 2 },
    ]);
    expect(await store.tasks.awaitAnswer(commandId, 0)).toEqual({
      commandId,
      status: 'done',
      text: 'paused',
    });
  });

  it('cannot be changed or removed afterwards', async () => {
    const [task = ''] = await makeTasks('kept', 1);
    for (const change of ["UPDATE journal SET state = 'x'", 'DELETE FROM journal', 'TRUNCATE journal']) {
      await expect(query(database.url, change)).rejects.toThrow(/append-only/);
    }
    expect(await versions(task)).toEqual([1]);
  });
});

describe('Two daemons', () => {
  it('cannot both write: adopting a task refuses the former daemon at once', async () => {
    const environment = 'testnet';
    const first = await openTestStore(database.url, { environment });
    const second = await openTestStore(database.url, { environment, daemonName: 'daemon-b' });
    const account = await addTestAccount(first, environment);
    await first.ownership.claimAccounts();
    await createTestTasks(first, account, ['fenced']);
    await first.ownership.release();
    await second.ownership.claimAccounts();
    expect(await adoptAll(second, account)).toMatchObject([{ taskId: 'fenced', version: 2 }]);
    const ofAccount = { accountId: account };
    await expect(first.journal.commit(turn('fenced', 1, ofAccount))).rejects.toThrow(/version 2 of daemon-b/);
    // The former daemon's next turn names the very version that the adoption made.
    await expect(first.journal.commit(turn('fenced', 2, ofAccount))).rejects.toBeInstanceOf(Conflict);
    await second.journal.commit(turn('fenced', 2, ofAccount));
    expect(await versions('fenced')).toEqual([1, 2, 3]);
    await Promise.all([first.close(), second.close()]);
  });
});

describe('While the database is away', () => {
  const openCut = async (options: { waitingMax?: number; drainMaxMs?: number } = {}) => {
    const wire = await openWire(database.url);
    const [row] = await query<{ owner: string }>(database.url, 'SELECT owner FROM tasks LIMIT 1');
    const journal = new PostgresJournal({
      databaseUrl: wire.url,
      owner: row?.owner ?? '',
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

  it('closes within its bound and tells of every turn whether it may have been written', async () => {
    const [task = ''] = await makeTasks('closing', 1);
    const { wire, journal } = await openCut({ drainMaxMs: 300 });
    wire.mode = 'stalled';
    const sent = journal.commit(turn(task, 1)).catch((error: unknown) => error);
    const behind = journal.commit(turn(task, 2)).catch((error: unknown) => error);
    await journal.close();
    expect(await sent).toBeInstanceOf(UnknownOutcome);
    expect(await behind).toBeInstanceOf(Retryable);
    await expect(journal.commit(turn(task, 1))).rejects.toBeInstanceOf(Retryable);
    await wire.close();
  });
});
