/** A transaction on a real server: what it did is there or not at all, and a server that goes away in the middle ends no process. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Pool } from 'pg';
import { silentLog } from '../../src/store/log.ts';
import { openPool } from '../../src/store/pool.ts';
import { inTransaction } from '../../src/store/rows.ts';
import { createTestDatabase, query, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  pool = openPool({ databaseUrl: database.url, name: 'transactions', log: silentLog });
  await pool.query('CREATE TABLE entries (n int)');
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

const entries = async (): Promise<number[]> =>
  (await query<{ n: number }>(database.url, 'SELECT n FROM entries ORDER BY n')).map(({ n }) => n);

it('stores all of its work, or nothing', async () => {
  await inTransaction(pool, (client) => client.query('INSERT INTO entries VALUES (1)'));
  const failing = inTransaction(pool, async (client) => {
    await client.query('INSERT INTO entries VALUES (2)');
    throw new Error('not this one');
  });
  await expect(failing).rejects.toThrow('not this one');
  expect(await entries()).toEqual([1]);
});

it('rejects when its session is ended between two queries, ends no process, and the next one works', async () => {
  const cut = inTransaction(pool, async (client) => {
    await client.query('INSERT INTO entries VALUES (3)');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await query(database.url, `SELECT pg_terminate_backend(${String(rows[0]?.pid)})`);
    await ended;
    await client.query('INSERT INTO entries VALUES (4)');
  });
  await expect(cut).rejects.toThrow(/not queryable|terminat/i);
  await inTransaction(pool, (client) => client.query('INSERT INTO entries VALUES (5)'));
  expect(await entries()).toEqual([5]);
});
