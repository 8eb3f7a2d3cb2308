/** Removes a task and leaves its position as it is. The daemon refuses this during a roll. */
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface TaskRemoval {
  readonly taskId: string;
  readonly waitMs: number;
  /** The version that was shown to who asks; the task refuses it at another one. Default: any. */
  readonly expectedVersion?: number | undefined;
}

/** Sends the command and waits up to `waitMs` for its answer. @throws NotFound when the caller sees no such task; NotAllowed to viewers */
export async function removeTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, waitMs, expectedVersion }: TaskRemoval,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  return sendCommand(caller, ports, {
    account: task,
    taskId: task.taskId,
    kind: 'remove',
    payload: null,
    waitMs,
    ...(expectedVersion !== undefined && { expectedVersion }),
  });
}
