/** Removes a task and leaves its position as it is. The daemon refuses this during a roll. */
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface TaskRemoval {
  readonly taskId: string;
  readonly waitMs: number;
}

/** Sends the command and waits up to `waitMs` for its answer. @throws NotFound when the caller sees no such task */
export async function removeTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, waitMs }: TaskRemoval,
): Promise<CommandResult> {
  const { accountId, taskId } = await findTask(caller, ports, given);
  return sendCommand(caller, ports, { accountId, taskId, kind: 'remove', payload: null, waitMs });
}
