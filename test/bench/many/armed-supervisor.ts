/**
 * A whole supervisor with many tasks that wait, as after a start: accounts, shards, registry, router and book are the
 * real ones. Its ports answer at once and from memory; each row is new text, as a database driver hands it over.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import type { TradingAccount } from '../../../src/ports/exchange.ts';
import type { StoredTask, TaskOwnership } from '../../../src/ports/journal.ts';
import type { MarketData } from '../../../src/ports/market-data.ts';
import { Supervisor } from '../../../src/runtime/supervisor.ts';
import { storedTask } from './waiting-tasks.ts';
import { wallClock } from './wall-clock.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

/** As a row comes from a socket: text that shares nothing with other rows. */
const asRow = (text: string): string => Buffer.from(text).toString('latin1');

const batch = 2_000;
const tasksEach = 100;
const shardsTotal = 64;

function* tasksOf(account: number, accounts: number, total: number): Generator<StoredTask[], void> {
  let tasks: StoredTask[] = [];
  for (let at = account; at < total; at += accounts) {
    const { accountId, taskId, version, state, phase, snapshotJson, machine } = storedTask(
      at,
      String(account + 1),
    );
    tasks.push({
      version,
      accountId: asRow(accountId),
      taskId: asRow(taskId),
      state: asRow(state),
      phase,
      snapshotJson: asRow(snapshotJson),
      machine,
    });
    if (tasks.length < batch) continue;
    yield tasks;
    tasks = [];
  }
  yield tasks;
}

function ownershipOf(total: number): TaskOwnership {
  const accounts = Math.max(1, Math.floor(total / tasksEach));
  const shards = Array.from({ length: shardsTotal }, (_, shard) => ({
    shard,
    accountIds: Array.from({ length: accounts }, (_account, at) => String(at + 1)).filter(
      (accountId) => Number(accountId) % shardsTotal === shard,
    ),
  }));
  const nothing = () => Promise.resolve();
  return {
    claimAccounts: () => Promise.resolve({ shards, surplus: 0 }),
    // eslint-disable-next-line @typescript-eslint/require-await -- the port wants it asynchronous
    adopt: async function* (accountId) {
      yield* tasksOf(Number(accountId) - 1, accounts, total);
    },
    giveBack: nothing,
    resign: nothing,
    noteAccount: nothing,
    reload: () => Promise.resolve(null),
    create: nothing,
    onLost: () => undefined,
    release: nothing,
  };
}

const notAsked = () => Promise.reject(new Error('a waiting task asks for nothing'));

/** Resolves when every one of them is armed. */
export async function armedSupervisor(total: number): Promise<Supervisor> {
  const account: Partial<TradingAccount> = { open: () => Promise.resolve(), close: () => Promise.resolve() };
  const market: Partial<MarketData> = { rules: bybitRules, watchUnderlying: () => undefined };
  const supervisor = new Supervisor({
    ownership: ownershipOf(total),
    journal: { commit: notAsked, close: () => Promise.resolve() },
    inbox: {
      waiting: () => Promise.resolve([]),
      answer: () => Promise.resolve(),
      listen: () => Promise.resolve(),
    },
    market: market as MarketData,
    clock: wallClock,
    log: pino({ level: 'silent' }),
    connect: () => Promise.resolve(account as TradingAccount),
  });
  await supervisor.claim();
  while (supervisor.taskCount < total) await sleep(5);
  return supervisor;
}
