/** Gives a task a new spec. The daemon holds it against the position as it does a new task's, and refuses it during a roll. */
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { viewOf, type TaskView } from './task-view.ts';

export interface TaskEdit {
  readonly taskId: string;
  /** As a person wrote it; without `symbol` or `qty` it is about what the task manages now. */
  readonly spec: unknown;
  readonly waitMs: number;
}

/** @throws NotFound when the caller sees no such task; BadInput when the spec is wrong in itself */
export async function editTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands' | 'rules'>,
  { taskId, spec, waitMs }: TaskEdit,
): Promise<CommandResult> {
  const task = await findTask(caller, ports, taskId);
  const payload = withPosition(spec, viewOf(task, ports.rules));
  parseTaskSpec(payload, ports.rules);
  const { accountId } = task;
  return sendCommand(caller, ports, { accountId, taskId, kind: 'edit', payload, waitMs });
}

/** A spec that says nothing of the position means the one that is managed, and as much of it. */
function withPosition(spec: unknown, { symbol, qty, holdings }: TaskView): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  const isManaged = holdings !== null && holdings.length > 0;
  return { symbol, ...(isManaged && { qty }), ...spec };
}
