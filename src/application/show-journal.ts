/** Shows the rows of a task's journal, with the snapshots, and what of it is archived. */
import type { SealedPart } from '../ports/seal.ts';
import type { JournalRow } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface ShownJournal {
  /** The whole id. */
  readonly taskId: string;
  /** Those in the database. */
  readonly rows: readonly JournalRow[];
  /** In files, in order; rows of them that are not removed yet are shown, too. */
  readonly sealed: readonly SealedPart[];
}

/** The first 10,000 rows, in order of versions. @throws NotFound when the caller sees no such task */
export async function showJournal(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  taskId: string,
): Promise<ShownJournal> {
  const task = await findTask(caller, ports, taskId);
  const scope = scopeOf(caller);
  return {
    taskId: task.taskId,
    rows: await ports.tasks.journalRows(task.taskId, {}, scope),
    sealed: sealedParts(await ports.tasks.sealsOf(task.taskId, scope)),
  };
}

/** What people see of seals. */
export const sealedParts = (seals: readonly SealedPart[]): readonly SealedPart[] =>
  seals.map(({ fromVersion, toVersion, place, sealedAtMs }) => ({
    fromVersion,
    toVersion,
    place,
    sealedAtMs,
  }));
