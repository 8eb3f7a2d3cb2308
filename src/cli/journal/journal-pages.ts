/** A task's journal in pages: rows with their snapshots are some megabytes at a time, however long it is. */
import type { Store } from '../../store/store.ts';
import type { JournalRow } from '../../store/read/task-rows.ts';

const pageRows = 500;

export async function* journalPages(
  store: Store,
  taskId: string,
): AsyncGenerator<readonly JournalRow[], void> {
  for (let fromVersion = 1; ; fromVersion += pageRows) {
    const rows = await store.tasks.journalRows(taskId, { fromVersion, limit: pageRows });
    yield rows;
    if (rows.length < pageRows) return;
  }
}
