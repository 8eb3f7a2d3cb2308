import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paperKey } from '../../src/config.ts';
import { openEmbeddedDatabase, type EmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
const secret = 'a-secret-that-is-nowhere-else';
let database: EmbeddedDatabase;
let store: Store;

beforeAll(async () => {
  await run(['migrate']);
  database = await openEmbeddedDatabase(join(cwd, '.rollkeeper'), { role: 'visitor', log: silentLog });
  store = await openStore({
    databaseUrl: database.url,
    encryptionKey: paperKey(),
    daemonName: 'stand-in',
    environment: 'paper',
    log: silentLog,
  });
  await run(['user', 'add', 'ann']);
});

afterAll(async () => {
  await store.close();
  await database.close();
  rmSync(cwd, { recursive: true, force: true });
});

/** Answers the next command of any account, as a daemon would. */
async function answerNext(status: 'done' | 'refused', text: string): Promise<void> {
  const accounts = (await store.directory.accounts()).map(({ accountId }) => accountId);
  for (;;) {
    const [command] = await store.inbox.waiting(accounts);
    if (command) return store.inbox.answer({ commandId: command.commandId, status, text });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const task = ['task', 'add', '--account', 'main', '--symbol', 'BTC-31MAR23-26000-C-USDT'];
const roll = ['--trigger', '25500', '--target', '+1000', '--wait', '30'];

describe('an API secret', () => {
  const add = ['account', 'add', 'main', '--user', 'ann', '--api-key', 'key-1'];

  it('comes by a pipe, is stored for the daemon, and is never printed', async () => {
    const ran = await run([...add, '--api-secret-file', '-', '--verbose'], { input: `${secret}\n` });
    expect(ran.code).toBe(0);
    const list = await run(['account', 'list', '--json']);
    expect(ran.stdout + ran.stderr + list.stdout + list.stderr).not.toContain(secret);
    const { accountId } = (await store.directory.accounts())[0] ?? { accountId: '' };
    expect(await store.directory.credentials(accountId)).toMatchObject({
      apiKey: 'key-1',
      apiSecret: secret,
    });
  });

  it('comes by the environment as well', async () => {
    const named = ['account', 'add', 'second', '--user', 'ann', '--api-key', 'key-2', '--json'];
    const ran = await run(named, { env: { BYBIT_API_SECRET: secret } });
    const accountId = String(jsonLines(ran)[0]?.['accountId']);
    expect(await store.directory.credentials(accountId)).toMatchObject({ apiSecret: secret });
  });

  it('is missed when it does not come at all', async () => {
    expectRefusal(await run([...add, '--api-secret-file', '-']), 2, '--api-secret-file: found nothing');
    const exposed = await run([...add, '--api-secret', secret]);
    expectRefusal(exposed, 2, "unknown option '--api-secret'");
  });
});

describe('a daemon that answers', () => {
  it('sets the exit code: done exits with 0', async () => {
    const [ran] = await Promise.all([run([...task, ...roll]), answerNext('done', 'adopted, short 0.5')]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^Task [a-z2-9]{10}: adopted, short 0.5$/m);
  });

  it('sets the exit code: refused exits with 1, also as JSON', async () => {
    const [ran] = await Promise.all([
      run([...task, ...roll, '--json']),
      answerNext('refused', 'no such position'),
    ]);
    expect(ran.code).toBe(1);
    expect(jsonLines(ran)).toMatchObject([{ status: 'refused', answer: 'no such position' }]);
  });
});
