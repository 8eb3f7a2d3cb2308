/** Encryption keys as an operator changes them: real daemons, the real command, killed in the middle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { paperKey } from '../../src/config.ts';
import { keyIdOf } from '../../src/store/vault.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { openWire, openTestStore, query } from '../support/database.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const [key, otherKey] = ['ab'.repeat(32), 'cd'.repeat(32)];
const idOf = (hex: string): string => keyIdOf(Buffer.from(hex, 'hex'));
const paperId = keyIdOf(paperKey());

let fixture: DaemonFixture;
afterEach(() => fixture.close());

const run = runnerIn(workingDirectory());
const keys = (verb: string, env: Record<string, string>, ...more: string[]): Promise<Ran> =>
  run(['keys', verb, ...fixture.databaseArguments(), ...more], { env });

async function addAccounts(count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const [apiKey, apiSecret] = [`many-${at}`, `secret-${at}`];
    const account = { userName: 'fixture', name: apiKey, environment: 'paper', apiKey, apiSecret } as const;
    ids.push((await fixture.store.directory.addAccount(account)).accountId);
  }
  return ids;
}

/** How many secrets each key seals, by the first digits of what is stored. */
async function sealedBy(): Promise<Record<string, number>> {
  const rows = await query<{ id: string; count: number }>(
    fixture.database.url,
    `SELECT encode(substring(secret_ciphertext FROM 2 FOR 8), 'hex') AS id, count(*)::int AS count
     FROM accounts GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ id, count }) => [id, count]));
}

test('a daemon with a wrong ENCRYPTION_KEY does not start: it says which key is needed, and touches nothing', async () => {
  fixture = await DaemonFixture.open();
  const sealing = await openTestStore(fixture.database.url, {
    encryptionKey: Buffer.from(key, 'hex'),
    formerKeys: [paperKey()],
  });
  await sealing.keys.rotate(() => undefined);
  await sealing.close();
  const daemon = fixture.startDaemon({ ENCRYPTION_KEY: otherKey });
  const code = await new Promise((resolve) => daemon.process.once('exit', resolve));
  expect(code).toBe(2);
  const said = daemon.logs.join('\n');
  expect(said).toContain('ENCRYPTION_KEY is not the key of this database');
  expect(said).toContain(
    `found key ${idOf(otherKey)}, with which 1 account of 1 sealed secrets cannot be opened`,
  );
  expect(said).toContain(`expected key ${idOf(key)}`);
  for (const hex of [key, otherKey]) expect(said.toLowerCase()).not.toContain(hex);
  expect(await query(fixture.database.url, 'SELECT 1 FROM account_states')).toEqual([]);
  const add = ['account', 'add', 'more', '--user', 'fixture', ...fixture.databaseArguments()];
  expectRefusal(await run(add, { env: { ENCRYPTION_KEY: otherKey } }), 2, `expected key ${idOf(key)}`);
});

test('a rotation that is killed in the middle is done by the next one, while a daemon trades', async () => {
  fixture = await DaemonFixture.open();
  const accountIds = await addAccounts(150);
  const daemon = fixture.startDaemon({ ENCRYPTION_KEY: key, ENCRYPTION_KEYS_OLD: otherKey });
  const task = await fixture.addTask();

  const wire = await openWire(fixture.database.url);
  const child = spawn(process.execPath, [compiledProgram, 'keys', 'rotate', '--database-url', wire.url], {
    cwd: workingDirectory(),
    env: { ...process.env, ENCRYPTION_KEY: key },
    stdio: 'ignore',
  });
  const gone = once(child, 'exit');
  const isUnderWay = (): boolean => wire.countPassed('Secrets of accounts, sealed anew') >= 3;
  while (!isUnderWay()) await new Promise((resolve) => setTimeout(resolve, 1));
  wire.mode = 'mute answers';
  child.kill('SIGKILL');
  await gone;
  await wire.close();
  const middle = await sealedBy();
  expect(middle[idOf(key)]).toBeGreaterThan(0);
  expect(middle[paperId]).toBeGreaterThan(0);

  const listed = await keys('list', { ENCRYPTION_KEY: key });
  expect(listed.stdout).toMatch(new RegExp(`${idOf(key)} +ENCRYPTION_KEY +\\d+ accounts \\(paper\\)`));
  expect(listed.stdout).toMatch(new RegExp(`${paperId} +former +\\d+ accounts \\(paper\\)`));

  const rotated = await keys('rotate', { ENCRYPTION_KEY: key }, '--json');
  expect(rotated.code).toBe(0);
  expect(jsonLines(rotated)[0]).toMatchObject({ left: [], report: { presentKeyId: idOf(key) } });
  expect(await sealedBy()).toEqual({ [idOf(key)]: 151 });
  const again = await keys('rotate', { ENCRYPTION_KEY: key });
  expect(again.stdout).toContain('Nothing had to be encrypted anew');

  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(task, ({ context }) => context.rollsDone === 1);
  await daemon.kill();
  const next = fixture.startDaemon({ ENCRYPTION_KEY: key });
  await fixture.until(() => next.logs.some((line) => line.includes('account is managed')));
  const alone = await openTestStore(fixture.database.url, { encryptionKey: Buffer.from(key, 'hex') });
  for (const [at, id] of accountIds.entries())
    expect((await alone.directory.credentials(id)).apiSecret).toBe(`secret-${at}`);
  await alone.close();
});

test('a rotation without the key of some secrets says what is left and why, and ends with 1', async () => {
  fixture = await DaemonFixture.open();
  const foreign = await openTestStore(fixture.database.url, { encryptionKey: Buffer.from(otherKey, 'hex') });
  const account = {
    userName: 'fixture',
    name: 'x',
    environment: 'paper',
    apiKey: 'x',
    apiSecret: 'y',
  } as const;
  await foreign.directory.addAccount(account);
  await foreign.close();
  const rotated = await keys('rotate', { ENCRYPTION_KEY: key });
  expect(rotated.code).toBe(1);
  expect(rotated.stdout).toContain(`Encrypted 1 secret anew with key ${idOf(key)}`);
  expect(rotated.stdout).toContain(
    `Left: 1 account (paper) of key ${idOf(otherKey)}, which is not configured: add it to ENCRYPTION_KEYS_OLD`,
  );
  const wrong = await keys('rotate', { ENCRYPTION_KEY: key, ENCRYPTION_KEYS_OLD: `${otherKey},12` });
  expectRefusal(wrong, 2, 'ENCRYPTION_KEYS_OLD', 'not shown', 'former values of ENCRYPTION_KEY');
  const right = await keys('rotate', { ENCRYPTION_KEY: key, ENCRYPTION_KEYS_OLD: ` ${otherKey} ` });
  expect(right.code).toBe(0);
});
