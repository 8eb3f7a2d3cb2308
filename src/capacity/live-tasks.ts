/**
 * Live tasks that only commit turns: each pauses and resumes as fast as its commits return. So the cost of commits of many
 * tasks together can be measured without an exchange.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from '../domain/errors.ts';
import type { HeldOption } from '../domain/market/held-option.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal, NewTask, StoredTask } from '../ports/journal.ts';
import { Admission } from '../runtime/task/admission.ts';
import { provideEffects } from '../runtime/task/effects.ts';
import { firstSnapshot } from '../runtime/task/first-snapshot.ts';
import { RollMachines } from '../runtime/task/roll-machines.ts';
import { TaskActor, type TaskSurroundings } from '../runtime/task/task-actor.ts';

const machine = provideEffects();
const warmUpMs = 500;

/** A task as a daemon stores it when it begins to manage a position. */
export function newTask(accountId: string, taskId: string): NewTask {
  const written = { symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: '+1000' };
  const spec = parseTaskSpec(written, bybitRules);
  const held: HeldOption = {
    symbol: spec.symbol,
    baseCoin: 'BTC',
    settleCoin: 'USDT',
    optionType: 'call',
    strike: '24000',
    expiryMs: 4e12,
    side: 'Sell',
    qty: '0.3',
    premium: '300',
  };
  const input = { taskId, spec, held };
  return {
    accountId,
    taskId,
    atMs: 0,
    specJson: JSON.stringify(spec),
    eventJson: JSON.stringify({ type: 'CREATED', input, atMs: 0 }),
    ...firstSnapshot(machine, input),
    answer: { commandId: `add-${taskId}`, status: 'done', text: 'added' },
  };
}

/** Stands for the exchange, which a task that only pauses and resumes never calls. */
const unused = new Proxy({}, { get: () => () => Promise.reject(new Error('no exchange here')) });

export function surroundings(journal: Journal): TaskSurroundings {
  const clock: Clock = { nowMs: () => 0, alarm: () => () => undefined };
  return {
    machines: new RollMachines([machine]),
    account: unused as TaskSurroundings['account'],
    market: unused as TaskSurroundings['market'],
    clock,
    journal,
    admission: new Admission(clock, bybitRules.orderPace),
    host: {
      turnTaken: () => undefined,
      fellQuiet: () => undefined,
      lost: (task, error) => {
        throw new Terminal(`task ${task.taskId} was lost while it was measured`, { cause: error });
      },
    },
  };
}

/** Turns a second of all tasks together. Each task waits for the commit of a turn before its next one. */
export async function turnsPerSecond(
  journal: Journal,
  tasks: readonly StoredTask[],
  seconds: number,
): Promise<number> {
  let turns = 0;
  let isOver = false;
  const shared = surroundings(journal);
  const running = tasks.map(async (stored) => {
    const task = new TaskActor(stored, shared);
    while (!isOver) {
      task.send({ type: task.hasTag('idle') ? 'PAUSE' : 'RESUME', commandId: 'none' });
      await task.settled();
      turns += 1;
    }
    task.stop();
  });
  await sleep(warmUpMs);
  const [before, startedMs] = [turns, performance.now()];
  await sleep(seconds * 1_000);
  const perSecond = ((turns - before) * 1_000) / (performance.now() - startedMs);
  isOver = true;
  await Promise.all(running);
  return perSecond;
}
