/** Archiving into S3 at the command line: killed with -9 and run again, read by every command that reads journals, refused in plain words. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { importJournal } from '../../src/application/import-journal.ts';
import { writeJournal } from '../../src/application/journal-file.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { createTestDatabase, openTestStore, type TestDatabase } from '../support/database.ts';
import { longJournal } from '../support/long-journal.ts';
import { portsOn } from '../support/people-fixture.ts';
import { S3Server } from '../support/s3-server.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
const journals = ['k0', 'k1'].map((taskId) => longJournal({ taskId, before: 10, after: 3 }));
const archiving = ['journal', 'archive', '--older', '0d', '--to', 's3://archive/rolls', '--json'];
let database: TestDatabase;
let store: S3Server;
beforeAll(async () => {
  [database, store] = await Promise.all([createTestDatabase(), S3Server.open()]);
  const ports = portsOn(await openTestStore(database.url));
  for (const journal of journals) await importJournal(operator, ports, { journal, phase: 'waiting' });
  await ports.close();
});
afterAll(async () => {
  await store.close();
  await database.drop();
  rmSync(cwd, { recursive: true, force: true });
});

const cli = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = store.environment,
): Promise<Ran> => run([...args, '--database-url', database.url], { env });

/** Kills the command while it waits for the answer to an object that is stored. */
const killedAtObject = (): Promise<void> =>
  new Promise((resolve) => {
    const args = [compiledProgram, ...archiving, '--database-url', database.url];
    const env = { PATH: process.env['PATH'], ...store.environment };
    const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore' });
    // Both journals are archived at once.
    store.misbehave({ method: 'PUT', does: 'stored silence', times: 2 });
    store.onStored = () => child.kill('SIGKILL');
    child.on('close', () => {
      store.onStored = () => undefined;
      store.misbehave();
      resolve();
    });
  });

test('killed with -9 and run again, journals are in S3 once, and every reader of journals reads them there', async () => {
  await killedAtObject();
  expect(store.objects.size).toBeGreaterThan(0);
  const archived = await cli(archiving);
  expect([archived.code, archived.stderr]).toEqual([0, '']);
  expect(jsonLines(archived).at(-1)).toMatchObject({ parts: 2, rows: 74, problems: [] });
  expect(store.places()).toEqual(
    ['k0', 'k1'].map(
      (task) =>
        expect.stringMatching(`^s3://archive/rolls/${task}/${task}/v1-v37-\\w{12}\\.jsonl\\.br$`) as string,
    ),
  );
  const [verified, exported, replayed] = await Promise.all([
    cli(['journal', 'verify', '--json']),
    cli(['journal', 'export', 'k0']),
    cli(['replay', '--all', '--json']),
  ]);
  expect(jsonLines(verified)).toEqual([{ faults: [], filesRead: 2, unread: [] }]);
  expect(exported.stdout).toBe(journals[0] && writeJournal(journals[0]));
  expect(jsonLines(replayed).at(-1)).toEqual({ tasks: 2, rows: 76, mismatches: 0 });
});

test('without a key the parts are named that were not read, and a wrong key is refused without showing it', async () => {
  const [unread, unset, wrong] = await Promise.all([
    cli(['journal', 'verify', 'k0'], {}),
    cli(archiving, {}),
    cli(archiving, { ...store.environment, AWS_SECRET_ACCESS_KEY: 'not/the+secret=' }),
  ]);
  expect([unread.code, unread.stdout]).toEqual([
    0,
    expect.stringContaining(
      'cannot be read (S3 cannot be reached; AWS_ACCESS_KEY_ID: found nothing',
    ) as string,
  ]);
  expectRefusal(unset, 2, 'AWS_SECRET_ACCESS_KEY: found nothing');
  expectRefusal(wrong, 1, 'AWS_SECRET_ACCESS_KEY is not the secret of AWS_ACCESS_KEY_ID');
  expect(wrong.stderr + wrong.stdout).not.toMatch(/not\/the|AKIDOFATEST/);
});
