/**
 * `npm run previous -- COMMIT`: makes the previous version's database anew. The program of that commit is taken out of git into a
 * temporary folder and built, plays the scenes of `previous.ts` against the paper exchange, and is killed in the middle of them.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { readState } from '../../src/exchange/paper/state-file.ts';
import { packageFile } from '../../src/files/package-files.ts';
import { startDaemonProcess, type Daemon } from '../support/daemon-process.ts';
import { query, startTestCluster, temporaryDirectory } from '../support/database.ts';
import { keepDatabase } from '../support/kept-database.ts';
import {
  callSymbol,
  keyOf,
  late,
  previousFile,
  putSymbol,
  scenes,
  specOfAll,
  writePrevious,
  type Scene,
} from './previous.ts';

const startMs = Date.UTC(2023, 2, 1, 12);
const patienceMs = 120_000;
const secret = 'previous-secret';
const index = { before: '23500', after: '24600', last: '24750' };

type Cli = (...args: readonly string[]) => Promise<Record<string, unknown>>;

const [commit = ''] = process.argv.slice(2);
if (!/^[0-9a-f]{7,40}$/.test(commit)) throw new Error('name the commit of the previous version');
const home = await temporaryDirectory();
const cluster = await startTestCluster();
async function make(): Promise<void> {
  const program = oldProgram();
  const statePath = join(home, 'exchange.json');
  const paper = await openExchange(statePath);
  const cli = cliOf(program, paper);
  await cli('migrate');
  await cli('user', 'add', 'ann');
  for (const { name } of scenes) await cli('account', 'add', name, '--user', 'ann', '--api-key', keyOf(name));
  const daemon = startDaemonProcess({
    nodeArguments: [program, 'start', '--json'],
    databaseArguments: ['--database-url', cluster.url],
    exchange: paper,
    cwd: home,
    environment: { ROLLKEEPER_DAEMON_NAME: 'previous', API_PORT: 'off', LOG_LEVEL: 'info' },
  });
  try {
    const tasks: Record<string, string> = {};
    for (const scene of scenes) tasks[scene.name] = await addTask(cli, scene);
    for (const { name, faults = [] } of scenes) addFaults(paper, name, faults);
    paper.setIndex('BTC', index.after);
    await untilStand(daemon, tasks, ({ spec }) => spec?.['trigger'] !== late.trigger);
    daemon.process.kill('SIGCONT');
    paper.setIndex('BTC', index.last);
    await until(() => paper.account(keyOf('between')).orders().length > 0, daemon.logs);
    for (const { name, laterFaults = [] } of scenes) addFaults(paper, name, laterFaults);
    await untilStand(daemon, tasks, () => true);
    await daemon.kill();
    await paper.close();
    const exchange = readState(statePath);
    if (exchange === null) throw new Error('the exchange saved nothing');
    await query(cluster.url, 'ALTER TABLE audit DISABLE TRIGGER audit_is_append_only');
    await query(cluster.url, "UPDATE audit SET came_from = 'command line on desk'");
    await query(cluster.url, 'ALTER TABLE audit ENABLE TRIGGER audit_is_append_only');
    const database = await keepDatabase(cluster.url);
    mkdirSync(dirname(previousFile), { recursive: true });
    writePrevious({ commit, database, exchange, index: index.last, tasks });
    process.stdout.write(`${previousFile}: ${readFileSync(previousFile).length} bytes\n`);
  } finally {
    await daemon.kill();
  }
}

/** What Node runs for `rollkeeper` of that commit. */
function oldProgram(): string {
  const folder = join(home, 'program');
  mkdirSync(folder);
  const tree = execFileSync('git', ['archive', commit], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: tree });
  symlinkSync(fileURLToPath(packageFile('node_modules')), join(folder, 'node_modules'));
  execFileSync(process.execPath, ['build.js'], { cwd: folder });
  return join(folder, 'dist', 'rollkeeper.js');
}

function openExchange(statePath: string): Promise<PaperExchange> {
  const held = [callSymbol, putSymbol].map((symbol) => ({ symbol, side: 'Sell' as const, qty: '0.3' }));
  return startPaperExchange({
    source: { kind: 'manual', prices: { BTC: index.before }, startMs },
    accounts: scenes.map(({ name }) => ({
      apiKey: keyOf(name),
      apiSecret: secret,
      usdt: '50000',
      usdc: '50000',
      positions: name === 'structure' ? held : held.slice(0, 1),
    })),
    statePath,
  });
}

const cliOf =
  (program: string, paper: PaperExchange): Cli =>
  async (...args) => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: cluster.url,
      BYBIT_REST_URL: paper.url,
      BYBIT_WS_URL: paper.wsUrl,
      BYBIT_API_SECRET: secret,
    };
    const ran = promisify(execFile)(process.execPath, [program, ...args, '--json'], { cwd: home, env });
    ran.child.stdin?.end();
    const [line = '{}'] = (await ran).stdout.split('\n');
    return JSON.parse(line) as Record<string, unknown>;
  };

async function addTask(cli: Cli, { name, spec = {}, command }: Scene): Promise<string> {
  const file = join(home, `${name}.yaml`);
  writeFileSync(file, JSON.stringify({ ...specOfAll, ...spec }));
  const { taskId } = await cli('task', 'add', '--account', name, '--spec', file);
  if (command)
    await cli(...command.map((word) => word.replace('TASK', String(taskId)).replace('ACCOUNT', name)));
  return String(taskId);
}

function addFaults(paper: PaperExchange, name: string, faults: NonNullable<Scene['faults']>): void {
  for (const fault of faults) paper.faults.add({ ...fault, match: { ...fault.match, apiKey: keyOf(name) } });
}

/** Stops the daemon in the moment in which these tasks are where their scenes leave them; some come and go. */
async function untilStand(
  daemon: Daemon,
  tasks: Readonly<Record<string, string>>,
  isConcerned: (scene: Scene) => boolean,
): Promise<void> {
  const strayed = async (): Promise<string[]> => {
    const rows = await query<{ id: string; state: string }>(cluster.url, 'SELECT id, state FROM tasks');
    return scenes.filter(isConcerned).flatMap(({ name, state }) => {
      const found = rows.find(({ id }) => id === tasks[name])?.state;
      return found === state ? [] : [`${name} is ${found ?? 'nowhere'} and not ${state}`];
    });
  };
  for (const deadlineMs = performance.now() + patienceMs; ;) {
    if ((await strayed()).length === 0) {
      daemon.process.kill('SIGSTOP');
      await sleep(300);
      if ((await strayed()).length === 0) return;
      daemon.process.kill('SIGCONT');
    }
    if (performance.now() > deadlineMs)
      throw new Error(`${(await strayed()).join('\n')}\n${daemon.logs.slice(-30).join('\n')}`);
    await sleep(20);
  }
}

async function until(holds: () => boolean | Promise<boolean>, logs: readonly string[]): Promise<void> {
  for (const deadlineMs = performance.now() + patienceMs; !(await holds());) {
    if (performance.now() > deadlineMs) throw new Error(`nothing came\n${logs.slice(-30).join('\n')}`);
    await sleep(20);
  }
}

try {
  await make();
} finally {
  await cluster.remove();
  rmSync(home, { recursive: true, force: true });
}
