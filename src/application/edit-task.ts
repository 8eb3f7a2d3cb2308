/** Gives a task a new spec. The daemon compares it with the position, as for a new task, and refuses it in a roll. */
import type { LegView } from '../domain/explain/leg-view.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { Caller } from './caller.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { viewOf, type TaskView } from './task-view.ts';

export interface TaskEdit extends CommandTerms {
  readonly taskId: string;
  /** As a person wrote it; `symbol` and `qty`, or `legs`, default to what the task manages now. */
  readonly spec: unknown;
}

/**
 * Checks the spec, sends it as a command and waits up to `waitMs` for the answer. Without one the command stays queued.
 * @throws NotFound when the caller sees no such task; NotAllowed to viewers; Outdated; BadInput when the spec is wrong in itself
 */
export async function editTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands' | 'rules'>,
  { taskId: given, spec, ...terms }: TaskEdit,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  const payload = withPosition(spec, viewOf(task, ports.rules));
  parseTaskSpec(payload, ports.rules);
  return commandTask(caller, ports, { ...terms, task, kind: 'edit', payload });
}

/** Adds the symbol and the quantity that the task manages now, or its legs, where the spec leaves them out. */
function withPosition(spec: unknown, { symbol, qty, legs, holdings }: TaskView): unknown {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return spec;
  if ('legs' in spec) return spec;
  if (legs && !('symbol' in spec)) return { legs: legs.map(managedLeg), ...spec };
  const isManaged = holdings !== null && holdings.length > 0;
  return { symbol, ...(isManaged && { qty }), ...spec };
}

/** A leg of which nothing is held stays among the legs of the task. */
const managedLeg = ({ name, symbol, side, qty }: LegView): object => ({
  name,
  symbol,
  ...(side !== null && qty !== '0' && { qty }),
});
