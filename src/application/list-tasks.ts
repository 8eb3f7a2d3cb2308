/** Lists tasks as they are now, also those that no daemon has adopted yet (`QUEUED`), by user, account and age. */
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { viewOf, type TaskView } from './task-view.ts';

/** The tasks of one user, or of all that the caller sees; empty for an unknown user. */
export async function listTasks(
  caller: Caller,
  { tasks, rules }: Pick<Ports, 'tasks' | 'rules'>,
  wanted: { readonly userName?: string | undefined } = {},
): Promise<readonly TaskView[]> {
  return (await tasks.listTasks(wanted, scopeOf(caller))).map((row) => viewOf(row, rules));
}
