/**
 * A daemon at work for any time: a price that rises and falls for ever, and every second a new task which
 * the next rise rolls and ends. What it carries at any time is the same, so it should not grow. The
 * daemon is a process of its own with a probe inside (probe.js); exchange and database are real.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { callSymbol, DaemonFixture } from '../../support/daemon-fixture.ts';
import { query } from '../../support/database.ts';

/** What the daemon's process held at one moment, after a forced collection. */
export interface Sample {
  /** Since the process began. */
  readonly atMs: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** p99 of how late a timer was, since the last sample. */
  readonly lagMs: number;
  /** What keeps its event loop alive: sockets, timers, requests. */
  readonly resources: number;
  /** Of every emitter that is reachable. */
  readonly listeners: number;
}

export interface SoakWorld {
  /** Lets prices and rolls go on for so long. */
  play(forMs: number): Promise<void>;
  /** All of them, oldest first. */
  samples(): readonly Sample[];
  /** How many tasks have rolled and ended. @throws when one of them has failed */
  rollsDone(): Promise<number>;
  close(): Promise<void>;
}

const accounts = 4;
/** Of each account: enough for a task each second of more than half an hour, and few enough for the margin. */
const qty = '6';
const tickMs = 100;
const addEveryMs = 1_000;
const waveMs = 10_000;
const [middle, height] = [23_750, 400];
const levels = { lowest: 23_900, total: 20, apart: 10 };
const probeMark = 'probe ';

/** The i-th task; every other one is worked over several prices. */
const specOf = (at: number): object => ({
  symbol: callSymbol,
  qty: '0.01',
  trigger: levels.lowest + (at % levels.total) * levels.apart,
  guards: { rolls: { max: 1 } },
  execution: at % 2 === 0 ? { style: 'cross' } : { style: 'walk', every: '200ms', steps: 2, deadline: '10s' },
});

function priceAt(ms: number): string {
  return (middle + height * Math.sin((2 * Math.PI * ms) / waveMs)).toFixed(2);
}

/** @param sampleMs from one sample to the next */
export async function openSoakWorld(sampleMs: number): Promise<SoakWorld> {
  const bench = await DaemonFixture.open('Sell', { qty, accountsTotal: accounts, symbols: [callSymbol] });
  const probe = new URL('./probe.js', import.meta.url);
  probe.searchParams.set('everyMs', String(sampleMs));
  const daemon = bench.startDaemon({ LOG_LEVEL: 'warn', NODE_OPTIONS: `--import=${probe.href}` });
  const failures: unknown[] = [];
  let tasks = 0;
  const addTask = (): void => {
    const accountId = bench.accountIds[tasks % accounts];
    bench.addTask(specOf(tasks), accountId).catch((error: unknown) => failures.push(error));
    tasks += 1;
  };
  const startedMs = performance.now();
  let addedMs = startedMs;
  return {
    play: async (forMs) => {
      const endMs = performance.now() + forMs;
      while (performance.now() < endMs) {
        if (failures.length > 0) throw new AggregateError(failures, 'a task was not adopted');
        if (daemon.process.exitCode !== null) throw new Error(`the daemon has ended\n${bench.logs()}`);
        const nowMs = performance.now();
        bench.paper.setIndex('BTC', priceAt(nowMs - startedMs));
        if (nowMs - addedMs >= addEveryMs) {
          addedMs += addEveryMs;
          addTask();
        }
        await sleep(tickMs);
      }
    },
    samples: () =>
      daemon.logs
        .filter((line) => line.startsWith(probeMark))
        .map((line) => JSON.parse(line.slice(probeMark.length)) as Sample),
    rollsDone: async () => {
      const rows = await query<{ done: number; failed: number }>(
        bench.database.url,
        `SELECT count(*) FILTER (WHERE state = 'COMPLETED')::int AS done,
           count(*) FILTER (WHERE state LIKE 'FAILED%')::int AS failed FROM tasks`,
      );
      const { done, failed } = rows[0] ?? { done: 0, failed: 0 };
      if (failed > 0) throw new Error(`${failed} rolls have failed\n${bench.logs()}`);
      return done;
    },
    close: () => bench.close(),
  };
}
