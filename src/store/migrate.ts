/**
 * Brings a database to the newest schema: runs the numbered files of `migrations/` that have not run yet, each in its
 * own transaction, under an advisory lock, so that daemons which start together wait for each other. What the tables
 * mean is written in the migrations themselves.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Pool } from 'pg';
import { BadInput } from '../domain/errors.ts';
import type { StoreLog } from './log.ts';
import { connect, disconnect } from './pool.ts';
import { sql } from './sql.ts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));
const table = 'schema_migrations';

/** A migration may rewrite tables and may wait for another process that migrates. */
const statementTimeoutMs = 600_000;

/** @returns the names of the migrations applied now, in order; empty when the schema was up to date. */
export async function migrate(databaseUrl: string, log: StoreLog): Promise<string[]> {
  const client = await connect({
    databaseUrl,
    name: 'rollkeeper migrate',
    statementTimeoutMs,
    onLost: () => undefined,
  });
  const quiet = {
    info: () => undefined,
    warn: (text: string) => log.warn(text),
    error: (text: string) => log.error(text),
  };
  try {
    const applied = await runner({
      dbClient: client,
      dir: folder,
      migrationsTable: table,
      direction: 'up',
      checkOrder: true,
      advisoryLockMode: 'wait',
      logger: { ...quiet, debug: () => undefined },
    });
    const names = applied.map(({ name }) => name);
    if (names.length > 0) log.info({ applied: names }, 'Database schema brought up to date');
    return names;
  } finally {
    await disconnect(client);
  }
}

/** @throws BadInput when migrations of this version have not been applied to the database. */
export async function assertMigrated(pool: Pool): Promise<void> {
  const expected = (await readdir(folder))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4));
  const { rows } = await pool.query<{ exists: boolean }>(sql('has-migrations-table'));
  const applied =
    rows[0]?.exists === true ? (await pool.query<{ name: string }>(sql('applied-migrations'))).rows : [];
  const missing = expected.filter((name) => !applied.some((row) => row.name === name));
  if (missing.length === 0) return;
  throw new BadInput('The database has an older schema than this program', [
    {
      path: 'migrations',
      found: `${missing.join(', ')} not applied`,
      expected: '`rollkeeper migrate` to have run',
    },
  ]);
}
