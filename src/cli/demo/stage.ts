/**
 * What the demo runs on: an embedded database, the paper exchange playing the tape, a demo account with four short
 * positions, and the daemon as a process of its own that reaches the exchange only over HTTP and WebSocket.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { addAccount } from '../../application/add-account.ts';
import { addTask } from '../../application/add-task.ts';
import { addUser } from '../../application/add-user.ts';
import { operator } from '../../application/caller.ts';
import { listUsers } from '../../application/list-users.ts';
import type { Ports } from '../../application/ports.ts';
import { childEnvironment } from '../../config.ts';
import { BadInput } from '../../domain/errors.ts';
import type { DecimalString } from '../../domain/money.ts';
import { bundledTapePath } from '../../exchange/paper/bundled-tape.ts';
import { startPaperExchange, type PaperExchange } from '../../exchange/paper/exchange.ts';
import { compiledProgram } from '../../files/package-files.ts';
import { InspectorRelay } from '../../telemetry/inspector/relay.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openEmbeddedStore } from '../shell/database.ts';
import { Story } from './story.ts';

export const demoTapePath = bundledTapePath;
const adoptionTimeoutMs = 30_000;
const execution = { style: 'walk', every: '300ms', steps: 3, deadline: '10s' };
const guards = { cooldown: '1m' };

/**
 * Four positions of 1 March 2023, with the index at 23 140: a call above the market and a put below that follow the price,
 * a call that is rolled when its delta grows, and a put that is rolled to a later expiry.
 */
export const demoSpecs = [
  { symbol: 'BTC-31MAR23-25000-C-USDT', trigger: 24_500, target: '+1000', execution, guards },
  { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22_500, target: '-1000', execution, guards },
  {
    symbol: 'BTC-31MAR23-26500-C-USDT',
    trigger: { delta: { above: 0.45 } },
    target: { strike: 'delta 0.2' },
    execution,
    guards,
  },
  {
    symbol: 'BTC-10MAR23-21000-P-USDT',
    trigger: { daysToExpiry: { below: 2 } },
    target: { strike: 'same', expiry: 'min 14d' },
    execution: { ...execution, slippage: { max: '20%' } },
    guards,
  },
] as const;
export const heldQty = '0.5';
const cashUsdt = '50000';

export interface Stage {
  readonly paper: PaperExchange;
  readonly apiKey: string;
  /** Of the account when the tape begins, settle coin. */
  readonly worthAtStart: DecimalString;
  /** Accounts that hold one of the positions each, and that nobody trades. */
  readonly leftAlone: readonly LeftAlone[];
  /** What happens to the demo's tasks. */
  readonly story: Story;
  readonly daemon: DaemonProcess;
  close(): Promise<void>;
}

export interface LeftAlone {
  readonly symbol: string;
  readonly apiKey: string;
  readonly worthAtStart: DecimalString;
}

export interface StageOptions {
  readonly dataDir: string;
  readonly inspectorPort: number | undefined;
  readonly log: Logger;
  /** Receives a phrase for each thing that is being set up, to show to people. */
  readonly onStep: (text: string) => void;
}

