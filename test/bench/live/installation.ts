/**
 * A whole installation to be measured: a Postgres cluster of its own, the exchange in its own process, accounts with a
 * short call each, tasks that wait on it, and any number of daemons as real processes. Owns leaving nothing behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createActor } from 'xstate';
import { rollMachine } from '../../../machines/roll.machine.ts';
import { paperKey } from '../../../src/config.ts';
import { multiply } from '../../../src/domain/money.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { silentLog } from '../../../src/store/log.ts';
import { migrate } from '../../../src/store/migrate.ts';
import type { Store } from '../../../src/store/store.ts';
import { callSymbol } from '../../support/daemon-fixture.ts';
import { openTestStore, query, startTestCluster } from '../../support/database.ts';
import { Daemons } from './daemons.ts';
import { startExchangeProcess, type ExchangeProcess } from './exchange-process.ts';
import { optionNamed, readSpec } from '../../support/options.ts';

export interface InstallationOptions {
  readonly accounts: number;
  readonly tasksEach: number;
  /** Index price above which the i-th task rolls. */
  readonly levelOf: (at: number) => number;
  /** What a request to the exchange and its answer take on the way. Default 0: it is on this machine. */
  readonly awayMs?: number;
}

export interface Installation {
  readonly databaseUrl: string;
  readonly exchange: ExchangeProcess;
  readonly daemons: Daemons;
  /** Rows of one statement on a connection of its own. */
  readonly query: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>;
  /**
   * Looks again and again until something is found.
   * @param problem what is missing, said when it takes too long or a daemon has ended
   */
  readonly until: <Found>(look: () => Promise<Found | null>, problem: () => string) => Promise<Found>;
  readonly close: () => Promise<void>;
}

/** API keys of the accounts that have tasks. */
export const keyPrefix = 'bench-';
/** What each leg of a task trades. */
export const taskQty = '0.01';
/** From one roll of a task to its next level. */
export const strikeStep = 500;
const patienceMs = 180_000;
const pollMs = 50;
const rowsAtOnce = 1_000;
const accountsAtOnce = 20;

export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const cwd = await mkdtemp(join(tmpdir(), 'rollkeeper-bench-'));
    closers.push(() => rm(cwd, { recursive: true, force: true }));
    const cluster = await startTestCluster();
    closers.push(() => cluster.remove());
    await migrate(cluster.url, silentLog);
    const exchange = await startExchangeProcess(options.awayMs ?? 0);
    closers.push(() => exchange.close());
    const { accounts, tasksEach } = options;
    await exchange.ask('open', {
      accounts,
      prefix: keyPrefix,
      qty: (tasksEach * Number(taskQty)).toFixed(2),
    });
    const store = await openTestStore(cluster.url, { encryptionKey: paperKey(), daemonName: 'bench' });
    const accountIds = await addAccounts(store, accounts).finally(() => store.close());
    await addTasks(cluster.url, accountIds, options);
    const daemons = new Daemons({ databaseUrl: cluster.url, exchange, cwd });
    closers.push(() => daemons.close());
    return {
      databaseUrl: cluster.url,
      exchange,
      daemons,
      query: (text, values) => query(cluster.url, text, values),
      until: (look, problem) => until(look, problem, daemons),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function until<Found>(
  look: () => Promise<Found | null>,
  problem: () => string,
  daemons: Daemons,
): Promise<Found> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (daemons.hasEnded) throw new Error(`a daemon has ended: ${problem()}\n${daemons.story}`);
    if (performance.now() > endMs) throw new Error(`${problem()}\n${daemons.story}`);
    await sleep(pollMs);
  }
}

async function addAccounts({ directory }: Store, total: number): Promise<string[]> {
  await directory.addUser('bench');
  const ids: string[] = [];
  while (ids.length < total) {
    const some = Array.from({ length: Math.min(accountsAtOnce, total - ids.length) }, (_, at) => {
      const apiKey = `${keyPrefix}${ids.length + at}`;
      const account = { userName: 'bench', name: apiKey, environment: 'paper', apiKey } as const;
      return directory.addAccount({ ...account, apiSecret: 'bench-secret' });
    });
    ids.push(...(await Promise.all(some)).map(({ accountId }) => accountId));
  }
  return ids;
}

/** As `adoptPosition` stores them, but thousands at once. */
async function addTasks(
  databaseUrl: string,
  accountIds: readonly string[],
  { tasksEach, levelOf }: InstallationOptions,
): Promise<void> {
  const machine = provideEffects();
  const total = accountIds.length * tasksEach;
  for (let from = 0; from < total; from += rowsAtOnce) {
    const rows = Array.from({ length: Math.min(rowsAtOnce, total - from) }, (_, offset) => {
      const at = from + offset;
      const taskId = `bench${String(at).padStart(6, '0')}`;
      const spec = readSpec({
        symbol: callSymbol,
        qty: taskQty,
        trigger: levelOf(at),
        target: `+${strikeStep}`,
        execution: { style: 'cross', deadline: '60s', slippage: { max: '20%' } },
        guards: { cooldown: '1s' },
      });
      const held = {
        ...optionNamed(callSymbol),
        side: 'Sell' as const,
        qty: taskQty,
        premium: multiply('900', taskQty),
      };
      const snapshot = createActor(machine, { input: { taskId, spec, held } }).getPersistedSnapshot();
      return { account_id: accountIds[at % accountIds.length], id: taskId, spec, snapshot };
    });
    await query(
      databaseUrl,
      `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine)
       SELECT account_id, id, 1, 'nobody', 'IDLE.watching', 'waiting', spec, snapshot, $2
       FROM json_to_recordset($1::json) AS row (account_id bigint, id text, spec json, snapshot json)`,
      [JSON.stringify(rows), rollMachine.version],
    );
  }
  await query(databaseUrl, 'VACUUM ANALYZE tasks');
}
