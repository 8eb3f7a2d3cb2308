/**
 * The tags that a chart gives to a state (domain/roll/task-phase.ts), found by the state's name: a passivated task has
 * no machine to ask.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { Terminal } from '../../domain/errors.ts';
import { taskPhases, type TaskPhase } from '../../domain/roll/task-phase.ts';

const noTags: ReadonlySet<string> = new Set();
const tagsOfMachines = new WeakMap<AnyStateMachine, ReadonlyMap<string, ReadonlySet<string>>>();

/** @param state dotted, e.g. `IDLE.watching` @returns an empty set when the chart has no such state */
export function tagsOf(machine: AnyStateMachine, state: string): ReadonlySet<string> {
  let tags = tagsOfMachines.get(machine);
  if (!tags) {
    tags = new Map(leavesOf(machine.root, []));
    tagsOfMachines.set(machine, tags);
  }
  return tags.get(state) ?? noTags;
}

/** @param state dotted @throws Terminal when the chart has no such state, or gives it no phase */
export function phaseOf(machine: AnyStateMachine, state: string): TaskPhase {
  const tags = tagsOf(machine, state);
  const phase = taskPhases.find((each) => tags.has(each));
  if (phase === undefined) throw new Terminal(`machine ${machine.id} has no phase for ${state}`);
  return phase;
}

function leavesOf(node: AnyStateNode, inherited: readonly string[]): [string, ReadonlySet<string>][] {
  const tags = [...inherited, ...node.tags];
  const children = Object.values(node.states);
  if (children.length === 0) return [[node.path.join('.'), new Set(tags)]];
  return children.flatMap((child) => leavesOf(child, tags));
}
