/** Shows the rows of a task's journal, with the snapshots. */
import type { JournalRow } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface ShownJournal {
  /** The whole id. */
  readonly taskId: string;
  readonly rows: readonly JournalRow[];
}

/** The first 10,000 rows, in order of versions. @throws NotFound when the caller sees no such task */
export async function showJournal(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<ShownJournal> {
  const task = await findTask(caller, ports, taskId);
  return { taskId: task.taskId, rows: await ports.tasks.journalRows(task.taskId, {}, scopeOf(caller)) };
}
