/** The first snapshot of a task: what the machine makes of a position and its spec before anything has happened. */
import { createActor } from 'xstate';
import type { RollInput } from '../../domain/roll/roll-context.ts';
import type { StoredTask } from '../../ports/journal.ts';
import type { ProvidedRollMachine } from './effects.ts';
import { stateName } from '../../domain/state-name.ts';
import { phaseOf } from './state-tags.ts';

export type FirstSnapshot = Pick<StoredTask, 'state' | 'phase' | 'snapshotJson' | 'machine'>;

/** What is stored of a new task. Starts no effect, and gives the same text for the same input. */
export function firstSnapshot(machine: ProvidedRollMachine, input: RollInput): FirstSnapshot {
  const actor = createActor(machine, { input });
  const state = stateName(actor.getSnapshot().value);
  return {
    state,
    phase: phaseOf(machine, state),
    snapshotJson: JSON.stringify(actor.getPersistedSnapshot()),
    machine: machine.version ?? '',
  };
}
