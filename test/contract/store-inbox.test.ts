/** The asking side of commands, and what only the inbox on Postgres has. What every inbox has is in suites/inbox.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { silentLog } from '../../src/store/log.ts';
import { openPool } from '../../src/store/pool.ts';
import { PostgresInbox } from '../../src/store/postgres-inbox.ts';
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
  payload: { why: 'test' },
  ...(commandId === undefined ? {} : { commandId }),
});

describe('A command', () => {
  it('asked again under its id is asked once; the id is refused for anything else', async () => {
    expect(await store.tasks.ask(pause('same'))).toBe('same');
    expect(await store.tasks.ask(pause('same'))).toBe('same');
    expect(await store.inbox.waiting([accountId])).toHaveLength(1);
    await expect(store.tasks.ask({ ...pause('same'), kind: 'resume' })).rejects.toThrow(
      /used for another command/,
    );
  });

  it('has its answer awaited, and null tells that nobody answered in time', async () => {
    const commandId = await store.tasks.ask(pause());
    expect(await store.tasks.awaitAnswer(commandId, 50)).toBeNull();
    const answer = store.tasks.awaitAnswer(commandId, 5_000);
    await store.inbox.answer({ commandId, status: 'done', text: 'paused' });
    expect((await answer)?.text).toBe('paused');
    await expect(store.tasks.awaitAnswer('never-asked', 0)).rejects.toBeInstanceOf(BadInput);
  });

  it('for an unknown account or task is refused by name', async () => {
    const add = { accountId: '999999', taskId: 'x', kind: 'add' as const, payload: {} };
    await expect(store.tasks.ask(add)).rejects.toThrow(/accountId: found "999999"/);
    await expect(store.tasks.ask({ ...add, accountId: 'mine' })).rejects.toThrow(/accountId: found "mine"/);
    await expect(store.tasks.ask({ ...pause(), taskId: 'tusk' })).rejects.toThrow(/taskId: found "tusk"/);
  });
});

describe('A listening daemon', () => {
  it('polls as well, so that a lost hint delays a command and never loses it', async () => {
    const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
    const nowhere = 'postgres://nobody:x@127.0.0.1:1/none';
    const inbox = new PostgresInbox({ databaseUrl: nowhere, pool, log: silentLog, pollMs: 50 });
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    await expect.poll(() => calls).toBeGreaterThan(2);
    await inbox.close();
    await pool.end();
  });
});

describe('Advice', () => {
  it('is forgotten after a while, asked or answered; what changed a task stays', async () => {
    const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
    const inbox = new PostgresInbox({ databaseUrl: database.url, pool, log: silentLog });
    const answered = await store.tasks.ask({ ...pause('advice-1'), kind: 'preview', payload: null });
    await inbox.answer({ commandId: answered, status: 'done', text: 'why' });
    await store.tasks.ask({ ...pause('advice-2'), kind: 'preview', payload: null });
    await store.tasks.ask(pause('kept'));
    const left = async () =>
      (await query<{ id: string }>(database.url, `SELECT id FROM commands ORDER BY id`)).map(({ id }) => id);
    await inbox.removeOldAdvice();
    expect(await left()).toEqual(expect.arrayContaining(['advice-1', 'advice-2', 'kept']));
    await inbox.removeOldAdvice(0);
    expect(await left()).toContain('kept');
    expect(await left()).not.toContain('advice-1');
    expect(await left()).not.toContain('advice-2');
    await pool.end();
  });
});

describe('The outbox', () => {
  it('hands out each alert of the asked accounts until it is marked', async () => {
    const alert = alertOf('leg 2 is late');
    await store.journal.commit(turnOf({ accountId, taskId: 'task' }, 1, { atMs: 5, alerts: [alert] }));
    const undelivered = await store.tasks.undeliveredAlerts([accountId]);
    expect(undelivered).toMatchObject([
      { ...alert, taskId: 'task', version: 2, atMs: 5, accountName: 'main' },
    ]);
    expect(await store.tasks.undeliveredAlerts(['123456'])).toEqual([]);
    await store.tasks.markDelivered(undelivered.map(({ alertId }) => alertId));
    expect(await store.tasks.undeliveredAlerts([accountId])).toEqual([]);
    expect((await store.tasks.showTask('task'))?.alerts).toMatchObject([{ ...alert, delivered: true }]);
  });
});
