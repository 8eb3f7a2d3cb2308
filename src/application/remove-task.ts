/** Ends the management of a task. Its position is left as it is; the daemon refuses it during a roll. */
import type { Caller } from './caller.ts';
import { command, type Asked } from './command.ts';
import { knownTask } from './known-task.ts';
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
): Promise<Asked> {
  const { accountId } = await knownTask(caller, ports, taskId);
  return command(caller, ports, { accountId, taskId, kind: 'remove', payload: null, waitMs });
}
