/** Reads what is stored of a task, and refuses what its machine cannot go on from: before anything is done with it. */
import type { AnyStateMachine } from 'xstate';
import { messageOf, Terminal } from '../../domain/errors.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { wrongPlaceIn } from '../../domain/roll/stored-context.ts';
import { stateName } from '../../domain/state-name.ts';
import type { StoredTask } from '../../ports/journal.ts';
import { tagsOf } from './state-tags.ts';

/** What a persisted snapshot and a live one have in common. */
export interface RestoredSnapshot {
  readonly status: string;
  readonly context: RollContext;
  readonly children: object;
}

/** Without a look at it: for what was checked when it came in, or was made here. */
export const readSnapshot = (snapshotJson: string): RestoredSnapshot =>
  JSON.parse(snapshotJson) as RestoredSnapshot;

/** @throws Terminal that says what is wrong with it */
export function checkedSnapshot(stored: StoredTask, machine: AnyStateMachine): RestoredSnapshot {
  let snapshot: unknown;
  let problem: string | null;
  try {
    snapshot = JSON.parse(stored.snapshotJson);
    problem = problemOf(snapshot, stored.state, machine);
  } catch (error) {
    problem = messageOf(error);
  }
  if (problem === null) return snapshot as RestoredSnapshot;
  const subject = `what is stored of task ${stored.taskId} at version ${stored.version} cannot be read`;
  throw new Terminal(`${subject}: ${problem}`);
}

function problemOf(snapshot: unknown, state: string, machine: AnyStateMachine): string | null {
  if (typeof snapshot !== 'object' || snapshot === null || Array.isArray(snapshot))
    return 'it is no snapshot';
  const { status, value, children, context } = snapshot as Record<string, unknown>;
  if (typeof status !== 'string') return 'it has no status';
  if (typeof children !== 'object' || children === null) return 'it has no children';
  if (!isState(value)) return 'it names no state';
  if (stateName(value) !== state) return `it is in ${stateName(value)}, and the task in ${state}`;
  if (tagsOf(machine, state).size === 0) return `machine ${machine.id} has no state ${state}`;
  const place = wrongPlaceIn(context);
  return place === null ? null : `${place} is missing, or no such value`;
}

const isState = (value: unknown): boolean =>
  typeof value === 'string' ||
  (typeof value === 'object' &&
    value !== null &&
    Object.values(value).length === 1 &&
    isState(Object.values(value)[0]));
