/**
 * Brings a database to the newest schema: runs the numbered files of `migrations/` that have not run yet, each in its
 * own transaction, under an advisory lock, so that daemons which start together wait for each other. What the tables
 * mean is written in the migrations themselves.
 */
import { fileURLToPath } from 'node:url';
import type { Client, Pool } from 'pg';
import type { SchemaFacts } from '../domain/doctor/judge-database.ts';
import { BadInput } from '../domain/errors.ts';
import { packageFile } from '../files/package-files.ts';
import type { StoreLog } from './log.ts';
import { columnsRelied } from './columns-relied.ts';
import { ownMigrations } from './migration-notes.ts';
import { connect, disconnect } from './pool.ts';
import { sql } from './sql.ts';

const folder = fileURLToPath(packageFile('migrations/'));
export const migrationsTable = 'schema_migrations';

/** A migration may rewrite tables and may wait for another process that migrates. */
export const statementTimeoutMs = 600_000;

/**
 * @returns the names of the migrations applied now, in order; empty when the schema was up to date.
 * @throws BadInput when a newer program has migrated the database
 */
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
    const { rows } = await client.query<{ exists: boolean }>(sql('has-migrations-table'));
    if (rows[0]?.exists === true) {
      const [own, known] = [await ownMigrations(), await appliedMigrations(client)];
      assertNoneUnknown(own, known);
      if (own.length === known.length) return [];
    }
    // Loaded only when needed, because loading it takes longer than most commands.
    const { runner } = await import('node-pg-migrate');
    const applied = await runner({
      dbClient: client,
      dir: folder,
      migrationsTable,
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

/** How the schema of a database compares with this program's. */
export async function lookAtSchema(queryable: Pick<Pool | Client, 'query'>): Promise<SchemaFacts> {
  const own = await ownMigrations();
  const { rows } = await (queryable as Pool).query<{ exists: boolean }>(sql('has-migrations-table'));
  const applied = rows[0]?.exists === true ? await appliedMigrations(queryable) : [];
  const missing = own.filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !own.includes(name));
  if (missing.length > 0 || unknown.length > 0) return { own, missing, unknown, columnsMissing: [] };
  const columns = await (queryable as Pool).query<{ column: string }>(sql('missing-columns'), [
    JSON.stringify(columnsRelied),
  ]);
  return { own, missing, unknown, columnsMissing: columns.rows.map(({ column }) => column) };
}

/** @throws BadInput when the schema is not this program's: migrations or columns are missing, or a migration is unknown. */
export async function assertMigrated(pool: Pool): Promise<void> {
  const { own, missing, unknown, columnsMissing } = await lookAtSchema(pool);
  assertNoneUnknown(own, unknown);
  if (missing.length > 0) {
    throw new BadInput('The database has an older schema than this program', [
      {
        path: 'migrations',
        found: `${missing.join(', ')} not applied`,
        expected: '`rollkeeper migrate` to have run',
      },
    ]);
  }
  if (columnsMissing.length === 0) return;
  throw new BadInput('The database has another schema than this program', [
    {
      path: 'schema',
      found: `no column ${columnsMissing.join(', ')}, though every migration has run: the schema was changed by hand`,
      expected: 'the columns as the migrations made them: name them back, or restore a backup',
    },
  ]);
}

export async function appliedMigrations(queryable: Pick<Pool | Client, 'query'>): Promise<readonly string[]> {
  const { rows } = await (queryable as Pool).query<{ name: string }>(sql('applied-migrations'));
  return rows.map(({ name }) => name);
}

function assertNoneUnknown(own: readonly string[], applied: readonly string[]): void {
  const unknown = applied.filter((name) => !own.includes(name));
  if (unknown.length === 0) return;
  throw new BadInput('The database has a newer schema than this program', [
    {
      path: 'migrations',
      found: `${unknown.join(', ')} applied, of which this program (up to ${own.at(-1) ?? 'none'}) knows nothing`,
      expected:
        'the version of rollkeeper that applied it, or a newer one; or a backup of the database from before it was upgraded',
    },
  ]);
}
