/** Ends the management of a task. Its position is left as it is; the daemon refuses it during a roll. */
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface TaskRemoval {
  readonly taskId: string;
  readonly waitMs: number;
}

/** @throws NotFound when the caller sees no such task */
export async function removeTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId, waitMs }: TaskRemoval,
): Promise<CommandResult> {
  const { accountId } = await findTask(caller, ports, taskId);
  return sendCommand(caller, ports, { accountId, taskId, kind: 'remove', payload: null, waitMs });
}
