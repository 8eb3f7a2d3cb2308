/** Asks a task to pause, to resume, or for one of the ways out of a roll. */
import type { Command } from '../ports/inbox.ts';
import type { Caller } from './caller.ts';
import { command, type Asked } from './command.ts';
import { knownTask } from './known-task.ts';
import type { Ports } from './ports.ts';

export interface TaskWish {
  readonly taskId: string;
  readonly kind: Extract<Command['kind'], 'pause' | 'resume' | 'retry' | 'reopen' | 'acceptFlat'>;
  readonly waitMs: number;
}

/** @throws NotFound when the caller sees no such task */
export async function askTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId, kind, waitMs }: TaskWish,
): Promise<Asked> {
  const { accountId } = await knownTask(caller, ports, taskId);
  return command(caller, ports, { accountId, taskId, kind, payload: null, waitMs });
}