/** Sets everything up and leaves the tape at its beginning; `stage.paper.player.start()` starts it. */
export async function setStage({ dataDir, inspectorPort, log, onStep }: StageOptions): Promise<Stage> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const inspector = inspectorPort === undefined ? null : await InspectorRelay.freeAt(inspectorPort);
    onStep('starting an embedded Postgres');
    const store = await openEmbeddedStore(dataDir, log, () => onStep('applying migrations'));
    closers.push(() => store.close());
    const key = {
      apiKey: `demo-${randomBytes(6).toString('hex')}`,
      apiSecret: randomBytes(16).toString('hex'),
    };
    await openDemoAccount(store, dataDir, key);
    onStep('starting the paper exchange with the tape of March 2023');
    const paper = await startPaperExchange({
      source: { kind: 'tape', path: demoTapePath },
      pacing: { startWhen: 'called' },
      accounts: [
        {
          ...key,
          usdt: cashUsdt,
          positions: demoSpecs.map(({ symbol }) => ({ symbol, side: 'Sell', qty: heldQty })),
        },
      ],
    });
    const worthAtStart = paper.account(key.apiKey).worth();
    const leftAlone = demoSpecs.map(({ symbol }) => leaveAlone(paper, symbol));
    closers.push(() => paper.close());
    onStep('starting the daemon, a process of its own');
    const daemon = startDaemon(dataDir, paper, inspector?.port);
    if (inspector) onStep(`the inspector can be attached at ${inspector.url}`);
    closers.push(() => daemon.stop());
    onStep('handing four short positions over to the daemon');
    const taskIds = await Promise.all(demoSpecs.map((spec) => addDemoTask(store, spec, daemon)));
    const { apiKey } = key;
    return { paper, apiKey, worthAtStart, leftAlone, story: new Story(store, taskIds), daemon, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same position on an account of its own, for comparison. */
function leaveAlone(paper: PaperExchange, symbol: string): LeftAlone {
  const apiKey = `alone-${symbol}`;
  const apiSecret = randomBytes(16).toString('hex');
  paper.addAccount({
    apiKey,
    apiSecret,
    usdt: cashUsdt,
    positions: [{ symbol, side: 'Sell', qty: heldQty }],
  });
  return { symbol, apiKey, worthAtStart: paper.account(apiKey).worth() };
}

async function openDemoAccount(
  store: Ports,
  dataDir: string,
  key: { apiKey: string; apiSecret: string },
): Promise<void> {
  if ((await listUsers(operator, store)).some(({ name }) => name === 'demo')) {
    throw new BadInput('The demo needs a database of its own', [
      {
        path: '--data',
        found: `${dataDir}, which holds an earlier demo`,
        expected: 'a new or empty directory',
      },
    ]);
  }
  await addUser(operator, store, 'demo');
  await addAccount(operator, store, { userName: 'demo', name: 'demo', environment: 'paper', ...key });
}

/** @returns the task's id, once the daemon manages the position */
async function addDemoTask(store: Ports, spec: object, daemon: DaemonProcess): Promise<string> {
  const asked = await Promise.race([
    addTask(operator, store, { account: { name: 'demo' }, spec, waitMs: adoptionTimeoutMs }),
    daemon.failed,
  ]);
  if (asked.status !== 'done') {
    throw new Error(
      `the daemon did not adopt a demo position: ${asked.answer ?? 'no answer'}; its log is ${daemon.logPath}`,
    );
  }
  return asked.taskId;
}

export interface DaemonProcess {
  readonly logPath: string;
  /** Rejects when the daemon ends without being asked to. */
  readonly failed: Promise<never>;
  /** Drains the daemon and waits until it has ended. @throws Error when it did not exit with 0 */
  stop(): Promise<void>;
}

const stopTimeoutMs = 15_000;

function startDaemon(
  dataDir: string,
  paper: PaperExchange,
  inspectorPort: number | undefined,
): DaemonProcess {
  const logPath = join(dataDir, 'daemon.log');
  const logFile = openSync(logPath, 'a');
  const inspect = inspectorPort === undefined ? [] : ['--inspect', String(inspectorPort)];
  const child = spawn(process.execPath, [compiledProgram, 'start', '--data', dataDir, '--json', ...inspect], {
    stdio: ['ignore', logFile, logFile],
    // In a process group of its own, so that Ctrl-C reaches only this process, which then stops the daemon in order.
    detached: true,
    env: childEnvironment({
      ROLLKEEPER_MODE: 'paper',
      BYBIT_TESTNET: undefined,
      BYBIT_REST_URL: paper.url,
      BYBIT_WS_URL: paper.wsUrl,
      LOG_LEVEL: 'info',
    }),
  });
  closeSync(logFile);
  let isStopping = false;
  const failed = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!isStopping)
        reject(new Error(`the daemon ended with ${signal ?? String(code)}; its log is ${logPath}`));
    });
  });
  failed.catch(() => undefined);
  return {
    logPath,
    failed,
    stop: async () => {
      isStopping = true;
      await endProcess(child, logPath);
    },
  };
}

async function endProcess(child: ChildProcess, logPath: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const timeout = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  clearTimeout(timeout);
  if (code !== 0) throw new Error(`the daemon ended with ${signal ?? String(code)}; its log is ${logPath}`);
}
