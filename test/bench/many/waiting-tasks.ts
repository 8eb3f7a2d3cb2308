/**
 * Many tasks that wait for their triggers, as a start leaves them: passivated task actors and a real trigger book, with
 * a journal that takes everything and an exchange that never answers. Half wait for a rise, half for a fall; none
 * between 20,000 and 30,000.
 */
import { createActor } from 'xstate';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import type { TaskSpec } from '../../../src/domain/spec/task-spec.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import { Admission } from '../../../src/runtime/task/admission.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { RollMachines } from '../../../src/runtime/task/roll-machines.ts';
import { PriceRouter } from '../../../src/runtime/triggers/price-router.ts';
import { TaskActor, type TaskSurroundings } from '../../../src/runtime/task/task-actor.ts';
import { TaskRegistry } from '../../../src/runtime/task/task-registry.ts';
import { optionNamed, readSpec } from '../../support/options.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

export const machine = provideEffects();

const isCall = (at: number): boolean => at % 2 === 0;

/** On whole cents, so that many tasks have levels of their own. */
function levelOf(at: number): string {
  const cents = at % 400_000;
  return ((isCall(at) ? 3_000_100 + cents : 1_999_900 - cents) / 100).toFixed(2);
}

export const specOf = (at: number): TaskSpec =>
  readSpec({
    symbol: isCall(at) ? 'BTC-31MAR23-30000-C-USDT' : 'BTC-31MAR23-20000-P-USDT',
    trigger: { index: { [isCall(at) ? 'above' : 'below']: levelOf(at) } },
    target: isCall(at) ? '+1000' : '-1000',
  });

export const heldOf = (at: number): HeldOption => ({
  ...optionNamed(specOf(at).symbol),
  side: 'Sell',
  qty: '0.3',
  premium: '300',
});

/** Of a call and of a put, with words where each task differs: a million of them are written in seconds. */
const templates = [0, 1].map((at) => {
  const spec = specOf(at);
  const input = { taskId: 'TASK', spec, held: heldOf(at) };
  const text = JSON.stringify(createActor(machine, { input }).getPersistedSnapshot());
  return text.replaceAll(`"level":"${levelOf(at)}"`, '"level":"LEVEL"');
});

export function storedTask(at: number, accountId = '1'): StoredTask {
  const taskId = `waiting${at}`;
  const template = templates[at % 2] ?? '';
  const snapshotJson = template.replaceAll('TASK', taskId).replaceAll('LEVEL', levelOf(at));
  return {
    accountId,
    taskId,
    version: 1,
    state: 'IDLE.watching',
    phase: 'waiting',
    snapshotJson,
    machine: '1',
  };
}

/** What XState alone makes of a stored task. */
export function bareActor({ snapshotJson }: StoredTask): object {
  const snapshot: unknown = JSON.parse(snapshotJson);
  return createActor(machine, { snapshot } as never).start();
}

/** Never answers: a task that was woken goes as far as its first question. */
const silent = new Proxy({}, { get: () => () => new Promise(() => undefined) });

const clock: Clock = { nowMs: () => 0, alarm: () => () => undefined };
const surroundings: TaskSurroundings = {
  machines: new RollMachines([machine]),
  account: silent as TaskSurroundings['account'],
  market: silent as TaskSurroundings['market'],
  clock,
  admission: new Admission(clock, bybitRules.orderPace),
  journal: { commit: () => Promise.resolve(), close: () => Promise.resolve() },
  host: {
    turnTaken: () => undefined,
    fellQuiet: () => undefined,
    lost: (_task, error) => {
      throw error as Error;
    },
  },
};

export interface Waiting {
  readonly registry: TaskRegistry;
  readonly router: PriceRouter;
}

/** As a daemon brings them back (runtime/task/task-host.ts). */
export function waitingTasks(total: number): Waiting {
  const registry = new TaskRegistry();
  const router = new PriceRouter({ registry, clock, market: surroundings.market });
  const around: TaskSurroundings = {
    ...surroundings,
    host: {
      ...surroundings.host,
      turnTaken: (task, { record }) => (record ? router.watch(task) : router.rearm(task)),
    },
  };
  for (let at = 0; at < total; at += 1) {
    const task = new TaskActor(storedTask(at), around);
    registry.add(task);
    task.start();
    router.watch(task);
    task.passivate();
  }
  return { registry, router };
}
