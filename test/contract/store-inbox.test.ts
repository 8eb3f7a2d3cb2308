/** Commands: asked once, found by whoever owns the account, answered once, and never lost on the way. */
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
  openWire,
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
  it('waits, in order, for the daemon of its account and for no other', async () => {
    const other = await addTestAccount(store);
    const ids = [
      await store.commands.send(pause()),
      await store.commands.send({ ...pause(), kind: 'resume' }),
    ];
    const waiting = await store.inbox.waiting([accountId, other]);
    expect(waiting).toEqual([
      {
        commandId: ids[0],
        accountId,
        taskId: 'task',
        kind: 'pause',
        askedBy: 'operator',
        payload: { why: 'test' },
      },
      {
        commandId: ids[1],
        accountId,
        taskId: 'task',
        kind: 'resume',
        askedBy: 'operator',
        payload: { why: 'test' },
      },
    ]);
    expect(await store.inbox.waiting([other])).toEqual([]);
    expect(await store.inbox.waiting([])).toEqual([]);
    for (const commandId of ids) await store.inbox.answer({ commandId, status: 'done', text: '' });
    expect(await store.inbox.waiting([accountId])).toEqual([]);
  });

  it('asked again under its id is asked once; the id is refused for anything else', async () => {
    expect(await store.commands.send(pause('same'))).toBe('same');
    expect(await store.commands.send(pause('same'))).toBe('same');
    expect(await store.inbox.waiting([accountId])).toHaveLength(1);
    await expect(store.commands.send({ ...pause('same'), kind: 'resume' })).rejects.toThrow(
      /used for another command/,
    );
  });

  it('keeps its first answer', async () => {
    const commandId = await store.commands.send(pause());
    await store.inbox.answer({ commandId, status: 'refused', text: 'not now' });
    await store.inbox.answer({ commandId, status: 'done', text: 'changed my mind' });
    expect(await store.commands.awaitAnswer(commandId, 0)).toEqual({
      commandId,
      status: 'refused',
      text: 'not now',
    });
  });

  it('has its answer awaited, and null tells that nobody answered in time', async () => {
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
  it('hears of a command at once, not at the next poll', async () => {
    const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
    const listening = new Listening({ databaseUrl: database.url, log: silentLog });
    const inbox = new PostgresInbox({ listening, pool, log: silentLog, pollMs: 600_000 });
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    const before = calls;
    await store.commands.send(pause());
    await expect.poll(() => calls).toBeGreaterThan(before);
    inbox.close();
    await listening.close();
    await pool.end();
  });

  it('listens again after its connection died, and finds what was asked meanwhile', async () => {
    const wire = await openWire(database.url);
    const pool = openPool({ databaseUrl: database.url, name: 'test', log: silentLog });
    const listening = new Listening({ databaseUrl: wire.url, log: silentLog });
    const inbox = new PostgresInbox({ listening, pool, log: silentLog, pollMs: 600_000 });
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    wire.mode = 'refused';
    wire.cut();
    const before = calls;
    await store.commands.send(pause());
    wire.mode = 'on';
    await expect.poll(() => calls).toBeGreaterThan(before);
    const afterReconnect = calls;
    await store.commands.send(pause());
    await expect.poll(() => calls).toBeGreaterThan(afterReconnect);
    inbox.close();
    await listening.close();
    await pool.end();
    await wire.close();
  });

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
  it('hands out each alert of the asked accounts until it is marked', async () => {
    const alert = { severity: 'warning' as const, code: 'leg2IsLate', figures: { forMs: 60_000 } };
    await store.journal.commit({
      accountId,
      taskId: 'task',
      expectedVersion: 1,
      atMs: 5,
      path: '',
      eventJson: '{}',
      state: 'IDLE',
      phase: 'waiting',
      snapshotJson: '{}',
      machine: '1',
      alerts: [alert],
      answers: [],
    });
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
