/**
 * Measures for some seconds how fast this machine is: commits of live tasks on a scratch database, and what a waiting task
 * costs in memory and at a start. What follows from the figures is computed by `estimate.ts`.
 */
import { getHeapStatistics } from 'node:v8';
import { totalmem } from 'node:os';
import { PriceRouter } from '../runtime/triggers/price-router.ts';
import type { StoredTask } from '../ports/journal.ts';
import { TaskActor } from '../runtime/task/task-actor.ts';
import { TaskRegistry } from '../runtime/task/task-registry.ts';
import { openStore, type Store } from '../store/store.ts';
import type { StoreLog } from '../store/log.ts';
import type { Calibration } from './estimate.ts';
import { newTask, surroundings, turnsPerSecond } from './live-tasks.ts';

const busyTasks = 500;
const waitingTasks = 20_000;
const secondsEach = 2;

export async function calibrate(scratchUrl: string, log: StoreLog): Promise<Calibration> {
  const waiting = measureWaiting();
  const store = await openStore({
    databaseUrl: scratchUrl,
    encryptionKey: Buffer.alloc(32),
    daemonName: 'calibration',
    environment: 'paper',
    log,
  });
  try {
    const stored = await fill(store);
    const turnsPerSecondOfOneTask = await turnsPerSecond(store.journal, stored.slice(0, 1), secondsEach);
    return {
      durableTurnsPerSecond: await turnsPerSecond(store.journal, stored.slice(1), secondsEach),
      turnsPerSecondOfOneTask,
      ...waiting,
      freeHeapBytes: freeHeapBytes(),
    };
  } finally {
    await store.close();
  }
}

/** How much the heap may still grow: up to its limit, or to most of the machine's memory when the limit is beyond that. */
const freeHeapBytes = (): number => {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return Math.min(limit, totalmem() * 0.8) - used;
};

async function fill(store: Store): Promise<readonly StoredTask[]> {
  await store.directory.addUser('calibration');
  const { accountId } = await store.directory.addAccount({
    userName: 'calibration',
    name: 'main',
    environment: 'paper',
    apiKey: 'calibration',
    apiSecret: 'calibration',
  });
  await store.ownership.claimAccounts();
  const tasks = Array.from({ length: busyTasks }, (_, at) => newTask(accountId, `calibration${at}`));
  await Promise.all(tasks.map((task) => store.ownership.create(task)));
  return tasks.map((task) => ({ ...task, version: 1 }));
}

/** Arms many waiting tasks as a start does, and measures time and memory. */
function measureWaiting(): Pick<Calibration, 'bytesPerRestingTask' | 'tasksArmedPerSecond'> {
  const stored = Array.from({ length: waitingTasks }, (_, at) => newTask('1', `waiting${at}`));
  const shared = surroundings({ commit: () => Promise.resolve(), close: () => Promise.resolve() });
  const registry = new TaskRegistry();
  const { clock, market } = shared;
  const router = new PriceRouter({ registry, clock, market });
  const [before, startedMs] = [process.memoryUsage().heapUsed, performance.now()];
  for (const each of stored) {
    const task = new TaskActor({ ...each, version: 1 }, shared);
    registry.add(task);
    task.start();
    router.watch(task);
    task.passivate();
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const textBytes = stored.reduce((total, { snapshotJson }) => total + snapshotJson.length, 0);
  const grownBytes = Math.max(0, process.memoryUsage().heapUsed - before);
  return {
    bytesPerRestingTask: (grownBytes + textBytes) / registry.size,
    tasksArmedPerSecond: registry.size / seconds,
  };
}
