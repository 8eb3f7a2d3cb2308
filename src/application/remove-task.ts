/** Removes a task and leaves its position as it is. The daemon refuses this during a roll. */
import type { Caller } from './caller.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface TaskRemoval extends CommandTerms {
  readonly taskId: string;
}

/** Sends the command and waits up to `waitMs` for its answer. @throws NotFound when the caller sees no such task; NotAllowed to viewers; Outdated */
export async function removeTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, ...terms }: TaskRemoval,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  return commandTask(caller, ports, { ...terms, task, kind: 'remove', payload: null });
}
