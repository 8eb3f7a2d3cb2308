/**
 * Many tasks that wait for their triggers, as a start leaves them: real task actors at rest and a real trigger book, with
 * an exchange and a journal that are never asked. Half wait for a rise, half for a fall; nobody between 20,000 and 30,000.
 */
import { createActor } from 'xstate';
import { parseTaskSpec, type TaskSpec } from '../../../src/domain/task-spec.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { provideEffects } from '../../../src/runtime/effects.ts';
import { PriceRouter } from '../../../src/runtime/price-router.ts';
import { TaskActor, type TaskSurroundings } from '../../../src/runtime/task-actor.ts';
import { TaskRegistry } from '../../../src/runtime/task-registry.ts';

export const machine = provideEffects();

/** Triggers on whole cents, so that many tasks have levels of their own. */
export function specOf(at: number): TaskSpec {
  const isCall = at % 2 === 0;
  const distance = (at % 400_000) / 100;
  return parseTaskSpec({
    symbol: isCall ? 'BTC-31MAR23-30000-C-USDT' : 'BTC-31MAR23-20000-P-USDT',
    trigger: { index: isCall ? { above: 30_001 + distance } : { below: 19_999 - distance } },
    target: isCall ? '+1000' : '-1000',
  });
}

export function storedTask(at: number, accountId = '1'): StoredTask {
  const spec = specOf(at);
  const taskId = `waiting${at}`;
  const input = { taskId, spec, held: { symbol: spec.symbol, side: 'Sell' as const, qty: '0.3' } };
  return {
    accountId,
    taskId,
    version: 1,
    state: 'IDLE.watching',
    snapshotJson: JSON.stringify(createActor(machine, { input }).getPersistedSnapshot()),
  };
}

/** What XState alone makes of a stored task. */
export function bareActor({ snapshotJson }: StoredTask): object {
  const snapshot: unknown = JSON.parse(snapshotJson);
  return createActor(machine, { snapshot } as never).start();
}

const notAsked = () => Promise.reject(new Error('a waiting task asks for nothing'));
const nobody = new Proxy({}, { get: () => notAsked });

export const surroundings: TaskSurroundings = {
  machine,
  account: nobody as TaskSurroundings['account'],
  market: nobody as TaskSurroundings['market'],
  clock: { nowMs: () => 0, alarm: () => () => undefined },
  journal: { commit: notAsked, close: () => Promise.resolve() },
  onTurn: () => undefined,
  onQuiet: () => undefined,
  onLost: (_task, error) => {
    throw error as Error;
  },
};

export interface Waiting {
  readonly registry: TaskRegistry;
  readonly router: PriceRouter;
}

/** As the supervisor brings them back (runtime/supervisor.ts). */
export function waitingTasks(total: number): Waiting {
  const registry = new TaskRegistry();
  const router = new PriceRouter(registry);
  for (let at = 0; at < total; at += 1) {
    const task = new TaskActor(storedTask(at), surroundings);
    registry.add(task);
    task.start();
    router.watch(task, true);
    task.rest();
  }
  return { registry, router };
}
