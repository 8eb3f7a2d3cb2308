/** Gives a task a new spec. The daemon compares it with the position, as for a new task, and refuses it in a roll. */
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { formOf } from './task-spec.ts';
import { viewOf, type TaskView } from './task-view.ts';

export interface TaskEdit {
  readonly taskId: string;
  /** As a person wrote it; `symbol` or `legs`, and `qty`, default to what the task manages now. */
  readonly spec: unknown;
  readonly waitMs: number;
}

/**
 * Checks the spec, sends it as a command and waits up to `waitMs` for the answer. Without one the command stays queued.
 * @throws NotFound when the caller sees no such task; BadInput when the spec is wrong in itself
 */
export async function editTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands' | 'rules'>,
  { taskId: given, spec, waitMs }: TaskEdit,
): Promise<CommandResult> {
  const task = await findTask(caller, ports, given);
  const view = viewOf(task, ports.rules);
  const payload = view.legs ? withLegs(spec, formOf(task, ports.rules)) : withPosition(spec, view);
  parseTaskSpec(payload, ports.rules);
  const { accountId, taskId } = task;
  return sendCommand(caller, ports, { accountId, taskId, kind: 'edit', payload, waitMs });
}

/** Adds the symbol and the quantity that the task manages now where the spec leaves them out. */
function withPosition(spec: unknown, { symbol, qty, holdings }: TaskView): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  const isManaged = holdings !== null && holdings.length > 0;
  return { ...(!('legs' in spec) && { symbol }), ...(isManaged && { qty }), ...spec };
}

/**
 * The same for a structure: its legs as the task holds them, each with its quantity, unless the spec names some, or a symbol.
 * @param inForce the spec of the task as it stands
 */
function withLegs(spec: unknown, inForce: object): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  const { legs, qty } = inForce as { readonly legs?: unknown; readonly qty?: unknown };
  const isSaid = 'legs' in spec || 'symbol' in spec;
  return { ...(!isSaid && { legs }), ...(!('qty' in spec) && { qty }), ...spec };
}
