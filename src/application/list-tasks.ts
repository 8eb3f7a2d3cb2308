/** Lists tasks as they are now, also those that no daemon has adopted yet (`QUEUED`), by user, account and age. */
import { scopeOf, type Caller } from './caller.ts';
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import type { TaskRow } from '../ports/task-reading.ts';
import type { Ports } from './ports.ts';
import { viewOf, type TaskView } from './task-view.ts';

/** The tasks of one user, or of all that the caller sees; empty for an unknown user. */
export async function listTasks(
  caller: Caller,
  { tasks, rules }: Pick<Ports, 'tasks' | 'rules'>,
  wanted: { readonly userName?: string | undefined } = {},
): Promise<readonly TaskView[]> {
  return (await tasks.listTasks(wanted, scopeOf(caller))).map((row) => knownViewOf(row, rules));
}

/** A row that is read again as the same object (remembered-tasks.ts) looks as it did. */
const known = new WeakMap<TaskRow, { readonly rules: SymbolRules; readonly view: TaskView }>();

function knownViewOf(row: TaskRow, rules: SymbolRules): TaskView {
  const before = known.get(row);
  if (before?.rules === rules) return before.view;
  const view = viewOf(row, rules);
  known.set(row, { rules, view });
  return view;
}
