/**
 * The README as a newcomer follows it: every command of it, to the letter and in order, in a directory with nothing of theirs in it.
 * Each has to succeed, and the output that the README shows has to appear.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { packageFile } from '../../src/files/package-files.ts';
import { compiledProgram } from '../support/compiled-program.ts';
import { workingDirectory } from './cli-run.ts';

const patienceMs = 300_000;
const cwd = workingDirectory();
const children = new Set<ChildProcess>();
afterAll(async () => {
  await Promise.all([...children].map((child) => end(child, 'SIGKILL')));
  rmSync(cwd, { recursive: true, force: true });
});

/** What the README says and this test does not do, and why. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci': 'installs what this test runs on',
  'npm test': 'is what runs this test',
  'npm run demo -- --serve': 'stays open; desk/demo.test.ts opens it and ends it',
  'export ROLLKEEPER_MODE=testnet ENCRYPTION_KEY=$(openssl rand -hex 32)': 'leads to a real exchange',
  'npx rollkeeper account add main --user ann --api-key abcdef': 'asks a real exchange',
  'echo https://ntfy.sh/my-topic | npx rollkeeper channel add ntfy phone': 'alerts would leave this machine',
  'npx rollkeeper task approve <task>': 'the task of the README does not ask',
};

interface Block {
  readonly isShell: boolean;
  readonly lines: readonly string[];
}

const readme = readFileSync(packageFile('README.md'), 'utf8');
const blocks: readonly Block[] = [...readme.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm)].map(
  ([, language, text = '']) => ({ isShell: language === 'sh', lines: text.split('\n') }),
);

/** Without their comments; what `&&` joins is one command after the other. */
const commandsIn = ({ lines }: Block): readonly string[] =>
  lines.flatMap((line) => line.replace(/\s+# .*$/, '').split(' && ')).filter((command) => command !== '');

/**
 * A line of output as a pattern: options are as written, and so is everything of a backtest, which is the same on every machine.
 * Elsewhere figures and ids differ from run to run.
 */
function patternOf(line: string, { isExact }: { readonly isExact: boolean }): RegExp {
  const words = line.trim().split(/\s+/);
  const patterns = words.map((word) => {
    const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (isExact || /\d[A-Z]{3}\d\d-/.test(word)) return literal;
    if (/^(?=.*\d)[a-z2-9]{10}:?$/.test(word)) return literal.replace(/[a-z2-9]{10}/, '[a-z2-9]{10}');
    return literal.replace(/\d+(?:\\\.\d+)?/g, '\\d+(?:\\.\\d+)?');
  });
  return new RegExp(`^\\s*${patterns.join('\\s+')}\\s*$`, 'm');
}

/** The bar stands on a terminal only. */
const isOfTerminal = (line: string): boolean => line.startsWith(' ====');

/** The directory after `npm ci`, as far as commands need it: the program as compiled, the example, the tape. */
function layOutRepository(): void {
  const root = fileURLToPath(packageFile('.'));
  for (const folder of ['dist', 'examples', 'src']) symlinkSync(join(root, folder), join(cwd, folder));
  mkdirSync(join(cwd, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(cwd, 'home'));
  symlinkSync(compiledProgram, join(cwd, 'node_modules/.bin/rollkeeper'));
  const { scripts } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { scripts: object };
  // Without the package's own name, because npx would install a package of that name into its cache.
  writeFileSync(join(cwd, 'package.json'), JSON.stringify({ private: true, scripts }));
}

/** Starts a command in a process group of its own, so that what npm starts ends with it. */
function start(command: string): { readonly child: ChildProcess; readonly said: () => string } {
  const child = spawn('sh', ['-c', command], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: join(cwd, 'home'), npm_config_update_notifier: 'false' },
  });
  children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, said: () => said };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  process.kill(-child.pid, signal);
  await gone;
}

/** @returns everything it wrote @throws when it fails or takes longer than `patienceMs` */
async function run(command: string): Promise<string> {
  const { child, said } = start(command);
  const late = setTimeout(() => void end(child, 'SIGKILL'), patienceMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  children.delete(child);
  expect({ command, code, said: code === 0 ? '' : said() }).toEqual({ command, code: 0, said: '' });
  return said();
}

const hasSaid = (said: () => string, words: RegExp): Promise<void> =>
  expect.poll(said, { timeout: patienceMs, interval: 200 }).toMatch(words);

test('every command of the README does what the README says', { timeout: 1_800_000 }, async () => {
  layOutRepository();
  const skipped = new Set<string>();
  let daemon: ChildProcess | null = null;
  let output = '';
  let taskId = '<task>';
  let isExact = false;
  for (const block of blocks) {
    if (!block.isShell) {
      for (const line of block.lines.filter((each) => each !== '' && !isOfTerminal(each)))
        expect(output, line).toMatch(patternOf(line, { isExact }));
      continue;
    }
    isExact = commandsIn(block).some((command) => command.includes(' backtest '));
    for (const command of commandsIn(block)) {
      if (command in notRun) {
        skipped.add(command);
      } else if (command.startsWith('npm start')) {
        const started = start(command);
        daemon = started.child;
        await hasSaid(started.said, /running/);
      } else {
        output += await run(command.replace('<task>', taskId));
        taskId = /^Task ([a-z2-9]{10}): adopted/m.exec(output)?.[1] ?? taskId;
      }
    }
  }
  expect([...skipped].sort()).toEqual(Object.keys(notRun).sort());

  if (!daemon) throw new Error('the README starts a daemon');
  await end(daemon, 'SIGTERM');
  const postmaster = join(cwd, '.rollkeeper/postgres/postmaster.pid');
  await expect.poll(() => existsSync(postmaster), { timeout: patienceMs }).toBe(false);
});

test('the newcomer sees their task roll soon after they have added it', { timeout: 900_000 }, async () => {
  const daemon = start('npm start -- --tape --data seen');
  await hasSaid(daemon.said, /running/);
  await run('npx rollkeeper user add ann --data seen');
  await run('npx rollkeeper account add main --user ann --data seen');
  const added = await run(
    'npx rollkeeper task add --account main --spec examples/roll.yaml --wait 240 --data seen',
  );
  const taskId = /^Task ([a-z2-9]{10}): adopted/m.exec(added)?.[1] ?? '';
  const ledger = (): Promise<string> => run(`npx rollkeeper task ledger ${taskId} --data seen`);
  await expect
    .poll(ledger, { timeout: patienceMs, interval: 1_000 })
    .toMatch(/BTC-31MAR23-25000-C-USDT +BTC-28APR23-2[78]000-C-USDT/);
  await end(daemon.child, 'SIGTERM');
});
