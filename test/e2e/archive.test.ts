/** Archiving at the command line: killed with -9 and run again, and what the commands that read journals say afterwards. */
import { spawn } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { writeJournal } from '../../src/application/journal-file.ts';
import { verifyJournals } from '../../src/application/verify-journals.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createTestDatabase, openTestStore, type TestDatabase } from '../support/database.ts';
import { longJournal } from '../support/long-journal.ts';
import { portsOn } from '../support/people-fixture.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
const journals = Array.from({ length: 4 }, (_, n) =>
  longJournal({ taskId: `k${n}killed`, before: 150 + 50 * n, after: 3 }),
);
let database: TestDatabase;
let store: ReturnType<typeof portsOn>;
beforeAll(async () => {
  database = await createTestDatabase();
  store = portsOn(await openTestStore(database.url));
  for (const journal of journals) await importJournal(operator, store, { journal, phase: 'waiting' });
});
afterAll(async () => {
  await store.close();
  await database.drop();
  rmSync(cwd, { recursive: true, force: true });
});

const cli = (...args: string[]) => run([...args, '--database-url', database.url]);
const archiving = ['journal', 'archive', '--older', '0d', '--to', 'archive', '--json'];
const files = (): string[] =>
  readdirSync(join(cwd, 'archive'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.br'),
  );

/** Kills the command as soon as it has reported so many files. */
const killedAfter = (reports: number): Promise<void> =>
  new Promise((resolve) => {
    const args = [compiledProgram, ...archiving, '--database-url', database.url];
    const child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (said.split('\n').length > reports) child.kill('SIGKILL');
    });
    child.on('close', () => resolve());
  });

test('killed with -9 and run again, an archive has every row once, and every reader of journals says so', async () => {
  const dry = await cli(...archiving, '--dry-run');
  expect(dry).toMatchObject({ code: 0, stderr: '' });
  expect(jsonLines(dry).at(-1)).toMatchObject({ isDryRun: true, parts: 4, bytes: 0, problems: [] });
  for (const reports of [1, 2]) {
    await killedAfter(reports);
    expect((await verifyJournals(operator, store, { taskId: null })).faults).toEqual([]);
  }
  const last = await cli(...archiving);
  expect([last.code, last.stderr]).toEqual([0, '']);
  expect(jsonLines(last).at(-1)).toMatchObject({ problems: [], onHold: [] });
  expect(files()).toHaveLength(4);
  expect(jsonLines(await cli('journal', 'verify', '--json'))).toEqual([
    { faults: [], filesRead: 4, unread: [] },
  ]);
  for (const journal of journals.slice(0, 2))
    expect((await cli('journal', 'export', journal.taskId)).stdout).toBe(writeJournal(journal));
  const rows = journals.reduce((total, journal) => total + journal.rows.length, 0);
  expect(jsonLines(await cli('replay', '--all', '--json')).at(-1)).toEqual({ tasks: 4, rows, mismatches: 0 });
  const shown = await cli('journal', 'show', 'k0');
  expect(shown.stdout).toMatch(
    /^Of task k0killed versions 1–177 are archived at .*v1-v177-\w{12}\.jsonl\.br\.\n/,
  );
  expectRefusal(
    await cli('journal', 'show', 'k0', '--at', '5'),
    2,
    'from 178 to 178: versions 1–177 are archived at',
  );
});

test('without its files a journal is verified as far as it is there, and with a changed one it is at fault', async () => {
  const [changed = ''] = files().sort();
  writeFileSync(join(cwd, 'archive', changed), 'another');
  const fault = await cli('journal', 'verify', 'k0');
  expect([fault.code, fault.stdout]).toEqual([
    1,
    expect.stringContaining('was changed since it was sealed') as string,
  ]);
  rmSync(join(cwd, 'archive', changed));
  const verified = await cli('journal', 'verify', 'k0');
  expect([verified.code, verified.stdout]).toEqual([
    0,
    expect.stringMatching(
      /not looked at: there is no .*\nEvery row in the database is as it was written/,
    ) as string,
  ]);
  expect(jsonLines(await cli('replay', 'k0', '--json'))).toMatchObject([
    { rows: 1, mismatch: null, sealed: [{ fromVersion: 1, toVersion: 177 }] },
    { tasks: 1, mismatches: 0 },
  ]);
  expectRefusal(await cli('journal', 'export', 'k0'), 2, 'not here as a whole');
  expectRefusal(
    await cli('journal', 'archive', '--older', '90d', '--to', 'gs://bucket'),
    2,
    'mount what is at gs:',
  );
  expectRefusal(await cli('journal', 'archive', '--older', 'old', '--to', 'archive'), 2, '--older');
  const held = await cli('account', 'legal-hold', 'imported', 'on');
  expect(held.stdout).toMatch(
    /^archive\/imported is under legal hold since .*: nothing of its journals is archived\.\n$/,
  );
  expect(jsonLines(await cli('account', 'legal-hold', 'imported', 'off', '--json'))).toMatchObject([
    { sinceMs: null },
  ]);
});
