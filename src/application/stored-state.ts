/** Where a task stands, read from its stored snapshot. */
import { nowText } from '../domain/explain/advice.ts';
import { workingOrderIn, type TaskSnapshot } from '../domain/roll/holdings.ts';
import type { StoredState } from '../domain/roll/resolution.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { isContext } from '../domain/roll/stored-context.ts';
import type { TaskRow } from '../ports/task-reading.ts';

/** What the task does now, as a sentence. */
export function nowOf(
  { state, snapshotJson }: Pick<TaskRow, 'state' | 'snapshotJson'>,
  stored: StoredState | null,
): string {
  if (stored !== null) return nowText(state, stored.context);
  return snapshotJson === null ? 'no daemon has adopted it yet' : `it is set aside, ${cannotBeRead}`;
}

export const cannotBeRead = 'what is stored of it cannot be read';

/** `null` while no daemon has adopted the task, and for one that this program cannot read. Never throws. */
export function storedSnapshotOf({
  snapshotJson,
}: Pick<TaskRow, 'snapshotJson'>): TaskSnapshot<RollContext> | null {
  if (snapshotJson === null) return null;
  try {
    const snapshot = JSON.parse(snapshotJson) as Partial<TaskSnapshot<RollContext>> | null;
    return isContext(snapshot?.context) ? (snapshot as TaskSnapshot<RollContext>) : null;
  } catch {
    return null;
  }
}

/** The task as its last turn left it; `null` as for `storedSnapshotOf`. */
export function storedStateOf(task: Pick<TaskRow, 'state' | 'snapshotJson'>): StoredState | null {
  const snapshot = storedSnapshotOf(task);
  return snapshot && { state: task.state, context: snapshot.context, order: workingOrderIn(snapshot) };
}
