/** Brings tasks that moved into the list that is shown. Pure. */
import type { TaskStanding } from '../../api/contract.ts';

/** Rows replaced where they stand; new ones at the end, those that are over taken out; an older version never wins. */
export function mergeStandings(
  rows: readonly TaskStanding[],
  moved: readonly TaskStanding[],
): readonly TaskStanding[] {
  const byId = new Map(moved.map((row) => [row.taskId, row]));
  const kept = rows.flatMap((row) => {
    const next = byId.get(row.taskId);
    byId.delete(row.taskId);
    if (next === undefined || next.version < row.version) return [row];
    return next.urgency === 'over' ? [] : [next];
  });
  return [...kept, ...[...byId.values()].filter(({ urgency }) => urgency !== 'over')];
}
