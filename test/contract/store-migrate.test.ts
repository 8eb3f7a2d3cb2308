/** Migrations by several processes at once. */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createTestDatabase, query, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
afterEach(() => database.drop());

const all = [
  '0001_accounts',
  '0002_tasks',
  '0003_inbox_and_outbox',
  '0004_tasks_under_way',
  '0005_journal_chain',
  '0006_archive',
  '0007_account_states',
];

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
  it('started by three processes at once run once each, and nobody fails', async () => {
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
    expect(rows.map(({ name }) => name).sort()).toEqual([
      'account_states',
      'accounts',
      'alerts',
      'commands',
      'journal',
      'tasks',
      'users',
    ]);
    expect(rows.filter(({ comment }) => comment === null)).toEqual([]);
  });
});
