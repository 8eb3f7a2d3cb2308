/**
 * Measures for some seconds what this machine does: commits of live tasks on a scratch database, and what a waiting task
 * costs in memory and at a start. It owns the measuring; what follows from it is estimate.ts's.
 */
import { createActor } from 'xstate';
import { getHeapStatistics } from 'node:v8';
import { totalmem } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '../domain/errors.ts';
import { parseTaskSpec } from '../domain/task-spec.ts';
import type { NewTask } from '../ports/journal.ts';
import { provideEffects } from '../runtime/effects.ts';
import { PriceRouter } from '../runtime/price-router.ts';
import { TaskActor, type TaskSurroundings } from '../runtime/task-actor.ts';
import { TaskRegistry } from '../runtime/task-registry.ts';
import { openStore, type Store } from '../store/store.ts';
import type { StoreLog } from '../store/log.ts';
import type { Calibration } from './estimate.ts';

const busyTasks = 500;
const restingTasks = 20_000;
const secondsEach = 2;

const machine = provideEffects();

export async function calibrate(scratchUrl: string, log: StoreLog): Promise<Calibration> {
  const resting = measureRest();
  const store = await openStore({
    databaseUrl: scratchUrl,
    encryptionKey: Buffer.alloc(32),
    daemonName: 'calibration',
    environment: 'paper',
    log,
  });
  try {
    const stored = await fill(store);
    const turnsPerSecondOfOneTask = await turnsPerSecond(store, stored.slice(0, 1));
    return {
      durableTurnsPerSecond: await turnsPerSecond(store, stored.slice(1)),
      turnsPerSecondOfOneTask,
      ...resting,
      freeHeapBytes: freeHeapBytes(),
    };
  } finally {
    await store.close();
  }
}

/** What the heap may still take; a limit beyond the memory there is means nothing. */
const freeHeapBytes = (): number => {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return Math.min(limit, totalmem() * 0.8) - used;
};

async function fill(store: Store): Promise<readonly NewTask[]> {
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
  return tasks;
}

function newTask(accountId: string, taskId: string): NewTask {
  const spec = parseTaskSpec({ symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: '+1000' });
  const input = { taskId, spec, held: { symbol: spec.symbol, side: 'Sell' as const, qty: '0.3' } };
  return {
    accountId,
    taskId,
    atMs: 0,
    specJson: JSON.stringify(spec),
    eventJson: JSON.stringify({ type: 'CREATED', input, atMs: 0 }),
    state: 'IDLE.watching',
    snapshotJson: JSON.stringify(createActor(machine, { input }).getPersistedSnapshot()),
    answer: { commandId: `add-${taskId}`, status: 'done', text: 'added' },
  };
}

/** Nothing here ever reaches an exchange: a paused task asks for nothing. */
const unused = new Proxy({}, { get: () => () => Promise.reject(new Error('no exchange here')) });

function surroundings(journal: TaskSurroundings['journal']): TaskSurroundings {
  return {
    machine,
    account: unused as TaskSurroundings['account'],
    market: unused as TaskSurroundings['market'],
    clock: { nowMs: () => 0, alarm: () => () => undefined },
    journal,
    onTurn: () => undefined,
    onQuiet: () => undefined,
    onLost: (task, error) => {
      throw new Terminal(`task ${task.taskId} was lost while it was measured`, { cause: error });
    },
  };
}

/** Every task pauses and resumes as fast as its commits come back. */
async function turnsPerSecond(store: Store, stored: readonly NewTask[]): Promise<number> {
  let turns = 0;
  let isOver = false;
  const shared = surroundings(store.journal);
  const run = async (stored: NewTask): Promise<void> => {
    const task = new TaskActor({ ...stored, version: 1 }, shared);
    for (let at = 0; !isOver; at += 1) {
      task.send({ type: at % 2 === 0 ? 'PAUSE' : 'RESUME', commandId: 'none' });
      await task.settled();
      turns += 1;
    }
    task.stop();
  };
  const running = stored.map(run);
  await sleep(500);
  const [before, startedMs] = [turns, performance.now()];
  await sleep(secondsEach * 1_000);
  const perSecond = ((turns - before) * 1_000) / (performance.now() - startedMs);
  isOver = true;
  await Promise.all(running);
  return perSecond;
}

/** Arms many waiting tasks as a start does, and sees what that took. */
function measureRest(): Pick<Calibration, 'bytesPerRestingTask' | 'tasksArmedPerSecond'> {
  const stored = Array.from({ length: restingTasks }, (_, at) => newTask('1', `resting${at}`));
  const shared = surroundings({ commit: () => Promise.resolve(), close: () => Promise.resolve() });
  const registry = new TaskRegistry();
  const router = new PriceRouter(registry);
  const [before, startedMs] = [process.memoryUsage().heapUsed, performance.now()];
  for (const each of stored) {
    const task = new TaskActor({ ...each, version: 1 }, shared);
    registry.add(task);
    task.start();
    router.watch(task, true);
    task.rest();
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  const textBytes = stored.reduce((total, { snapshotJson }) => total + snapshotJson.length, 0);
  const grownBytes = Math.max(0, process.memoryUsage().heapUsed - before);
  return {
    bytesPerRestingTask: (grownBytes + textBytes) / registry.size,
    tasksArmedPerSecond: registry.size / seconds,
  };
}
