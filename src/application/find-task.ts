/** Finds the stored task that a use case is about, by its id or by as much of it as no other task begins with. */
import { AmbiguousTask, NotFound } from '../domain/request-errors.ts';
import type { TaskDetails } from '../ports/task-reading.ts';
import { assertRole, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** How many of the tasks that an id could mean are named. */
const namedMax = 5;

/**
 * The task with its recent history; `taskId` of it is the whole id.
 * @param taskId the id, or its beginning
 * @throws NotFound when the caller sees no such task; AmbiguousTask when several begin so
 */
export async function findTask(
  caller: Caller,
  { tasks }: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<TaskDetails> {
  const scope = scopeOf(caller);
  const exact = await tasks.showTask(taskId, scope);
  if (exact) return exact;
  const matches = taskId === '' ? [] : await tasks.tasksLike(taskId, namedMax + 1, scope);
  const [only, ...others] = matches;
  if (others.length > 0)
    throw new AmbiguousTask(taskId, matches.slice(0, namedMax), { isCutOff: matches.length > namedMax });
  const task = only ? await tasks.showTask(only.taskId, scope) : null;
  if (!task) throw new NotFound('task', taskId);
  return task;
}

/**
 * The same for what changes the task.
 * @throws NotAllowed when the caller sees the task, but is no trader of its account
 */
export async function findTaskToChange(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<TaskDetails> {
  const task = await findTask(caller, ports, taskId);
  assertRole(caller, task, 'trader');
  return task;
}
