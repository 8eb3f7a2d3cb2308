/** The spec of a task in the form in which a person writes it, as it stands now. */
import { BadInput } from '../domain/errors.ts';
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import { hasMoved, specInForce } from '../domain/roll/spec-in-force.ts';
import { fullForm } from '../domain/spec/task-spec-form.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { TaskRow } from '../ports/task-reading.ts';
import type { Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { storedSnapshotOf } from './stored-state.ts';

export interface PrintedSpec {
  readonly taskId: string;
  readonly state: string;
  readonly rollsDone: number;
  /** With every default in its place; reading it again gives the same spec. */
  readonly spec: object;
  /** Symbol and trigger are where rolls have brought them. */
  readonly hasMoved: boolean;
}

/** @throws NotFound and AmbiguousTask as `findTask` */
export async function printSpec(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'rules'>,
  taskId: string,
): Promise<PrintedSpec> {
  const task = await findTask(caller, ports, taskId);
  const context = contextOf(task);
  return {
    taskId: task.taskId,
    state: task.state,
    rollsDone: context?.rollsDone ?? 0,
    spec: formOf(task, ports.rules),
    hasMoved: context !== null && hasMoved(context),
  };
}

type Stored = Pick<TaskRow, 'spec' | 'snapshotJson'>;

const contextOf = (row: Stored): RollContext | null => storedSnapshotOf(row)?.context ?? null;

/** The spec as a person writes it; as it was written where it cannot be read, while it waits for a daemon. */
export function formOf(row: Stored, rules: SymbolRules): object {
  const context = contextOf(row);
  if (context !== null) return fullForm(specInForce(context));
  try {
    return fullForm(parseTaskSpec(row.spec, rules));
  } catch (error) {
    if (error instanceof BadInput) return Object(row.spec) as object;
    throw error;
  }
}
