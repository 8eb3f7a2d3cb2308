/** The program serves the page and prints what signs in; a sign-in outlives the daemon it was made at. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledProgram } from '../support/compiled-program.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { startDaemonProcess, usual, type Daemon } from '../support/daemon-process.ts';
import { freePort } from '../support/free-port.ts';
import { jsonLines, runnerIn, workingDirectory } from './cli-run.ts';

const cwd = workingDirectory();
const run = runnerIn(cwd);
let fixture: DaemonFixture;
const started: Daemon[] = [];
beforeAll(async () => {
  fixture = await DaemonFixture.open();
});
afterAll(async () => {
  for (const daemon of started) await daemon.kill();
  await fixture.close();
});

function start(nodeArguments: readonly string[], environment: Record<string, string> = {}): Daemon {
  const databaseArguments = fixture.databaseArguments();
  const daemon = startDaemonProcess({
    databaseArguments,
    nodeArguments,
    exchange: fixture.paper,
    cwd,
    environment,
  });
  started.push(daemon);
  return daemon;
}

const forPeople = [compiledProgram, 'start'];
const pretty = { LOG_FORMAT: 'pretty', LOG_LEVEL: 'info' };
const linkIn = ({ logs }: Daemon): string => /http:\S+\/sign-in#\S+/.exec(logs.join('\n'))?.[0] ?? '';
const addressIn = ({ logs }: Daemon): string =>
  /"url":"(http:[^"]+)"[^\n]*page and the API/.exec(logs.join('\n'))?.[1] ?? '';
const until = (daemon: Daemon, found: (daemon: Daemon) => string): Promise<void> =>
  expect.poll(() => found(daemon), { message: daemon.logs.slice(-5).join('\n') }).not.toBe('');

const signIn = (link: string): Promise<Response> =>
  fetch(`${new URL(link).origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link: new URL(link).hash.slice(1) }),
  });

it('start prints a link that signs in once, and the sign-in outlives the daemon', async () => {
  const port = String(await freePort());
  const first = start(forPeople, { ...pretty, API_PORT: port });
  await until(first, linkIn);
  const link = linkIn(first);
  expect(new URL(link)).toMatchObject({ port, pathname: '/sign-in' });
  const page = await fetch(new URL('/sign-in', link));
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const opened = await signIn(link);
  expect(await opened.json()).toMatchObject({ kind: 'operator', environment: 'paper' });
  expect((await signIn(link)).status).toBe(401);
  const [cookie = ''] = opened.headers.getSetCookie().map((each) => each.split(';', 1)[0]);
  await first.kill();
  const second = start(forPeople, { ...pretty, API_PORT: port });
  await until(second, linkIn);
  const session = await fetch(`http://127.0.0.1:${port}/api/session`, { headers: { cookie } });
  expect(session.status).toBe(200);
  await second.terminate();
});

it('a log of JSON lines holds no link, and two daemons on one machine both serve', async () => {
  const [one, other] = [start(usual), start(usual)];
  await until(one, addressIn);
  await until(other, addressIn);
  expect(addressIn(one)).not.toBe(addressIn(other));
  expect([...one.logs, ...other.logs].join('\n')).not.toContain('sign-in#');
  for (const daemon of [one, other])
    expect((await fetch(`${addressIn(daemon)}/api/session`)).status).toBe(401);
  const made = await run(['link', '--user', 'fixture', '--json', ...fixture.databaseArguments()]);
  const [{ link } = { link: '' }] = jsonLines(made) as { link: string }[];
  expect([addressIn(one), addressIn(other)]).toContain(new URL(link).origin);
  expect(await (await signIn(link)).json()).toMatchObject({ kind: 'user', userName: 'fixture' });
  await Promise.all([one.terminate(), other.terminate()]);
});

it('a port that was asked for and is taken is an error, and off is off', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as AddressInfo;
  const args = ['start', '--json', ...fixture.databaseArguments()];
  const exchange = { BYBIT_REST_URL: fixture.paper.url, BYBIT_WS_URL: fixture.paper.wsUrl };
  const ran = await run(args, { env: { ...exchange, API_PORT: String(port) } });
  expect(ran).toMatchObject({ code: 2 });
  expect(ran.stdout + ran.stderr).toContain(`API_PORT: found ${port}, where another program listens`);
  blocker.close();
  const open = await run(args, { env: { API_HOST: '0.0.0.0' } });
  expect(open).toMatchObject({ code: 2 });
  expect(open.stdout + open.stderr).toContain('API_PUBLIC_URL');
});
