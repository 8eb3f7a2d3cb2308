/** Channels and alerts as an operator types them, and a daemon that delivers and gives signs of life. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledProgram } from '../support/compiled-program.ts';
import { createTestDatabase, query, type TestDatabase } from '../support/database.ts';
import { answerWith, openReceiver, type Receiver } from '../support/receiver.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

let database: TestDatabase;
let receiver: Receiver;
let env: Record<string, string>;
let run: (args: readonly string[], input?: string) => Promise<Ran>;
const cwd = workingDirectory();
const said = async (args: readonly string[], input?: string): Promise<string> => {
  const ran = await run(args, input);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout;
};

beforeAll(async () => {
  [database, receiver] = [await createTestDatabase(), await openReceiver()];
  env = { DATABASE_URL: database.url, ALERTS_PRIVATE_ADDRESSES: '127.0.0.1' };
  run = (args, input = '') => runnerIn(cwd)(args, { env, input });
  await said(['user', 'add', 'ann']);
  await said(['account', 'add', 'main', '--user', 'ann']);
});
afterAll(async () => {
  await receiver.close();
  await database.drop();
});

const address = (): string => `${receiver.url}/MARKED-SECRET`;

it('A channel is added from a pipe, tried out, changed, listed and removed, and its address is never shown', async () => {
  const added = await said(['channel', 'add', 'webhook', 'desk', '--digest', '08:00'], address());
  expect(added).toMatch(/Added channel desk of ann \(webhook\)\.\nIts secret is shown this once.*whsec_/);
  expect(await said(['channel', 'test', 'desk'])).toContain('took the test');
  receiver.respond = answerWith(403, 'go away');
  const refused = await run(['channel', 'test', 'desk', '--json']);
  expect(refused.code).toBe(1);
  expect(jsonLines(refused)).toMatchObject([{ outcome: { kind: 'refused', said: 'answered 403: go away' } }]);
  receiver.respond = answerWith(200);
  await said([
    'channel',
    'edit',
    'desk',
    '--noise',
    'info',
    '--quiet',
    '22:00-07:00',
    '--kind',
    'rolled=silent',
  ]);
  const list = await run(['channel', 'list', '--json']);
  expect(jsonLines(list)).toMatchObject([
    {
      name: 'desk',
      noise: 'info',
      quietHours: { from: '22:00', until: '07:00' },
      overrides: { rolled: 'silent' },
    },
  ]);
  expect(await said(['channel', 'list'])).toMatch(/ann +desk +webhook +1 +info and more +22:00-07:00 +08:00/);
  await said(['channel', 'add', 'ntfy', 'phone'], `${receiver.url}/topic\ntk_MARKED-SECRET\n`);
  expect(await said(['channel', 'remove', 'phone'])).toContain('Removed channel phone of ann.');
  await said(['user', 'zone', 'ann', 'Europe/Berlin']);
  expect(JSON.stringify([added, refused, list])).not.toContain('MARKED');
});

it('What cannot be is refused with what would be right, and without the address', async () => {
  const add = (kind: string, text: string): Promise<Ran> => run(['channel', 'add', kind, 'x'], text);
  expectRefusal(await add('pigeon', 'x'), 2, 'one of telegram, webhook, ntfy');
  expectRefusal(await add('webhook', 'MARKED-SECRET'), 2, '13 characters (not shown)', 'https://host/path');
  expectRefusal(await add('webhook', 'https://10.0.0.1/MARKED-SECRET'), 2, 'private network');
  expectRefusal(await add('email', 'ann@example.com'), 2, 'SMTP_URL');
  expectRefusal(await add('email', 'ann@example.com, bob@example.com'), 2, 'one e-mail address');
  expectRefusal(await add('slack', `${address()}\nsecond`), 2, 'has its secret in its address');
  expectRefusal(await run(['channel', 'add', 'webhook', 'desk'], address()), 2, 'no other channel of ann');
  expectRefusal(await run(['channel', 'edit', 'desk', '--quiet', '25:00-07:00']), 2, '22:00-07:00');
  expectRefusal(await run(['channel', 'edit', 'desk']), 2, 'at least one option');
  expectRefusal(await run(['channel', 'test', 'nobody']), 2, 'channel list');
  expectRefusal(await run(['user', 'zone', 'ann', 'Mars/Base']), 2, 'Europe/Berlin');
  expectRefusal(await run(['alerts', 'retry']), 2, '--all');
});

it('A daemon delivers what was reported and gives signs of life; what was given up is shown and sent again', async () => {
  receiver.respond = (response, one) => answerWith(one.path.startsWith('/MARKED') ? 410 : 200)(response, one);
  const daemon = spawn(process.execPath, [compiledProgram, 'start'], {
    cwd,
    env: {
      PATH: process.env['PATH'],
      ...env,
      HEARTBEAT_URL: `${receiver.url}/alive`,
      HEARTBEAT_SECONDS: '5',
    },
  });
  let log = '';
  daemon.stdout.on('data', (chunk) => (log += String(chunk)));
  await expect.poll(() => receiver.received.some(({ path }) => path === '/alive')).toBe(true);
  await query(
    database.url,
    `INSERT INTO alerts (account_id, severity, code, figures, at_ms)
     SELECT id, 'critical', 'accountBarred', '{"name":"main","said":"key expired"}', 1800000000000 FROM accounts`,
  );
  await expect.poll(async () => said(['alerts', '--dead']), { interval: 500 }).toContain('key expired');
  expect(await said(['alerts'])).toMatch(
    /critical +\d+ +ann\/desk +given up after 1 +main: Account main cannot/,
  );
  receiver.respond = answerWith(200);
  // After eight in the morning the daily digest may be among them.
  const dead = (await said(['alerts', '--dead', '--json'])).trim().split('\n');
  expect(await said(['alerts', 'retry', '--all'])).toContain(`Sent again: ${dead.length}.`);
  await expect
    .poll(async () => said(['alerts', '--dead']), { interval: 500 })
    .toContain('Nothing was given up.');
  const bodies = receiver.received.filter(({ path }) => path === '/MARKED-SECRET').map(({ body }) => body);
  expect(bodies).toContainEqual(expect.stringContaining('2027-01-15 09:00 UTC+1'));
  const gone = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  await gone;
  expect(log).toContain('could not be delivered');
  expect(log).not.toContain('MARKED');
});
