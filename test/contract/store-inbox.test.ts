/** The asking side of commands, and what only the inbox on Postgres has. What every inbox has is in suites/inbox.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/store/log.ts';
import { openPool } from '../../src/store/pool.ts';
import { Listening } from '../../src/store/commands/listening.ts';
import { PostgresInbox } from '../../src/store/commands/postgres-inbox.ts';
import type { Store } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  createTestTasks,
  openTestStore,
  query,
  type TestDatabase,
} from '../support/database.ts';
import { alertOf, turnOf } from './suites/records.ts';

let database: TestDatabase;
let store: Store;
let accountId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  store = await openTestStore(database.url);
  accountId = await addTestAccount(store);
  await store.ownership.claimAccounts();
  await createTestTasks(store, accountId, ['task']);
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

const pause = (commandId?: string) => ({
  accountId,
  taskId: 'task',
  kind: 'pause' as const,
  askedBy: 'operator',
  payload: { why: 'test' },
  ...(commandId === undefined ? {} : { commandId }),
});

describe('A command', () => {
  it('asked again under its id is asked once; the id is refused for anything else', async () => {
    expect(await store.commands.send(pause('same'))).toBe('same');
    expect(await store.commands.send(pause('same'))).toBe('same');
    expect(await store.inbox.waiting([accountId])).toHaveLength(1);
    await expect(store.commands.send({ ...pause('same'), kind: 'resume' })).rejects.toThrow(
      /used for another command/,
    );
  });

  it('has its answer awaited, and null when none comes in time', async () => {
    const commandId = await store.commands.send(pause());
    expect(await store.commands.awaitAnswer(commandId, 50)).toBeNull();
    const answer = store.commands.awaitAnswer(commandId, 5_000);
    await store.inbox.answer({ commandId, status: 'done', text: 'paused' });
    expect((await answer)?.text).toBe('paused');
    await expect(store.commands.awaitAnswer('never-asked', 0)).rejects.toBeInstanceOf(BadInput);
  });

  it('for an unknown account or task is refused by name', async () => {
    const add = { accountId: '999999', taskId: 'x', kind: 'add' as const, askedBy: 'operator', payload: {} };
    await expect(store.commands.send(add)).rejects.toThrow(/accountId: found "999999"/);
    await expect(store.commands.send({ ...add, accountId: 'mine' })).rejects.toThrow(
      /accountId: found "mine"/,
    );
    await expect(store.commands.send({ ...pause(), taskId: 'tusk' })).rejects.toThrow(/taskId: found "tusk"/);
  });
});

describe('A listening daemon', () => {
  it('polls as well, so that a lost hint delays a command and never loses it', async () => {
    const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
    const nowhere = 'postgres://nobody:x@127.0.0.1:1/none';
    const listening = new Listening({ databaseUrl: nowhere, log: silentLog });
    const inbox = new PostgresInbox({ listening, pool, log: silentLog, pollMs: 50 });
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    await expect.poll(() => calls).toBeGreaterThan(2);
    inbox.close();
    await listening.close();
    await pool.end();
  });
});

describe('The outbox', () => {
  it('has each alert of a stored turn once, not delivered until the database says so', async () => {
    const alert = alertOf('leg2IsLate');
    await store.journal.commit(turnOf({ accountId, taskId: 'task' }, 1, { atMs: 5, alerts: [alert] }));
    const shown = async () => (await store.tasks.showTask('task'))?.alerts;
    expect(await store.outbox.alerts({ onlyDead: false, taskId: 'task', limit: 10 })).toMatchObject([
      { ...alert, taskId: 'task', atMs: 5, accountName: 'main', channel: null },
    ]);
    expect(await shown()).toMatchObject([{ ...alert, version: 2, delivered: false }]);
    await query(database.url, 'UPDATE alerts SET delivered_at = now()');
    expect(await shown()).toMatchObject([{ ...alert, version: 2, delivered: true }]);
  });
});
