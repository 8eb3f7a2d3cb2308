/**
 * Whose turn it is among the legs of a structure: `held`, and what the roll does with it, is the leg that is looked at or
 * traded now. A task of one option is always at its only leg.
 */
import { legsOf, type Legs } from '../rules/structure.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { Roll } from './roll.ts';

/** The legs, and what is done with them. */
export interface Turning extends Legs {
  readonly roll: Roll | null;
}

/** The turn goes to the leg of this symbol; the task stays as it is when none of its legs has it. */
export function turnTo<Task extends Turning>(task: Task, symbol: string): Task {
  if (task.others === undefined) return task;
  const legs = legsOf(task);
  const place = legs.findIndex((leg) => leg.symbol === symbol);
  const [front, chosen] = [legs[0], legs[place]];
  if (place <= 0 || front === undefined || chosen === undefined) return task;
  const others = task.others.map((leg) => (leg === chosen ? front : leg));
  return { ...task, held: chosen, others };
}

/** The legs stand in the order of the spec again. */
export function inOrderOfSpec<Task extends Legs & { readonly spec: TaskSpec }>(task: Task): Task {
  const { others, spec } = task;
  if (others === undefined || !spec.legs) return task;
  const names = spec.legs.map(({ name }) => name);
  const [held = task.held, ...rest] = [...legsOf(task)].sort(
    (a, b) => names.indexOf(a.leg ?? '') - names.indexOf(b.leg ?? ''),
  );
  return { ...task, held, others: rest };
}
