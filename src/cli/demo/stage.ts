/**
 * What the demo runs on: an embedded database, the paper exchange playing the tape, a demo account with four short
 * positions, and the daemon as a process of its own that reaches the exchange only over HTTP and WebSocket.
 */
import { randomBytes } from 'node:crypto';
import { addAccount } from '../../application/add-account.ts';
import { addTask } from '../../application/add-task.ts';
import { addUser } from '../../application/add-user.ts';
import { operator } from '../../application/caller.ts';
import { listUsers } from '../../application/list-users.ts';
import type { Ports } from '../../application/ports.ts';
import { BadInput } from '../../domain/errors.ts';
import type { DecimalString } from '../../domain/money.ts';
import { startPaperExchange, type PaperExchange } from '../../exchange/paper/exchange.ts';
import { InspectorRelay } from '../../telemetry/inspector/relay.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { openEmbeddedStore } from '../shell/database.ts';
import { startDaemon, type DaemonProcess } from './daemon-process.ts';
import { demoTapePath, heldQty, type Programme } from './programme.ts';
import { Story } from './story.ts';
import { visitsTo, type Visits } from './visits.ts';

const adoptionTimeoutMs = 30_000;
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
  /** To the page, where it is served. */
  readonly visits: Visits;
  readonly daemon: DaemonProcess;
  close(): Promise<void>;
}

export interface LeftAlone {
  readonly symbol: string;
  readonly apiKey: string;
  readonly worthAtStart: DecimalString;
}

export interface StageOptions {
  readonly programme: Programme;
  readonly dataDir: string;
  readonly inspectorPort: number | undefined;
  readonly servePort: number | 'usual' | undefined;
  readonly log: Logger;
  /** Receives a phrase for each thing that is being set up, to show to people. */
  readonly onStep: (text: string) => void;
}

/** Sets everything up and leaves the tape at its beginning; `stage.paper.player.start()` starts it. */
export async function setStage({
  programme,
  dataDir,
  inspectorPort,
  servePort,
  log,
  onStep,
}: StageOptions): Promise<Stage> {
  const { specs, unmanaged, pacing } = programme;
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
      pacing,
      accounts: [
        {
          ...key,
          usdt: cashUsdt,
          positions: [...specs.map(({ symbol }) => symbol), ...unmanaged].map(shortOf),
        },
      ],
    });
    const worthAtStart = paper.account(key.apiKey).worth();
    const leftAlone = specs.map(({ symbol }) => leaveAlone(paper, symbol));
    closers.push(() => paper.close());
    onStep('starting the daemon, a process of its own');
    const daemon = startDaemon({
      dataDir,
      exchange: paper,
      inspectorPort: inspector?.port,
      servePort,
    });
    if (inspector) onStep(`the inspector can be attached at ${inspector.url}`);
    closers.push(() => daemon.stop());
    onStep(`handing ${programme.positions} short positions over to the daemon`);
    const taskIds = await Promise.all(specs.map((spec) => addDemoTask(store, spec, daemon)));
    const { apiKey } = key;
    return {
      paper,
      apiKey,
      worthAtStart,
      leftAlone,
      story: new Story(store, taskIds),
      visits: visitsTo(store),
      daemon,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const shortOf = (symbol: string) => ({ symbol, side: 'Sell', qty: heldQty }) as const;

/** The same position on an account of its own, for comparison. */
function leaveAlone(paper: PaperExchange, symbol: string): LeftAlone {
  const apiKey = `alone-${symbol}`;
  const apiSecret = randomBytes(16).toString('hex');
  paper.addAccount({
    apiKey,
    apiSecret,
    usdt: cashUsdt,
    positions: [shortOf(symbol)],
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
