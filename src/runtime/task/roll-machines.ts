/**
 * Every version of the roll machine that this program has, with its effects. A snapshot is restored by the version that
 * made it, so that a saga ends with the version it began with.
 */
import { rollVersions } from '../../../machines/roll.versions.ts';
import { Terminal } from '../../domain/errors.ts';
import { provideEffects, type ProvidedRollMachine } from './effects.ts';

/** Machines hold no state of a task, so that every supervisor of a process can use the same. */
const withEffects = rollVersions.map((machine) => provideEffects(machine));

/** Roll machines by version. */
export class RollMachines {
  /** The newest version, with which new tasks begin. */
  readonly current: ProvidedRollMachine;
  readonly #byVersion: ReadonlyMap<string, ProvidedRollMachine>;

  constructor(versions: readonly ProvidedRollMachine[] = withEffects) {
    this.#byVersion = new Map(versions.map((machine) => [machine.version ?? '', machine]));
    const current = versions.at(-1);
    if (!current) throw new Error('no version of the roll machine is given');
    this.current = current;
  }

  /** The machine of this version. @throws Terminal when this program does not have it, being too old or too new */
  of(version: string): ProvidedRollMachine {
    const machine = this.#byVersion.get(version);
    if (machine) return machine;
    const known = [...this.#byVersion.keys()].join(', ');
    throw new Terminal(
      `the task was last moved by version ${version} of the roll machine, and this program has ${known}: run the one that has it`,
    );
  }
}
