/** Finds the stored task that a use case is about. */
import { NotFound } from '../domain/request-errors.ts';
import type { TaskDetails } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** The task with its recent history. @throws NotFound when the caller sees no such task */
export async function findTask(
  caller: Caller,
  { tasks }: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<TaskDetails> {
  const task = await tasks.showTask(taskId, scopeOf(caller));
  if (!task) throw new NotFound('task', taskId);
  return task;
}
