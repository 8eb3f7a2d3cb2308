/** Tasks as they stand, also those that no daemon has taken up yet (`QUEUED`), by user, account and age. */
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';
import { viewOf, type TaskView } from './task-view.ts';

/** An unknown user has none. */
export async function listTasks(
  caller: Caller,
  { tasks, rules }: Pick<Ports, 'tasks' | 'rules'>,
  wanted: { readonly userName?: string | undefined } = {},
): Promise<readonly TaskView[]> {
  return (await tasks.listTasks(wanted, scopeOf(caller))).map((row) => viewOf(row, rules));
}
