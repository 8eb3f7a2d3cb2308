/** Finds rows of journals that were edited, removed or moved since they were written. */
import type { JournalFault } from '../ports/journal-keeping.ts';
import { assertOperator, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

/**
 * The first fault of each journal; empty when there is none.
 * @param taskId `null` for every journal
 * @throws NotFound when the caller sees no such task; NotAllowed to users who ask for all
 */
export async function verifyJournals(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'archive'>,
  taskId: string | null,
): Promise<readonly JournalFault[]> {
  if (taskId !== null) return ports.archive.verify((await findTask(caller, ports, taskId)).taskId);
  assertOperator(caller, "verify every user's journals");
  return ports.archive.verify(null);
}
