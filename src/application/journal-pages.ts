/** A task's journal in pages: rows with their snapshots are some megabytes at a time, however long it is. */
import type { JournalRow } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

const pageRows = 500;

/** Rows in order of versions; none for a task that the caller does not see. The last page may be empty. */
export async function* journalPages(
  caller: Caller,
  { tasks }: Pick<Ports, 'tasks'>,
  taskId: string,
): AsyncGenerator<readonly JournalRow[], void> {
  for (let fromVersion = 1; ; fromVersion += pageRows) {
    const rows = await tasks.journalRows(taskId, { fromVersion, limit: pageRows }, scopeOf(caller));
    yield rows;
    if (rows.length < pageRows) return;
  }
}
