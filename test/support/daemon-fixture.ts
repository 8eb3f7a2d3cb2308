/**
 * A whole installation for one test: a database of its own, the paper exchange with prices that the test sets, accounts
 * with a short call and a short put each, and any number of daemons as real processes that can really be killed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { paperKey } from '../../src/config.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { newTaskId } from '../../src/application/task-id.ts';
import type { Store } from '../../src/store/store.ts';
import { openEmbeddedDatabase } from '../../src/store/embedded/embedded-postgres.ts';
import { silentLog } from '../../src/store/log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { startDaemonProcess, type Daemon } from './daemon-process.ts';
import {
  createTestDatabase,
  openTestStore,
  query,
  temporaryDirectory,
  type TestDatabase,
} from './database.ts';

const pollMs = 20;
const patienceMs = 180_000;

export const callSymbol = 'BTC-31MAR23-25000-C-USDT';
export const putSymbol = 'BTC-31MAR23-22000-P-USDT';
const apiKeyOf = (account: number): string => `fixture-key-${account}`;
export const startMs = Date.UTC(2023, 2, 1, 12);

const defaultSpec = {
  symbol: callSymbol,
  trigger: 24_500,
  target: '+1000',
  execution: { style: 'walk', every: '200ms', steps: 2, deadline: '5s' },
  guards: { cooldown: '1h' },
};

export interface NamedDaemon extends Daemon {
  readonly name: string;
}

interface HeldAtStart {
  readonly symbol: string;
  readonly side?: string;
}

export interface RowLock {
  isWaitedFor(): Promise<boolean>;
  release(): Promise<void>;
}

export class DaemonFixture {
  readonly paper: PaperExchange;
  readonly store: Store;
  readonly database: TestDatabase;
  readonly accountIds: readonly string[];
  readonly #daemons: Daemon[] = [];
  readonly #cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-fixture-'));

  private constructor(parts: Pick<DaemonFixture, 'paper' | 'database' | 'store' | 'accountIds'>) {
    this.paper = parts.paper;
    this.database = parts.database;
    this.store = parts.store;
    this.accountIds = parts.accountIds;
  }

  /**
   * @param embedded a data directory of its own instead of a database on the shared cluster
   * @param symbols what every account holds, `qty` of each
   * @param positions instead of `symbols`, some of them on a side of their own
   * @param sameUser every key belongs to one user of the exchange
   * @param onDatabase a migrated one that the caller drops, instead of one on the shared cluster
   */
  static async open(
    side: 'Buy' | 'Sell' = 'Sell',
    {
      embedded = false,
      symbols = [callSymbol, putSymbol],
      positions = null as readonly HeldAtStart[] | null,
      accountsTotal = 1,
      qty = '0.3',
      sameUser = false,
      onDatabase = null as TestDatabase | null,
    } = {},
  ): Promise<DaemonFixture> {
    const keys = Array.from({ length: accountsTotal }, (_, at) => ({
      apiKey: apiKeyOf(at),
      apiSecret: 'fixture-secret',
    }));
    const named: readonly HeldAtStart[] = positions ?? symbols.map((symbol) => ({ symbol }));
    const held = named.map((each) => ({
      symbol: each.symbol,
      side: each.side === undefined ? side : each.side === 'short' ? ('Sell' as const) : ('Buy' as const),
      qty,
    }));
    const paper = await startPaperExchange({
      source: { kind: 'manual', prices: { BTC: '23500' }, startMs },
      accounts: keys.map((key) => ({
        ...key,
        ...(sameUser ? { userId: 4_711 } : {}),
        usdt: '50000',
        usdc: '50000',
        positions: held,
      })),
    });
    const database = onDatabase ?? (embedded ? await openDataDirectory() : await createTestDatabase());
    if (embedded) await migrate(database.url, silentLog);
    const store = await openTestStore(database.url, { encryptionKey: paperKey(), daemonName: 'fixture' });
    await store.directory.addUser('fixture');
    const accountIds: string[] = [];
    for (const key of keys) {
      const account = { userName: 'fixture', name: key.apiKey, environment: 'paper', ...key } as const;
      accountIds.push((await store.directory.addAccount(account)).accountId);
    }
    return new DaemonFixture({ paper, database, store, accountIds });
  }

  /** Of the first account. */
  get accountId(): string {
    return this.accountIds[0] ?? '';
  }

  /** @throws Error when the fixture was not opened as `embedded` */
  get dataDir(): string {
    const { dataDir } = this.database as TestDatabase & { dataDir?: string };
    if (dataDir === undefined) throw new Error('this fixture has no data directory');
    return dataDir;
  }

  databaseArguments(): string[] {
    return 'dataDir' in this.database ? ['--data', this.dataDir] : ['--database-url', this.database.url];
  }

  startDaemon(environment: Record<string, string> = {}, ...more: readonly string[]): NamedDaemon {
    const name = `daemon-${this.#daemons.length}`;
    const started = startDaemonProcess({
      databaseArguments: [...this.databaseArguments(), ...more],
      exchange: this.paper,
      cwd: this.#cwd,
      // As everywhere but on paper, whose tapes are played fast.
      environment: { ROLLKEEPER_DAEMON_NAME: name, READ_AHEAD_OPTIONS: '150', ...environment },
    });
    const daemon = { ...started, name };
    this.#daemons.push(daemon);
    return daemon;
  }

  /** Adds a task for a position and waits until a daemon has adopted it. */
  async addTask(changes: object = {}, accountId = this.accountId): Promise<string> {
    const taskId = newTaskId();
    const spec = { ...defaultSpec, ...changes };
    const commandId = await this.store.commands.send({
      accountId,
      taskId,
      kind: 'add',
      askedBy: 'operator',
      payload: spec,
    });
    const answer = await this.store.commands.awaitAnswer(commandId, patienceMs);
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

  /** How many accounts with tasks each daemon has taken over, by the daemon's name. */
  async owners(): Promise<Record<string, number>> {
    const rows = await query<{ name: string; accounts: number }>(
      this.database.url,
      `SELECT split_part(account_fences.owner, '/', 1) AS name, count(DISTINCT account_id)::int AS accounts
       FROM account_fences JOIN tasks USING (account_id) GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ name, accounts }) => [name, accounts]));
  }

  /** Waits until these daemons, and no other, have so many accounts each. */
  untilShared(daemons: readonly NamedDaemon[], accountsEach: number): Promise<void> {
    const expected = daemons.map(({ name }) => [name, accountsEach]).sort();
    const shares = async () => JSON.stringify(Object.entries(await this.owners()).sort());
    return this.until(
      async () => (await shares()) === JSON.stringify(expected),
      async () => `accounts are shared ${await shares()}`,
    );
  }

  /** Locks the task's row, so that every commit of the task has to wait. */
  async lockTask(taskId: string): Promise<RowLock> {
    const client = new Client({ connectionString: this.database.url });
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT 1 FROM tasks WHERE id = $1 FOR UPDATE', [taskId]);
    const waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')";
    return {
      isWaitedFor: async () => (await client.query(waiting)).rows.length > 0,
      release: () => client.end(),
    };
  }

  /** Orders of an account that reached the exchange, as `side executed symbol linkId`. */
  orders(account = 0): string[] {
    return this.paper
      .account(apiKeyOf(account))
      .orders()
      .map(
        ({ side, symbol, linkId, executedQty }) =>
          `${side} ${executedQty} ${symbol} ${linkId.replace(/-v\d+(?=-a|$)/, '')}`,
      );
  }

  positions(account = 0): string[] {
    return this.paper
      .account(apiKeyOf(account))
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
