/** Lists the journals with their lengths. */
import { assertOperator, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface JournalLength {
  readonly taskId: string;
  readonly rows: number;
}

/**
 * @param taskId `null` for every journal, oldest first
 * @throws NotFound when the caller sees no such task; NotAllowed to users who ask for all
 */
export async function listJournals(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'archive'>,
  taskId: string | null,
): Promise<readonly JournalLength[]> {
  if (taskId !== null) {
    const found = await findTask(caller, ports, taskId);
    return [{ taskId: found.taskId, rows: found.version }];
  }
  assertOperator(caller, "list every user's journals");
  return ports.archive.taskIds();
}
