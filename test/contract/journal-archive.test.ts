/** A journal stays as it was written, and a change of it is found; as a file it comes back whole or not at all. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readJournal, writeJournal } from '../../src/application/journal-file.ts';
import type { JournalToImport } from '../../src/ports/journal-keeping.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  adoptAll,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  query,
  type TestDatabase,
} from '../support/database.ts';

let database: TestDatabase;
let store: Store;
let accountId: string;
let made = 0;
let task = '';
beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url, { daemonName: 'archive' });
  accountId = await addTestAccount(store);
  await store.ownership.claimAccounts();
});
afterAll(async () => {
  await store.close();
  await database.drop();
});
const turn = (version: number, phase: 'waiting' | 'rolling' = 'waiting'): Promise<void> =>
  store.journal.commit({
    accountId,
    taskId: task,
    expectedVersion: version,
    atMs: version,
    path: '',
    state: 'IDLE.watching',
    phase,
    eventJson: `{"type":"PRICE","n":${version}}`,
    snapshotJson: `{"n":${version}}`,
    machine: '1',
    alerts: [],
    answers: [],
  });
beforeEach(async () => {
  made += 1;
  task = `task${made}`;
  await createTestTasks(store, accountId, [task]);
  for (let version = 1; version <= 4; version += 1) await turn(version);
});

/** As an intruder would who has the database's password. */
async function tamper(statement: string): Promise<void> {
  await query(database.url, 'ALTER TABLE journal DISABLE TRIGGER USER');
  await query(database.url, statement);
  await query(database.url, 'ALTER TABLE journal ENABLE TRIGGER USER');
}
const row = (version: number) => `task_id = '${task}' AND version = ${version}`;

describe('a journal', () => {
  it('that was not tampered with is as it was written, adoption included', async () => {
    await turn(5, 'rolling');
    await adoptAll(store, accountId);
    expect(await store.archive.verify(task)).toEqual([]);
    expect(await store.tasks.journalRows(task)).toHaveLength(7);
  });

  it.each([
    [
      'an edited snapshot',
      () => `UPDATE journal SET snapshot = '{"n":99}' WHERE ${row(3)}`,
      3,
      'it was changed, or a row before it was',
    ],
    [
      'an edited event',
      () => `UPDATE journal SET event = '{}' WHERE ${row(2)}`,
      2,
      'it was changed, or a row before it was',
    ],
    [
      'an edited time',
      () => `UPDATE journal SET at_ms = 7 WHERE ${row(4)}`,
      4,
      'it was changed, or a row before it was',
    ],
    ['a missing row', () => `DELETE FROM journal WHERE ${row(3)}`, 4, 'a row before it is missing'],
    ['a missing first row', () => `DELETE FROM journal WHERE ${row(1)}`, 2, 'a row before it is missing'],
    [
      'missing last rows',
      () => `DELETE FROM journal WHERE task_id = '${task}' AND version > 3`,
      3,
      'rows after it are missing: the task is at version 5',
    ],
    [
      'a snapshot of the task itself',
      () => `UPDATE tasks SET snapshot = '{"n":99}' WHERE id = '${task}'`,
      5,
      'the task is not what its last row says',
    ],
  ])('with %s is found', async (_, statement, version, problem) => {
    await tamper(statement());
    expect(await store.archive.verify(task)).toEqual([{ taskId: task, version, problem }]);
    expect((await store.archive.verify(null)).map(({ taskId }) => taskId)).toContain(task);
  });

  it('of which two rows changed places is found', async () => {
    for (const [from, to] of [
      [2, 102],
      [3, 2],
      [102, 3],
    ] as const)
      await tamper(`UPDATE journal SET version = ${to} WHERE ${row(from)}`);
    expect((await store.archive.verify(task))[0]).toMatchObject({ version: 2 });
  });
});

describe('an exported journal', () => {
  const toImport = (text: string): JournalToImport => ({
    ...readJournal(text, 'file'),
    phase: 'waiting',
    rolls: [],
  });
  const exported = async (): Promise<string> =>
    writeJournal({ taskId: task, rows: await store.tasks.journalRows(task) });

  it('comes back whole, without accounts and keys, and is chained as it was', async () => {
    const text = await exported();
    expect(text).not.toMatch(/account|apiKey|secret|writer/i);
    const other = await createTestDatabase();
    const elsewhere = await openTestStore(other.url, { daemonName: 'elsewhere' });
    await elsewhere.archive.import(toImport(text));
    expect(await elsewhere.archive.verify(task)).toEqual([]);
    const rows = (await store.tasks.journalRows(task)).map(({ writer: _, ...kept }) => kept);
    expect((await elsewhere.tasks.journalRows(task)).map(({ writer: _, ...kept }) => kept)).toEqual(rows);
    const claimed = await elsewhere.ownership.claimAccounts();
    expect(claimed.shards.flatMap(({ accountIds }) => accountIds)).toEqual([]);
    await expect(elsewhere.archive.import(toImport(text))).rejects.toThrow('a task of this id');
    await elsewhere.close();
    await other.drop();
  });

  it('that the database refuses leaves nothing behind, not even a place for it', async () => {
    const rows = await store.tasks.journalRows(task);
    const twice = [...rows, ...rows.slice(-1)];
    const notJson = rows.map((row) => ({ ...row, snapshotJson: '{' }));
    const other = await createTestDatabase();
    const elsewhere = await openTestStore(other.url, { daemonName: 'elsewhere' });
    const attempt = async (broken: typeof rows): Promise<void> =>
      elsewhere.archive.import(toImport(writeJournal({ taskId: task, rows: broken })));
    for (const broken of [twice, notJson, []])
      await expect(attempt(broken)).rejects.toThrow('The journal cannot be read');
    for (const table of ['users', 'accounts', 'tasks', 'journal'])
      expect(await query(other.url, `SELECT * FROM ${table}`), table).toEqual([]);
    await elsewhere.close();
    await other.drop();
  });

  it('that was damaged on its way is refused', async () => {
    const text = await exported();
    expect(() => readJournal(text.replace('"atMs":2', '"atMs":3'), 'f')).toThrow('another checksum');
    expect(() => readJournal(text.slice(0, text.length / 2), 'f')).toThrow('a checksum as the last line');
    expect(() => readJournal('', 'f')).toThrow('a checksum as the last line');
  });
});
