/** What a task earned and paid over all its rolls, and what its position is worth now if a daemon answers. */
import { ledgerView, type LedgerView } from '../domain/explain/advice.ts';
import { legViewsOf, type LegView } from '../domain/explain/leg-view.ts';
import type { HeldOption } from '../domain/market/held-option.ts';
import { Terminal } from '../domain/errors.ts';
import { workingOrderIn } from '../domain/roll/holdings.ts';
import type { RollSummary } from '../domain/roll/roll.ts';
import { endingOf, type TaskEnding } from '../domain/roll/task-ending.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { TaskQuestion } from './explain-task.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { cannotBeRead, storedSnapshotOf } from './stored-state.ts';

export interface TaskAccount extends LedgerView {
  readonly taskId: string;
  readonly state: string;
  /** How it ended; `null` until the task is COMPLETED. */
  readonly ending: TaskEnding | null;
  readonly held: HeldOption;
  /** Of a structure. */
  readonly legs?: readonly LegView[];
  /** The rolls that have ended, oldest first. */
  readonly rolls: readonly RollSummary[];
  /** Whether a daemon has answered with prices; otherwise what is held has none. */
  readonly isPriced: boolean;
}

/**
 * The task's account; its position is priced by its daemon if that answers within `waitMs`.
 * @returns null while no daemon has adopted the task
 * @throws NotFound when the caller sees no such task; Terminal when what is stored of it cannot be read
 */
export async function accountForTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'advice'>,
  { taskId: given, waitMs }: TaskQuestion,
): Promise<TaskAccount | null> {
  const task = await findTask(caller, ports, given);
  const { taskId, accountId, state } = task;
  if (task.snapshotJson === null) return null;
  const snapshot = storedSnapshotOf(task);
  if (snapshot === null) throw new Terminal(`Task ${taskId}: ${cannotBeRead}`);
  const { context } = snapshot;
  const isOver = state === 'COMPLETED';
  const reply = isOver ? null : await ports.advice.ask({ accountId, taskId, spec: null }, waitMs);
  const isPriced = reply?.kind === 'advice';
  const view = isPriced ? reply.advice.ledger : ledgerView(context, workingOrderIn(snapshot));
  const rolls = await ports.tasks.rollsOf(taskId, scopeOf(caller));
  const ending = isOver ? endingOf(context) : null;
  const legs = legViewsOf(context, view.holdings);
  return { taskId, state, ending, held: context.held, ...(legs && { legs }), ...view, rolls, isPriced };
}
