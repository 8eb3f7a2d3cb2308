/** How the daemon is installed: the image, built by the steps of the Dockerfile and started from there, and the unit of systemd. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageFile } from '../../src/files/package-files.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { buildImage, contentOf, type Image } from '../support/image.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-image-'));
const notices = join(folder, 'notices');
const bin = join(folder, 'bin');
const nodeAlone = join(folder, 'node-alone');
let database: TestDatabase;
let image: Image;
let env: Record<string, string>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  // Records what systemd would be told.
  mkdirSync(bin);
  // As `npm install --global` or a link of the operator would put it there.
  const program = `#!/bin/sh\nexec node ${join(folder, 'last/app/dist/rollkeeper.js')} "$@"\n`;
  writeFileSync(join(bin, 'rollkeeper'), program, { mode: 0o755 });
  mkdirSync(nodeAlone);
  symlinkSync(process.execPath, join(nodeAlone, 'node'));
  writeFileSync(join(bin, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${notices}\n`);
  chmodSync(join(bin, 'systemd-notify'), 0o755);
  image = await buildImage(folder);
  env = {
    ...image.env,
    PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    HOME: folder,
    DATABASE_URL: database.url,
    ROLLKEEPER_DATA: '',
    API_PORT: String(await freePort()),
  };
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts it as the image says. */
function start(more: Readonly<Record<string, string>> = {}): { child: ChildProcess; said: () => string } {
  const [program = '', ...words] = image.command;
  const child = spawn(program, words, { cwd: image.app, env: { ...env, ...more } });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

const health = (...more: string[]): Promise<number> => {
  const [program = '', ...words] = image.healthcheck;
  return new Promise((resolve) => {
    execFile(program, [...words, ...more], { cwd: image.app, env }, (error) =>
      resolve(error === null ? 0 : Number(error.code)),
    );
  });
};

async function end(child: ChildProcess): Promise<number | null> {
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
  return child.exitCode;
}

const noticed = (): string[] => (existsSync(notices) ? readFileSync(notices, 'utf8').trim().split('\n') : []);

/** The commands of docs/install.md that need no rights. */
const documented = (): string[] =>
  [...readFileSync(packageFile('docs/install.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].flatMap(
    ([, text = '']) => text.split('\n'),
  );

/** @returns what it wrote, or the beginning of the file that it wrote into @throws when its exit code is not 0 */
function shell(command: string): string {
  const file = / > (\S+)$/.exec(command)?.[1];
  const said = execFileSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
  return file === undefined ? said : readFileSync(join(folder, file), 'utf8');
}

test('the image starts with nothing of it written to, says how it is, tells systemd, and stops', async () => {
  expect(image.user).toBe('node');
  expect(image.healthcheck).toEqual(['node', 'dist/rollkeeper.js', 'health']);
  for (const absent of ['src/cli', 'test', 'machines', 'build.js'])
    expect(existsSync(join(image.app, absent)), absent).toBe(false);
  const before = contentOf(image.app);
  expect(await health()).toBe(1);
  const { child, said } = start({ NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '600000' });
  await expect.poll(noticed).toContain('READY=1');
  await expect.poll(said).toContain('running');
  await expect.poll(() => noticed().filter((line) => line === 'WATCHDOG=1').length).toBeGreaterThan(2);
  expect(await health()).toBe(0);
  expect(await health('--ready')).toBe(0);
  for (const command of documented()) expect(`${command}: ${shell(command)}`).toMatch(/^.+: \S/);
  expect(await end(child)).toBe(0);
  await expect.poll(noticed).toContain('STOPPING=1');
  expect(noticed().filter((line) => line === 'READY=1')).toHaveLength(1);
  expect(await health()).toBe(1);
  expect(contentOf(image.app)).toEqual(before);
});

test('where systemd-notify is missing the daemon does its work all the same, and says so once', async () => {
  const { child, said } = start({
    NOTIFY_SOCKET: '/run/systemd/notify',
    WATCHDOG_USEC: '200000',
    PATH: nodeAlone,
    API_PORT: 'off',
    ROLLKEEPER_DAEMON_NAME: 'unwatched',
  });
  await expect.poll(said).toContain('systemd cannot be notified');
  const [program = '', ...words] = image.healthcheck;
  const off = { ...env, API_PORT: 'off', ROLLKEEPER_DAEMON_NAME: 'unwatched' };
  expect(execFileSync(program, words, { cwd: image.app, env: off, encoding: 'utf8' })).toBe(
    'Daemon unwatched lives.\n',
  );
  expect(await end(child)).toBe(0);
  expect(said().split('systemd cannot be notified')).toHaveLength(2);
});

const unitFile = readFileSync(packageFile('deploy/systemd/rollkeeper.service'), 'utf8');
const settings = new Map(
  unitFile.split('\n').flatMap((line) => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    return key === undefined ? [] : [[key, value ?? ''] as const];
  }),
);

test('the unit waits for the drain, lets V8 write its code, and starts what the image starts', () => {
  expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(30);
  expect(settings.has('MemoryDenyWriteExecute')).toBe(false);
  expect(settings.get('Type')).toBe('notify');
  const [node, ...words] = (settings.get('ExecStart') ?? '').replace('/opt/rollkeeper/', '').split(' ');
  expect([node?.split('/').at(-1), ...words]).toEqual([...image.command, '$START_OPTIONS']);
});

/** The unit as it would be on this computer. */
const hasSystemd = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].some((path) => existsSync(path));
if (!hasSystemd) console.warn('systemd-analyze is not installed: the unit of systemd is not verified here');

// reason: systemd-analyze is not everywhere, in most containers it is missing
test.skipIf(!hasSystemd)('systemd finds nothing wrong with the unit', () => {
  const path = join(folder, 'rollkeeper.service');
  const here = unitFile
    .replaceAll('/usr/bin/node', process.execPath)
    .replaceAll('/opt/rollkeeper', image.app);
  writeFileSync(path, here);
  const said = execFileSync('sh', ['-c', `systemd-analyze verify ${path} 2>&1`], { encoding: 'utf8' });
  expect(said).toBe('');
});
