/**
 * For a screen that lists tasks again and again: specs and snapshots are read once for each version of a task, and each time only the
 * columns that say which tasks have changed. Snapshots are most of what a list reads, and few tasks change within seconds.
 */
import type { TaskHead, TaskReading, TaskRow } from '../ports/task-reading.ts';

/** When so many of the tasks are not known, all are read at once. */
const shareUnknownMax = 0.5;

/** The same reading, whose lists cost what has changed since the one before. @param tasks as one caller sees them */
export function rememberedTasks(tasks: TaskReading): TaskReading {
  let known: ReadonlyMap<string, TaskRow> = new Map();

  const read: TaskReading['listTasks'] = async (wanted, scope) => {
    const heads = await tasks.taskHeads(wanted, scope);
    const unknown = heads.filter((head) => !isOf(known.get(head.taskId), head)).map(({ taskId }) => taskId);
    const isMost = unknown.length > heads.length * shareUnknownMax;
    const changed =
      unknown.length === 0
        ? []
        : await tasks.listTasks(isMost ? wanted : { ...wanted, taskIds: unknown }, scope);
    const fresh = new Map(changed.map((row) => [row.taskId, row]));
    const rows = heads.flatMap((head): TaskRow[] => {
      const row = fresh.get(head.taskId);
      if (row) return [row];
      const before = known.get(head.taskId);
      // Removed between the two questions.
      if (!before || !isOf(before, head)) return [];
      const { spec, snapshotJson } = before;
      const now = { ...head, spec, snapshotJson };
      // The same object where nothing has changed, so that what was made of it is known to be right.
      return [isSame(before, now) ? before : now];
    });
    known = new Map(rows.map((row) => [row.taskId, row]));
    return rows;
  };

  /** One list after the other: what is asked at the same time is in the first one. */
  let last: Promise<unknown> = Promise.resolve();
  const listTasks: TaskReading['listTasks'] = (wanted, scope) => {
    if (wanted.taskIds !== undefined) return tasks.listTasks(wanted, scope);
    const mine = last.then(() => read(wanted, scope));
    last = mine.catch(() => undefined);
    return mine;
  };

  return new Proxy(tasks, {
    get(target, name) {
      if (name === 'listTasks') return listTasks;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
}

const isSame = (a: TaskRow, b: TaskRow): boolean =>
  (Object.keys(b) as (keyof TaskRow)[]).every(
    (key) => a[key] === b[key] || (key === 'trouble' && JSON.stringify(a[key]) === JSON.stringify(b[key])),
  );

const isOf = (row: TaskRow | undefined, head: TaskHead): boolean =>
  row?.version === head.version && row.accountId === head.accountId && row.createdAtMs === head.createdAtMs;
