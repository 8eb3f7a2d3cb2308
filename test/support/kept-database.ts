/**
 * A database kept as one small file: the rows of every table as text, in an order in which they can be inserted, the places of the
 * identity columns, and what the catalogue said of the schema. No program of Postgres is needed, because the embedded one has no
 * pg_dump.
 */
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { packageFile } from '../../src/files/package-files.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface KeptTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface KeptDatabase {
  /** Applied when it was kept, in order. */
  readonly migrations: readonly string[];
  /** One line a column, constraint, index, trigger, function and view. */
  readonly schema: readonly string[];
  readonly tables: readonly KeptTable[];
  readonly identities: readonly {
    readonly table: string;
    readonly column: string;
    readonly last: string | null;
  }[];
}

/** The places of columns do not count: one that was dropped and added again stands last. */
const catalogue = `
  SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || CASE WHEN attnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
    || CASE WHEN attidentity <> '' THEN ' identity ' || attidentity::text ELSE '' END
    || CASE WHEN attgenerated <> '' THEN ' generated' ELSE '' END
    || coalesce(' -- ' || col_description(attrelid, attnum), '') AS line
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
  UNION ALL
  SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL
  SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL
  SELECT pg_get_functiondef(oid) || coalesce(' -- ' || obj_description(oid, 'pg_proc'), '')
  FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'view ' || oid::regclass || ' ' || pg_get_viewdef(oid) || coalesce(' -- ' || obj_description(oid, 'pg_class'), '')
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
  UNION ALL
  SELECT 'table ' || oid::regclass || coalesce(' ' || array_to_string(reloptions, ', '), '')
    || coalesce(' -- ' || obj_description(oid, 'pg_class'), '')
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  ORDER BY 1`;

/** What the catalogue says of the tables, constraints, indexes, triggers, functions and views of a database, without its rows. */
export const schemaOf = (databaseUrl: string): Promise<string[]> =>
  connected(databaseUrl, async (client) => {
    const { rows } = await client.query<{ line: string }>(catalogue);
    return rows.map(({ line }) => line);
  });

export async function keepDatabase(databaseUrl: string): Promise<KeptDatabase> {
  const schema = await schemaOf(databaseUrl);
  return connected(databaseUrl, async (client) => {
    const tables: KeptTable[] = [];
    for (const name of await tablesInOrder(client)) tables.push(await tableOf(client, name));
    const migrations = await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
    return {
      migrations: migrations.rows.map(({ name }) => name),
      schema,
      tables: tables.filter(({ rows }) => rows.length > 0),
      identities: await identitiesOf(client),
    };
  });
}

/** A database of its own with these rows, in the schema that it was kept with. @throws Error when the migrations make another schema now */
export async function restoreDatabase(kept: KeptDatabase): Promise<TestDatabase> {
  const database = await createTestDatabase({ migrated: false });
  await migrateBy(database.url, { direction: 'up', count: kept.migrations.length });
  await connected(database.url, async (client) => {
    for (const { name, columns, rows } of kept.tables) {
      const names = columns.map((column) => `"${column.name}"`).join(', ');
      const values = columns.map(({ type }, at) => `$${at + 1}::text::${type}`).join(', ');
      const insert = `INSERT INTO "${name}" (${names}) OVERRIDING SYSTEM VALUE VALUES (${values})`;
      for (const row of rows) await client.query(insert, [...row]);
    }
    for (const { table, column, last } of kept.identities)
      if (last !== null)
        await client.query('SELECT setval(pg_get_serial_sequence($1, $2), $3)', [table, column, last]);
  });
  return database;
}

/** Applies or undoes so many migrations of this program. @returns their names */
export const migrateBy = (
  databaseUrl: string,
  wanted: { readonly direction: 'up' | 'down'; readonly count: number },
): Promise<string[]> =>
  connected(databaseUrl, async (client) => {
    const { runner } = await import('node-pg-migrate');
    const quiet = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    };
    const done = await runner({
      dbClient: client,
      dir: fileURLToPath(packageFile('migrations/')),
      migrationsTable: 'schema_migrations',
      checkOrder: true,
      logger: quiet,
      ...wanted,
    });
    return done.map(({ name }) => name);
  });

async function connected<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Each after those that its foreign keys point to. */
async function tablesInOrder(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; needs: string[] }>(`
    SELECT relname AS name, array(
      SELECT confrelid::regclass::text FROM pg_constraint WHERE conrelid = pg_class.oid AND contype = 'f' AND confrelid <> pg_class.oid
    ) AS needs
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'schema_migrations' ORDER BY 1`);
  const ordered: string[] = [];
  while (ordered.length < rows.length)
    for (const { name, needs } of rows)
      if (!ordered.includes(name) && needs.every((need) => ordered.includes(need))) ordered.push(name);
  return ordered;
}

async function tableOf(client: Client, name: string): Promise<KeptTable> {
  const columns = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
     WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [name],
  );
  const values = columns.rows.map((column) => `"${column.name}"::text`).join(', ');
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${values} FROM "${name}" ORDER BY 1, 2, 3`,
    rowMode: 'array',
  });
  return { name, columns: columns.rows, rows };
}

async function identitiesOf(client: Client): Promise<KeptDatabase['identities']> {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT attrelid::regclass::text AS "table", attname AS "column" FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attidentity <> '' AND relname <> 'schema_migrations'
     ORDER BY 1, 2`,
  );
  const identities: { table: string; column: string; last: string | null }[] = [];
  for (const { table, column } of rows) {
    const found = await client.query<{ last: string | null }>(
      `SELECT pg_sequence_last_value(pg_get_serial_sequence($1, $2)::regclass)::text AS last`,
      [table, column],
    );
    identities.push({ table, column, last: found.rows[0]?.last ?? null });
  }
  return identities;
}
