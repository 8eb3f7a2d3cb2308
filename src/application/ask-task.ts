/** Asks a task to pause, to resume, or to leave a roll in one of three ways. */
import type { Command } from '../ports/inbox.ts';
import type { Caller } from './caller.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';

export interface TaskWish extends CommandTerms {
  readonly taskId: string;
  readonly kind: Extract<Command['kind'], 'pause' | 'resume' | 'retry' | 'reopen' | 'acceptFlat'>;
}

/** Sends the command and waits up to `waitMs` for its answer. @throws NotFound when the caller sees no such task; NotAllowed to viewers; Outdated */
export async function askTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, kind, ...terms }: TaskWish,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  return commandTask(caller, ports, { ...terms, task, kind, payload: null });
}
