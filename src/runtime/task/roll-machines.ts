/**
 * Every version of the roll machine that this program has, with its effects. The version that made a snapshot moves it
 * on: a saga under way ends as it began.
 */
import { rollVersions } from '../../../machines/roll.versions.ts';
import { Terminal } from '../../domain/errors.ts';
import { provideEffects, type ProvidedRollMachine } from './effects.ts';

/** They hold nothing of a task: every supervisor of a process can have the same. */
const withEffects = rollVersions.map((machine) => provideEffects(machine));

/** Roll machines by version. */
export class RollMachines {
  /** New tasks begin with it. */
  readonly current: ProvidedRollMachine;
  readonly #byVersion: ReadonlyMap<string, ProvidedRollMachine>;

  constructor(versions: readonly ProvidedRollMachine[] = withEffects) {
    this.#byVersion = new Map(versions.map((machine) => [machine.version ?? '', machine]));
    const current = versions.at(-1);
    if (!current) throw new Error('a program has a machine at least');
    this.current = current;
  }

  /** @throws Terminal when a newer program made the snapshot, or one that is too old */
  of(version: string): ProvidedRollMachine {
    const machine = this.#byVersion.get(version);
    if (machine) return machine;
    const known = [...this.#byVersion.keys()].join(', ');
    throw new Terminal(
      `the task was last moved by version ${version} of the roll machine, and this program has ${known}: run the one that has it`,
    );
  }
}
