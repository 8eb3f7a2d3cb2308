/** When each part of a task's rolls was, also of the one that is under way. */
import { rollTimings, type RollTiming } from '../domain/explain/roll-timing.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

/** A roll takes some 25 turns. */
const turnsMax = 2_000;

/** The newest rolls, oldest first. @throws NotFound when the caller sees no such task */
export async function showRolls(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<readonly RollTiming[]> {
  const task = await findTask(caller, ports, taskId);
  const turns = await ports.tasks.rollTurns(task.taskId, turnsMax, scopeOf(caller));
  const timings = rollTimings(turns);
  // Where the turns are cut off, the oldest roll has lost its beginning.
  return turns.length < turnsMax ? timings : timings.slice(1);
}
