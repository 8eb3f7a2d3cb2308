/** Poolers between a daemon and Postgres: one that lends sessions out by transaction is found out, before and while it runs. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BadInput } from '../../src/domain/errors.ts';
import { LockSession } from '../../src/store/ownership/lock-session.ts';
import { assertSessionsAreOwn } from '../../src/store/ownership/own-sessions.ts';
import { openStore } from '../../src/store/store.ts';
import {
  addTestAccount,
  createTestDatabase,
  openTestStore,
  openWire,
  type TestDatabase,
} from '../support/database.ts';
import { startPooler, type Pooler, type PoolerOptions } from '../support/transaction-pooler.ts';

let database: TestDatabase;
const opened: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await database.drop();
});

const pooler = async (options: PoolerOptions): Promise<Pooler> => {
  const started = await startPooler(database.url, options);
  opened.push(started);
  return started;
};

describe('A session', () => {
  it('of Postgres itself is our own', async () => {
    await assertSessionsAreOwn(database.url);
  });

  it('of a pooler that lends it for as long as we are connected is our own', async () => {
    await assertSessionsAreOwn((await pooler({ mode: 'session' })).url);
  });

  it.each([1, 2, 5, 20])(
    'of a pooler that lends %i out by transaction is not, and what to do is said',
    async (sessionsMax) => {
      const { url } = await pooler({ mode: 'transaction', sessionsMax });
      const refused = await assertSessionsAreOwn(url).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(BadInput);
      expect(String(refused)).toMatch(/DATABASE_URL: found 127\.0\.0\.1:\d+\/.*pool_mode=transaction/);
      expect(String(refused)).toMatch(/usually port 5432.*pool_mode=session.*URL of its own/);
      expect(String(refused)).not.toContain(new URL(url).password);
    },
  );
});

describe('Ownership over a pooler that lends sessions out by transaction', () => {
  it('is refused to every daemon', async () => {
    const { url } = await pooler({ mode: 'transaction' });
    const store = await openTestStore(url);
    opened.push(store);
    await addTestAccount(store);
    await expect(store.ownership.claimAccounts()).rejects.toThrow(/nothing can be owned/);
    expect(store.ownership.shards).toEqual([]);
  });

  it('is lost and not given again when the pooler comes in between later', async () => {
    const direct = await openWire(database.url);
    const store = await openTestStore(direct.url);
    opened.push(store);
    await addTestAccount(store);
    await store.ownership.claimAccounts();
    expect(store.ownership.shards).toHaveLength(1);
    const lost: string[] = [];
    store.ownership.onLost((reason) => lost.push(reason));
    await direct.close();
    await pooler({ mode: 'transaction', port: Number(new URL(direct.url).port) });
    await expect.poll(() => lost.length).toBe(1);
    await expect(store.ownership.claimAccounts()).rejects.toThrow(/nothing can be owned/);
    expect(store.ownership.shards).toEqual([]);
  });
});

describe('A lock that the server no longer shows as this session’s', () => {
  it('is noticed at the next look, and everything is given up', async () => {
    const statements: LockSession[] = [];
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the session that it is asked of
    const { query: usual } = LockSession.prototype;
    const spy = vi.spyOn(LockSession.prototype, 'query').mockImplementation(function (
      this: LockSession,
      ...args
    ) {
      statements.push(this);
      return usual.apply(this, args);
    });
    const store = await openTestStore(database.url);
    opened.push(store);
    await addTestAccount(store);
    await store.ownership.claimAccounts();
    const lost: string[] = [];
    store.ownership.onLost((reason) => lost.push(reason));
    await statements.at(-1)?.query('SELECT pg_advisory_unlock_all()');
    spy.mockRestore();
    await expect(store.ownership.claimAccounts()).rejects.toThrow(/no longer shows shard/);
    expect(lost).toEqual([expect.stringMatching(/no longer shows shard/)]);
  });
});

describe('A connection that cannot be made', () => {
  const open = (databaseUrl: string) =>
    openStore({
      databaseUrl,
      encryptionKey: Buffer.alloc(32),
      daemonName: 'd',
      environment: 'paper',
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    });

  it('because a pooler takes no such parameter names parameter, pooler and remedy', async () => {
    const { url } = await pooler({ mode: 'session', refuses: 'statement_timeout' });
    for (const attempt of [open, assertSessionsAreOwn])
      await expect(attempt(url)).rejects.toThrow(
        /pgbouncer, and does not take the parameter "statement_timeout".*directly.*ignore_startup_parameters = .*options/,
      );
  });

  it.each([
    [
      'no process listens',
      'postgres://ops:hunter2@127.0.0.1:1/rolls',
      /127\.0\.0\.1:1\/rolls \(DATABASE_URL\).*ECONNREFUSED/,
    ],
    ['the password holds an @', 'postgres://ops:hun@ter2@127.0.0.1:1/rolls', /127\.0\.0\.1:1\/rolls/],
    ['the password holds a /', 'postgres://ops:hunter2/x@127.0.0.1:1/rolls', /cannot be/],
  ])('because %s names host, port and database, never the password', async (_, url, words) => {
    const error = await open(url).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(words);
    expect(String(error)).not.toMatch(/hunter2|ter2/);
  });

  it('because of user or database says so', async () => {
    const missing = new URL(database.url);
    missing.pathname = '/no_such_database';
    await expect(open(missing.href)).rejects.toThrow(/no_such_database \(DATABASE_URL\).*CREATE DATABASE/);
    const stranger = new URL(database.url);
    stranger.password = 'hunter2';
    const error = await open(stranger.href).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/user and password right/);
    expect(String(error)).not.toContain('hunter2');
  });
});
