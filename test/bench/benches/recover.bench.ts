/**
 * How long a start takes: the real supervisor adopts tasks from a real Postgres and brings them back, until every saga
 * that was under way asks the exchange again, and until every other task is armed. The exchange answers nothing, so that
 * only the start is measured. Beside it what XState alone needs for the same snapshots.
 */
import { pino } from 'pino';
import type { TradingAccount } from '../../../src/ports/exchange.ts';
import type { MarketData } from '../../../src/ports/market-data.ts';
import { Supervisor } from '../../../src/runtime/supervisor.ts';
import { silentLog } from '../../../src/store/log.ts';
import { openStore } from '../../../src/store/store.ts';
import { query, startTestCluster } from '../../support/database.ts';
import { TaskFixture } from '../../support/task-fixture.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';
import { fillDatabase, type Stock } from '../many/stock.ts';
import { bareActor, storedTask } from '../many/waiting-tasks.ts';
import { wallClock } from '../many/wall-clock.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

interface Start {
  readonly movingMs: number;
  readonly armedMs: number;
}

/** A task between its legs, as the journal has it. */
async function betweenLegs(): Promise<string> {
  const fixture = new TaskFixture();
  await fixture.price('23500');
  await fixture.clock.advance(10_000);
  const record = fixture.journal.records.find(({ state }) => state === 'LEG1_CLOSED.checkpoint');
  if (!record) throw new Error('a roll without a checkpoint');
  return record.snapshotJson;
}

const never = new Promise<never>(() => undefined);

/** One start of a daemon, from its connections to the last task. */
async function start(databaseUrl: string, { tasks, underWay }: Stock): Promise<Start> {
  const startedMs = performance.now();
  const store = await openStore({
    databaseUrl,
    encryptionKey: Buffer.alloc(32),
    daemonName: 'recovering',
    environment: 'paper',
    log: silentLog,
  });
  let moving = 0;
  let movingMs = Number.NaN;
  const account = {
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    positions: () => never,
    margin: () => never,
  } as unknown as TradingAccount;
  const market = {
    rules: bybitRules,
    watchUnderlying: () => undefined,
    listed: () => {
      moving += 1;
      if (moving === underWay) movingMs = performance.now() - startedMs;
      return never;
    },
  } as unknown as MarketData;
  const log = pino({ level: 'silent' });
  const connect = () => Promise.resolve(account);
  const supervisor = new Supervisor({ ...store, market, clock: wallClock, log, connect });
  // As a daemon does: an account that the database did not answer for in time is tried again.
  for (let lookAgainMs = 0; supervisor.taskCount < tasks;) {
    if (performance.now() >= lookAgainMs) {
      await supervisor.claim();
      lookAgainMs = performance.now() + 1_000;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const armedMs = performance.now() - startedMs;
  await supervisor.stop();
  await store.close();
  return { movingMs, armedMs };
}

function bareMs(total: number): number {
  const stored = Array.from({ length: 1_000 }, (_, at) => storedTask(at));
  const startedMs = performance.now();
  const kept: object[] = [];
  for (let at = 0; at < total; at += 1) {
    const task = stored[at % stored.length];
    if (task) kept.push(bareActor(task));
  }
  return performance.now() - startedMs;
}

const bench: Bench = {
  measures: 'start until every saga moves, and until every waiting task is armed',
  async *run({ rounds, quick, say }) {
    const cluster = await startTestCluster();
    try {
      const sizes = quick ? [2_000] : [100_000, 1_000_000];
      for (const tasks of sizes) {
        const stock: Stock = { tasks, accounts: quick ? 50 : 1_000, underWay: quick ? 20 : 100 };
        const url = await fillDatabase(cluster.url, stock, await betweenLegs());
        say(`${tasks.toLocaleString('en-US')} tasks are stored`);
        const starts: Start[] = [];
        const bares: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          // As between any two starts: what the last one left behind is swept away, here and in the database.
          await query(url, 'VACUUM tasks');
          globalThis.gc?.();
          bares.push(bareMs(Math.min(tasks, 100_000)) / Math.min(tasks, 100_000));
          globalThis.gc?.();
          starts.push(await start(url, stock));
          const last = starts.at(-1);
          say(
            `moving after ${last?.movingMs.toFixed(0) ?? ''} ms, armed after ${last?.armedMs.toFixed(0) ?? ''} ms`,
          );
        }
        const name = `${tasks.toLocaleString('en-US')} tasks of ${stock.accounts} accounts`;
        yield {
          case: `${name}: start until all are armed, per task`,
          against: 'createActor(machine, { snapshot }).start()',
          reach: atMost(1.5),
          rounds: starts.map(({ armedMs }, round) => armedMs / tasks / (bares[round] ?? 0)),
          figures: `${((Math.min(...starts.map(({ armedMs }) => armedMs)) * 1_000) / tasks).toFixed(1)} µs against ${(Math.min(...bares) * 1_000).toFixed(1)} µs`,
        };
        yield {
          case: `${name}: start until all ${stock.underWay} sagas move`,
          against: '1 s',
          reach: atMost(1),
          rounds: starts.map(({ movingMs }) => movingMs / 1_000),
          figures: `${Math.max(...starts.map(({ movingMs }) => movingMs)).toFixed(0)} ms at most`,
        };
      }
    } finally {
      await cluster.remove();
    }
  },
};

export default bench;
