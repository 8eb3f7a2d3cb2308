/** When each part of a task's rolls was, also of the one that is under way. */
import { rollsIn, timingOfEnded, type RollTiming } from '../domain/explain/roll-timing.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

const rollsMax = 100;

/** The newest 100, oldest first. @throws NotFound when the caller sees no such task */
export async function showRolls(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<readonly RollTiming[]> {
  const task = await findTask(caller, ports, taskId);
  const scope = scopeOf(caller);
  const ended = await ports.tasks.timedRolls(task.taskId, rollsMax, scope);
  const { underWay } = rollsIn(await ports.tasks.rollTurns(task.taskId, scope));
  return [...ended.map(timingOfEnded), ...(underWay ? [underWay] : [])].slice(-rollsMax);
}
