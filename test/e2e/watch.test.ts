/** What an operator watches with: tail over a restart of the daemon, the log of a task, and the status on one screen. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { childEnvironment } from '../../src/config.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { callSymbol, DaemonFixture, type NamedDaemon } from '../support/daemon-fixture.ts';
import { jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const cwd = workingDirectory();
const run = (...words: string[]): Promise<Ran> => runnerIn(cwd)([...words, ...fixture.databaseArguments()]);

let fixture: DaemonFixture;
let daemon: NamedDaemon;
const children: ChildProcess[] = [];
beforeAll(async () => {
  fixture = await DaemonFixture.open();
  daemon = fixture.startDaemon();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await fixture.close();
});

interface Watching {
  readonly lines: Record<string, unknown>[];
  /** Ctrl-C. @returns the exit code, and what was written to stderr */
  stop(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

function watch(...words: string[]): Watching {
  const child = spawn(
    process.execPath,
    [compiledProgram, ...words, '--json', ...fixture.databaseArguments()],
    {
      cwd,
      env: childEnvironment({ ROLLKEEPER_TEST_DATABASE_URL: undefined, ROLLKEEPER_TEST_TEMPLATE: undefined }),
    },
  );
  children.push(child);
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) =>
    lines.push(JSON.parse(line) as Record<string, unknown>),
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const gone = once(child, 'close');
  return {
    lines,
    stop: async () => {
      child.kill('SIGINT');
      await gone;
      return { code: child.exitCode, stderr };
    },
  };
}

interface Line {
  readonly kind: string;
  readonly name?: string;
  readonly isHere?: boolean;
  readonly taskId?: string;
  readonly halts?: readonly unknown[];
  readonly alert?: { readonly code: string };
  readonly step?: { readonly version: number; readonly event: string; readonly text: string };
}

test('tail shows every step of a roll once and in order, though the daemon is killed in the middle, and ends with Ctrl-C', async () => {
  const tail = watch('tail');
  const lines = tail.lines as unknown as Line[];
  const versions = (): number[] => lines.flatMap(({ step }) => (step ? [step.version] : []));
  // A task that is added while it is watched is shown from its beginning.
  await fixture.until(async () => (await fixture.store.system.daemons()).length > 0);
  // The daemon is away for a while on a busy machine: its order may wait for it.
  const execution = { style: 'walk', every: '200ms', steps: 2, deadline: '10m' };
  const taskId = await fixture.addTask({ execution });
  await fixture.until(
    () => versions().length > 0,
    () => JSON.stringify(lines),
  );

  fixture.paper.setIndex('BTC', '24600');
  await fixture.until(() => versions().length > 3);
  await daemon.kill();
  daemon = fixture.startDaemon();
  await fixture.untilTask(taskId, ({ context }) => context.rollsDone === 1);
  const { version } = await fixture.task(taskId);
  await fixture.until(
    () => (versions().at(-1) ?? 0) >= version,
    () => JSON.stringify(lines.at(-1)),
  );
  expect(versions().slice(0, version)).toEqual(Array.from({ length: version }, (_, at) => at + 1));
  expect(lines.find(({ step }) => step?.event === 'ADOPTED')?.step?.text).toMatch(/^daemon daemon-1 goes on/);
  await fixture.until(() => lines.some(({ alert }) => alert?.code === 'rolled'));
  // Daemons are looked at every two seconds: one that came and went in between is not told of.
  const hasTold = (of: string, here: boolean) => (): boolean =>
    lines.some(({ name, isHere }) => name === of && isHere === here);
  await fixture.until(hasTold('daemon-1', true));
  await daemon.kill();
  daemon = fixture.startDaemon();
  await fixture.until(hasTold('daemon-1', false));
  await fixture.until(hasTold('daemon-2', true));

  expect((await run('halt', '--reason', 'a look')).code).toBe(0);
  await fixture.until(() => lines.some(({ halts }) => halts?.length === 1));
  expect((await run('resume')).code).toBe(0);
  await fixture.until(() => lines.some(({ halts }) => halts?.length === 0));
  expect(await tail.stop()).toEqual({ code: 0, stderr: '' });
});

test('logs tells a task from its beginning, a sentence a step, and goes on with --follow', async () => {
  const taskId = (await fixture.store.tasks.listTasks())[0]?.taskId ?? '';
  const shown = await run('logs', taskId.slice(0, 6));
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  const [first = '', ...others] = shown.stdout.trim().split('\n');
  expect(first).toMatch(
    new RegExp(`^2023-03-01 \\d\\d:\\d\\d:\\d\\d {5}1 {2}taken over: short 0.3 ${callSymbol}`),
  );
  expect(others.join('\n')).toMatch(/leg 1: Buy 0.3 .* is filled[\s\S]*leg 2: Sell 0.3 .* is filled/);

  const following = watch('logs', taskId, '--last', '1', '--follow');
  await fixture.until(() => following.lines.length === 1);
  expect((await run('task', 'pause', taskId)).code).toBe(0);
  await fixture.until(() => following.lines.some(({ text }) => String(text).startsWith('asked to pause')));
  expect(await following.stop()).toEqual({ code: 0, stderr: '' });
  expect((await run('logs', 'nosuchtask')).code).toBe(2);
  expect((await run('logs', taskId, '--last', '0')).code).toBe(2);
});

test('status says on one screen how everything stands', async () => {
  const { code, stdout, stderr } = await run('status');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(24);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(
    /^Daemons {3}1 daemon, all well\n {2}daemon-2 +\S+ +1 account +1 task +does its work$/m,
  );
  expect(stdout).toMatch(/^Tasks {5}1: 1 paused$/m);
  expect(stdout).toMatch(/^Today {5}1 roll, net -[\d.]+, fees [\d.]+, after fees -[\d.]+ USDT$/m);
  expect(stdout).toMatch(/^Halts {5}none$/m);
  const [json] = jsonLines(await run('status', '--json'));
  expect(json).toMatchObject({
    daemons: [{ name: 'daemon-2', accounts: 1, word: { problems: [], tasksHere: 1 } }],
    accounts: { total: 1, managed: 1, troubled: [] },
    tasks: { total: 1, byState: { PAUSED: 1 } },
    today: [{ settleCoin: 'USDT', rolls: 1 }],
  });
});
