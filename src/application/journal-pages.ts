/** A task's journal in pages, so that however long it is only some megabytes are in memory. */
import type { JournalRow } from '../ports/task-reading.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

const pageRows = 500;

/** Rows in order of versions, 500 a page; the last page may be empty. An unknown task has one page, which is empty. */
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
