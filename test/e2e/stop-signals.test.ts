/**
 * A daemon that is asked to stop, by SIGTERM, SIGINT or SIGHUP, ends with 0 whatever it is doing: while it loads, makes a
 * database, migrates, claims, runs, drains. The promise begins with the first line of ours that Node runs; until then the
 * signal is Node's. A module that is loaded before reports when that line has run.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { startDaemonProcess, usual, type Daemon } from '../support/daemon-process.ts';

const mark = 'signals are ours';
const witness = `
  const { on } = process;
  process.on = function (name, listener) {
    const answer = on.call(this, name, listener);
    if (name === 'SIGHUP') process.stderr.write('${mark}\\n');
    return answer;
  };
`;
const witnessed = ['--import', `data:text/javascript,${encodeURIComponent(witness)}`, ...usual];

let fixture: DaemonFixture;
let cwd: string;
const started: Daemon[] = [];
beforeEach(async () => {
  fixture = await DaemonFixture.open('Sell', { accountsTotal: 2 });
  cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-stop-'));
});
afterEach(async () => {
  for (const daemon of started.splice(0)) await daemon.kill();
  await fixture.close();
  rmSync(cwd, { recursive: true, force: true });
});

function start(databaseArguments: readonly string[] = fixture.databaseArguments()): Daemon {
  const daemon = startDaemonProcess({
    databaseArguments,
    nodeArguments: witnessed,
    exchange: fixture.paper,
    cwd,
  });
  started.push(daemon);
  return daemon;
}

const hasSaid = ({ logs }: Daemon, words: string): boolean => logs.some((line) => line.includes(words));
const untilSaid = (daemon: Daemon, words: string): Promise<void> =>
  fixture.until(
    () => hasSaid(daemon, words) || daemon.process.exitCode !== null,
    () => `${JSON.stringify(words)} in: ${daemon.logs.join('\n')}`,
  );
async function endOf({ process: child, logs }: Daemon): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode === 0 ? 0 : { code: child.exitCode, signal: child.signalCode, logs };
}

test.each([0, 1, 5, 20, 60, 150, 300, 600, 1_000, 1_500, 2_000, 3_000, 5_000])(
  '%i ms after its first line it ends with 0',
  async (afterMs) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const daemon = start();
      await untilSaid(daemon, mark);
      await sleep(afterMs);
      daemon.process.kill(signal);
      expect(await endOf(daemon)).toBe(0);
    }
  },
);

test('right after it was started it ends with 0, or as Node does before it runs a line of ours', async () => {
  for (let afterMs = 0; afterMs < 60; afterMs += 12) {
    const daemon = start();
    await sleep(afterMs);
    daemon.process.kill('SIGTERM');
    const end = await endOf(daemon);
    if (hasSaid(daemon, mark)) expect(end).toBe(0);
    else expect(daemon.process.signalCode ?? daemon.process.exitCode).toBe('SIGTERM');
  }
});

test.each([
  'starting',
  'Making the embedded database',
  'Database schema brought up to date',
  'stream connected',
  'running without tasks',
])('on a new data directory, at %j, it ends with 0', async (words) => {
  const daemon = start(['--data', join(cwd, 'data')]);
  await untilSaid(daemon, words);
  daemon.process.kill('SIGTERM');
  expect(await endOf(daemon)).toBe(0);
});

test.each(['starting', 'private stream is live', 'account is managed', 'running'])(
  'asked again and again from %j on, it ends with 0',
  async (words) => {
    const daemon = start();
    await untilSaid(daemon, words);
    while (daemon.process.exitCode === null && daemon.process.signalCode === null) {
      daemon.process.kill('SIGTERM');
      daemon.process.kill('SIGINT');
      daemon.process.kill('SIGHUP');
      await sleep(15);
    }
    expect(await endOf(daemon)).toBe(0);
  },
);

test('while its database does not answer it ends with 0', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const daemon = start(['--database-url', `postgres://ops:hunter2@127.0.0.1:${port}/rolls`]);
  await untilSaid(daemon, 'starting');
  daemon.process.kill('SIGTERM');
  expect(await endOf(daemon)).toBe(0);
  silent.close();
});
