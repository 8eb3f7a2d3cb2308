/**
 * A whole installation for one test: a database of its own, the paper exchange with prices set by hand, one account
 * with a short call and a short put, and any number of daemons as real processes that can really be killed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paperKey } from '../../src/config.ts';
import type { RollContext } from '../../src/domain/roll-context.ts';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { newTaskId } from '../../src/cli/task-id.ts';
import type { Store } from '../../src/store/store.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startDaemonProcess, type Daemon } from './daemon-process.ts';
import { createTestDatabase, openTestStore, temporaryDirectory, type TestDatabase } from './database.ts';

const pollMs = 20;
const patienceMs = 40_000;

export const callSymbol = 'BTC-31MAR23-25000-C-USDT';
export const putSymbol = 'BTC-31MAR23-22000-P-USDT';
export const apiKey = 'bench-key';
export const startMs = Date.UTC(2023, 2, 1, 12);

const defaultSpec = {
  symbol: callSymbol,
  trigger: 24_500,
  target: '+1000',
  execution: { style: 'walk', every: '200ms', steps: 2, deadline: '5s' },
  guards: { cooldown: '1h' },
};

export class DaemonBench {
  readonly paper: PaperExchange;
  readonly store: Store;
  readonly database: TestDatabase;
  readonly accountId: string;
  readonly #daemons: Daemon[] = [];
  readonly #cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-bench-'));

  private constructor(paper: PaperExchange, database: TestDatabase, store: Store, accountId: string) {
    this.paper = paper;
    this.database = database;
    this.store = store;
    this.accountId = accountId;
  }

  /**
   * @param embedded a data directory of its own instead of a database on the shared cluster
   * @param symbols what the account holds, 0.3 of each
   */
  static async open(
    side: 'Buy' | 'Sell' = 'Sell',
    { embedded = false, symbols = [callSymbol, putSymbol] } = {},
  ): Promise<DaemonBench> {
    const key = { apiKey, apiSecret: 'bench-secret' };
    const positions = symbols.map((symbol) => ({ symbol, side, qty: '0.3' }));
    const paper = await startPaperExchange({
      source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
      accounts: [{ ...key, usdt: '50000', usdc: '50000', positions }],
    });
    const database = embedded ? await openDataDirectory() : await createTestDatabase();
    if (embedded) await migrate(database.url, silentLog);
    const store = await openTestStore(database.url, { encryptionKey: paperKey(), daemonName: 'bench' });
    await store.directory.addUser('bench');
    const { accountId } = await store.directory.addAccount({
      userName: 'bench',
      name: 'main',
      environment: 'paper',
      ...key,
    });
    return new DaemonBench(paper, database, store, accountId);
  }

  /** Of an embedded bench. */
  get dataDir(): string {
    const { dataDir } = this.database as TestDatabase & { dataDir?: string };
    if (dataDir === undefined) throw new Error('this bench has no data directory');
    return dataDir;
  }

  #databaseArguments(): string[] {
    return 'dataDir' in this.database ? ['--data', this.dataDir] : ['--database-url', this.database.url];
  }

  startDaemon(environment: Record<string, string> = {}): Daemon {
    const daemon = startDaemonProcess({
      databaseArguments: this.#databaseArguments(),
      exchange: this.paper,
      cwd: this.#cwd,
      environment,
    });
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Hands a position over and waits until a daemon has adopted it. */
  async addTask(changes: object = {}): Promise<string> {
    const taskId = newTaskId();
    const spec = { ...defaultSpec, ...changes };
    const commandId = await this.store.tasks.ask({
      accountId: this.accountId,
      taskId,
      kind: 'add',
      payload: spec,
    });
    const answer = await this.store.tasks.awaitAnswer(commandId, patienceMs);
    if (answer?.status !== 'done')
      throw new Error(`task not adopted: ${answer?.text ?? 'no answer'}\n${this.logs()}`);
    return taskId;
  }

  async task(taskId: string): Promise<{ state: string; version: number; context: RollContext }> {
    const details = await this.store.tasks.showTask(taskId);
    if (!details?.snapshotJson) throw new Error(`no task ${taskId}`);
    const { context } = JSON.parse(details.snapshotJson) as { context: RollContext };
    return { state: details.state, version: details.version, context };
  }

  async untilTask(
    taskId: string,
    is: (task: { state: string; context: RollContext }) => boolean,
  ): Promise<void> {
    await this.until(
      async () => is(await this.task(taskId)),
      async () => `task is ${JSON.stringify(await this.task(taskId))}`,
    );
  }

  async until(
    holds: () => boolean | Promise<boolean>,
    explain: () => string | Promise<string> = () => '',
  ): Promise<void> {
    for (const deadline = performance.now() + patienceMs; !(await holds());) {
      if (performance.now() > deadline) throw new Error(`waited in vain; ${await explain()}\n${this.logs()}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** Orders that reached the exchange, as `side qty symbol linkId executed`. */
  orders(): string[] {
    return this.paper
      .account(apiKey)
      .orders()
      .map(
        ({ side, symbol, linkId, executedQty }) =>
          `${side} ${executedQty} ${symbol} ${linkId.replace(/-v\d+(?=-a|$)/, '')}`,
      );
  }

  positions(): string[] {
    return this.paper
      .account(apiKey)
      .positions()
      .map(({ side, qty, symbol }) => `${side} ${qty} ${symbol}`)
      .sort();
  }

  logs(): string {
    return this.#daemons
      .map(({ logs }, at) =>
        logs
          .slice(-40)
          .map((line) => `daemon ${at}: ${line}`)
          .join('\n'),
      )
      .join('\n');
  }

  async close(): Promise<void> {
    for (const daemon of this.#daemons) await daemon.kill();
    await this.store.close();
    await this.paper.close();
    await this.database.drop();
    rmSync(this.#cwd, { recursive: true, force: true });
  }
}

async function openDataDirectory(): Promise<TestDatabase & { dataDir: string }> {
  const home = await temporaryDirectory();
  const dataDir = join(home, 'data');
  const visit = await openEmbeddedDatabase(dataDir, { role: 'visitor', log: silentLog });
  const drop = async (): Promise<void> => {
    await visit.close();
    rmSync(home, { recursive: true, force: true });
  };
  return { url: visit.url, dataDir, drop };
}
