/** A backup of the embedded database, taken while its daemon works, and what a daemon makes of it that comes back behind the exchange. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compiledProgram } from '../support/compiled-program.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { startDaemonProcess, type Daemon } from '../support/daemon-process.ts';
import { runnerIn, workingDirectory } from './cli-run.ts';

const directory = workingDirectory();
const rollkeeper = runnerIn(directory);
const [copy, second, restored] = ['copy', 'second', 'restored'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
];

let fixture: DaemonFixture;
let taskId: string;
let first: Daemon;
let later: Daemon | null = null;
beforeAll(async () => {
  fixture = await DaemonFixture.open('Sell', { embedded: true });
  first = fixture.startDaemon();
  taskId = await fixture.addTask();
});
afterAll(async () => {
  await later?.terminate();
  await fixture.close();
});

const lines = (text: string): unknown => JSON.parse(text.trim().split('\n').at(-1) ?? '');

it('one that is killed leaves nothing of its name', async () => {
  const args = [compiledProgram, 'backup', '--to', second, ...fixture.databaseArguments()];
  const child = spawn(process.execPath, args, { cwd: directory, stdio: 'ignore' });
  const left = () => readdirSync(directory).filter((name) => name.startsWith('second'));
  await expect.poll(left).not.toEqual([]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(left()).toEqual([expect.stringMatching(`^second\\.part-.+-${child.pid}$`) as string]);
});

it('is taken while the daemon goes on, is whole, and removes what the killed one has left', async () => {
  const ran = await rollkeeper(['backup', '--to', copy, '--json', ...fixture.databaseArguments()]);
  expect(ran).toMatchObject({ code: 0 });
  const { files, removed } = lines(ran.stdout) as { files: number; removed: string[] };
  expect(removed).toEqual([expect.stringMatching(/^second\.part-/) as string]);
  expect(readdirSync(directory).filter((name) => name.startsWith('second'))).toEqual([]);
  expect(files).toBeGreaterThan(100);
  expect(existsSync(join(copy, 'backup.json'))).toBe(true);
  const examined = await rollkeeper(['doctor', '--json', ...fixture.databaseArguments()]);
  expect(examined.stdout).toMatch(/"check":"backup","subject":null,"state":"ok","code":"backupMade"/);
  const again = await rollkeeper(['backup', '--to', copy, ...fixture.databaseArguments()]);
  expect(again).toMatchObject({ code: 2 });
  expect(again.stderr).toContain('which is there already');
});

it('is refused where a database is, and where the copy was changed', async () => {
  const occupied = await rollkeeper(['restore', copy, ...fixture.databaseArguments()]);
  expect(occupied).toMatchObject({ code: 2 });
  expect(occupied.stderr).toContain('which is not empty');
  const [some = ''] = readdirSync(join(copy, 'postgres/global')).filter((name) => /^\d+$/.test(name));
  const file = join(copy, 'postgres/global', some);
  const before = readFileSync(file);
  appendFileSync(file, 'x');
  const damaged = await rollkeeper(['restore', copy, '--data', restored]);
  expect(damaged).toMatchObject({ code: 1 });
  expect(damaged.stderr).toContain(`global/${some} of the backup is not as it was written`);
  expect(existsSync(restored)).toBe(false);
  rmSync(file);
  appendFileSync(file, before);
});

it('comes back verified and halted, and claims nothing that the exchange has done since', async () => {
  fixture.paper.setIndex('BTC', '24600');
  await fixture.untilTask(taskId, ({ context }) => context.rollsDone === 1);
  const orders = fixture.orders();
  await first.kill();
  const ran = await rollkeeper(['restore', copy, '--data', restored, '--json']);
  expect(ran).toMatchObject({ code: 0 });
  expect(lines(ran.stdout)).toMatchObject({ tasks: 1 });
  later = startDaemonProcess({
    databaseArguments: ['--data', restored],
    exchange: fixture.paper,
    cwd: directory,
  });
  const ask = async (...words: readonly string[]) =>
    (await rollkeeper([...words, '--data', restored])).stdout;
  await expect.poll(() => ask('task', 'show', taskId)).toMatch(/restored from a backup/);
  expect((await rollkeeper(['resume', '--data', restored])).code).toBe(0);
  // What it managed is not there any more: the rest is the owner's, who adds what is there now.
  await expect.poll(() => ask('task', 'list')).toContain('closed by owner');
  expect(fixture.orders()).toEqual(orders);
});
