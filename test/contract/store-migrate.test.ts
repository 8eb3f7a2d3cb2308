/** Migrations by several processes at once. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { rollMachine } from '../../machines/roll.machine.ts';
import { phaseOf } from '../../src/runtime/task/state-tags.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { statesOf } from '../machines/chart.ts';
import { createTestDatabase, openTestStore, query, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
afterEach(() => database.drop());

const all = readdirSync(new URL('../../migrations/', import.meta.url))
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -'.sql'.length))
  .sort();

const program = `
  const { migrate } = await import(${JSON.stringify(new URL('../../src/store/migrate.ts', import.meta.url).href)});
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  process.stdout.write(JSON.stringify(await migrate(process.env.TEST_URL, log)));
`;

const migrateInProcess = (url: string): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      // Elsewhere on purpose: the migrations are found from the source file.
      env: { ...process.env, TEST_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('close', (code) =>
      code === 0
        ? resolve(JSON.parse(output) as string[])
        : reject(new Error(errors || `exit ${code ?? ''}`)),
    );
  });

describe('Migrations', () => {
  it('started by three processes at once run once each, and no process fails', async () => {
    database = await createTestDatabase({ migrated: false });
    const applied = await Promise.all([1, 2, 3].map(() => migrateInProcess(database.url)));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, all.length]);
    const rows = await query<{ name: string }>(
      database.url,
      'SELECT name FROM schema_migrations ORDER BY id',
    );
    expect(rows.map(({ name }) => name)).toEqual(all);
  });

  it('are found from any working directory, and a second run has nothing to do', async () => {
    database = await createTestDatabase({ migrated: false });
    const cwd = process.cwd();
    process.chdir('/');
    try {
      expect(await migrate(database.url, silentLog)).toEqual(all);
      expect(await migrate(database.url, silentLog)).toEqual([]);
    } finally {
      process.chdir(cwd);
    }
  });

  it('explain every table where a person meets it, in the database itself', async () => {
    database = await createTestDatabase();
    const rows = await query<{ name: string; comment: string | null }>(
      database.url,
      `SELECT relname AS name, obj_description(oid) AS comment FROM pg_class
       WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migrations'`,
    );
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['users', 'accounts', 'tasks', 'audit']),
    );
    expect(rows.filter(({ comment }) => comment === null)).toEqual([]);
  });

  it('that this program does not know are refused, by the store and by migrating, with what to do', async () => {
    database = await createTestDatabase();
    await query(
      database.url,
      `INSERT INTO schema_migrations (name, run_on) VALUES ('0099_from_the_future', now())`,
    );
    for (const attempt of [openTestStore, (url: string) => migrate(url, silentLog)])
      await expect(attempt(database.url)).rejects.toThrow(
        /newer schema.*0099_from_the_future applied.*up to \d{4}_\w+.*newer one/s,
      );
  });

  it('under a name that this program does not have are refused', async () => {
    database = await createTestDatabase();
    await query(
      database.url,
      `UPDATE schema_migrations SET name = '0002_other_tasks' WHERE name = '0002_tasks'`,
    );
    await expect(openTestStore(database.url)).rejects.toThrow(/0002_other_tasks applied/);
  });

  it('give a task that is there already the phase that its chart has for its state', async () => {
    database = await createTestDatabase({ migrated: false });
    const migration = new URL('../../migrations/0010_task_phase.sql', import.meta.url);
    const states = statesOf(rollMachine);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query('CREATE TABLE tasks (account_id bigint, id text, state text, under_way boolean)');
      await client.query('CREATE INDEX tasks_under_way ON tasks (id)');
      await client.query('INSERT INTO tasks (state) SELECT unnest($1::text[])', [states]);
      await client.query(readFileSync(migration, 'utf8'));
      const { rows } = await client.query('SELECT state, phase FROM tasks ORDER BY state COLLATE "C"');
      expect(rows).toEqual(states.map((state) => ({ state, phase: phaseOf(rollMachine, state) })));
    } finally {
      await client.end();
    }
  });

  it('that have all run do not hide a column that was renamed or removed', async () => {
    database = await createTestDatabase();
    await (await openTestStore(database.url)).close();
    await query(database.url, 'ALTER TABLE tasks RENAME COLUMN owner TO keeper');
    await query(database.url, 'ALTER TABLE alerts DROP COLUMN delivered_at');
    await expect(openTestStore(database.url)).rejects.toThrow(/no column .*tasks\.owner.*changed by hand/);
    await expect(openTestStore(database.url)).rejects.toThrow(/alerts\.delivered_at/);
  });
});
