/** Where a task stands, read from its stored snapshot. */
import { nowText } from '../domain/explain/advice.ts';
import { workingOrderIn, type TaskSnapshot } from '../domain/roll/holdings.ts';
import type { StoredState } from '../domain/roll/resolution.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import type { TaskRow } from '../ports/task-reading.ts';

/** What the task does now, as a sentence. */
export const nowOf = ({ state }: Pick<TaskRow, 'state'>, stored: StoredState | null): string =>
  stored === null ? 'no daemon has adopted it yet' : nowText(state, stored.context);

/** The task as its last turn left it; `null` while no daemon has adopted it, and for a snapshot of another shape. */
export function storedStateOf({
  state,
  snapshotJson,
}: Pick<TaskRow, 'state' | 'snapshotJson'>): StoredState | null {
  if (snapshotJson === null) return null;
  const snapshot = JSON.parse(snapshotJson) as TaskSnapshot<RollContext>;
  const context = snapshot.context as Partial<RollContext> | undefined;
  return context?.spec && context.held
    ? { state, context: snapshot.context, order: workingOrderIn(snapshot) }
    : null;
}
