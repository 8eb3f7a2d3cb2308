/**
 * Plays a journal through the versions of the machines that wrote it, with effects that never answer. Every event goes to the
 * actor that received it originally, and the state and snapshot after it must equal what was stored, byte for byte.
 */
import {
  createActor,
  fromPromise,
  StateMachine,
  type AnyActorRef,
  type AnyStateMachine,
  type InspectionEvent,
  type PromiseActorLogic,
} from 'xstate';
import type { rollMachine } from '../../machines/roll.machine.ts';
import { rollVersions } from '../../machines/roll.versions.ts';
import { messageOf } from '../domain/errors.ts';
import type { JournalReplaying, ReplayStart } from '../ports/journal-replaying.ts';
import type { RollInput } from '../domain/roll/roll-context.ts';
import { taskPhases, type TaskPhase } from '../domain/roll/task-phase.ts';
import { stateName } from '../domain/state-name.ts';
import { tagsOf } from '../runtime/task/state-tags.ts';

/** One row of a journal, as far as a replay needs it. */
export interface ReplayedRow {
  readonly version: number;
  /** Actor that received the event; `""` is the task itself. */
  readonly path: string;
  readonly eventJson: string;
  readonly state: string;
  readonly snapshotJson: string;
  readonly machine: string;
}

export interface Mismatch {
  readonly version: number;
  /** Type of the event after which they differ. */
  readonly event: string;
  /** First place where journal and replay differ, e.g. `context.held.qty`. */
  readonly at: string;
  readonly journal: string;
  readonly replay: string;
}

export interface ReplayResult {
  readonly rows: number;
  /** Dotted state after the last row that agreed. */
  readonly state: string;
  readonly mismatch: Mismatch | null;
}

/** Nothing begins it, because a promise that has begun costs an AbortController, and an error with its stack when it is left. */
const never: PromiseActorLogic<never, never> = {
  ...fromPromise<never, never>(() => new Promise(() => undefined)),
  start: () => undefined,
};

/** Machines without their effects, by version. */
type InertMachines = ReadonlyMap<string, typeof rollMachine>;
/** For `ReplayOptions.machines`. */
export const inertMachines = (versions: readonly (typeof rollMachine)[]): InertMachines =>
  new Map(versions.map((machine) => [machine.version ?? '', inert(machine)]));

const known = inertMachines(rollVersions);

export interface ReplayOptions {
  /** Receives XState's inspection events of the machines. */
  readonly inspect?: (event: InspectionEvent) => void;
  /** Default: all versions in this program. */
  readonly machines?: InertMachines;
}

/** The machine, and every machine that it runs, with effects that never answer, so that only events that are sent move it. */
export function inert<Machine extends AnyStateMachine>(machine: Machine): Machine {
  const actors = Object.entries(machine.implementations.actors as Record<string, unknown>).map(
    ([name, logic]) => [name, logic instanceof StateMachine ? inert(logic as AnyStateMachine) : never],
  );
  return machine.provide({ actors: Object.fromEntries(actors) as object }) as Machine;
}

/** The phase of a row's state by the chart that wrote it; `waiting` when this program does not have that version. */
export function phaseOfRow(row: Pick<ReplayedRow, 'machine' | 'state'> | undefined): TaskPhase {
  const machine = row && known.get(row.machine);
  const tags = machine ? tagsOf(machine, row.state) : null;
  return taskPhases.find((phase) => tags?.has(phase)) ?? 'waiting';
}

/** Plays rows in order, in any number of pieces, and stops at the first mismatch. */
export class Replay {
  readonly #options: ReplayOptions;
  #actor: AnyActorRef | null = null;
  #rows = 0;
  /** Of the last row that was played, or that it begins after. */
  #version = 0;
  #state = '';
  #mismatch: Mismatch | null = null;

  constructor(options: ReplayOptions = {}) {
    this.#options = options;
  }

  get result(): ReplayResult {
    return { rows: this.#rows, state: this.#state, mismatch: this.#mismatch };
  }

  /** @returns false once there is a mismatch */
  feed(rows: Iterable<ReplayedRow>): boolean {
    for (const row of rows) {
      if (this.#mismatch) return false;
      this.#play(row);
    }
    return this.#mismatch === null;
  }

  /**
   * Goes on after a row with nothing under way, as a daemon that is started anew does; what was before it is not played.
   * @returns false when this program does not have the version that wrote it, which is a mismatch
   */
  goOnAfter({ version, state, snapshotJson, machine: name }: ReplayStart): boolean {
    const { machines = known, inspect } = this.#options;
    const machine = machines.get(name);
    if (!machine) {
      const replay = `this program has no version ${name} of the roll machine`;
      this.#mismatch = { version, event: 'restored', at: 'machine', journal: name, replay };
      return false;
    }
    this.#actor?.stop();
    const snapshot = JSON.parse(snapshotJson) as never;
    this.#actor = createActor(machine, { snapshot, ...(inspect ? { inspect } : {}) } as never);
    this.#actor.start();
    [this.#version, this.#state] = [version, state];
    return true;
  }

  /** Stops the actors; the result remains. */
  stop(): void {
    this.#actor?.stop();
  }

  #play(row: ReplayedRow): void {
    const event = JSON.parse(row.eventJson) as { type: string };
    const differ = (at: string, journal: string, replay: string): void => {
      this.#mismatch = { version: row.version, event: event.type, at, journal, replay };
    };
    if (row.version !== this.#version + 1) {
      differ('version', String(row.version), String(this.#version + 1));
      return;
    }
    const problem = this.#send(row, event);
    if (problem !== null) {
      differ('event', row.eventJson, problem);
      return;
    }
    const actor = this.#actor;
    if (!actor) return;
    const snapshotJson = JSON.stringify(actor.getPersistedSnapshot());
    const state = stateName((actor.getSnapshot() as { value: unknown }).value);
    if (snapshotJson !== row.snapshotJson) {
      const found = firstDifference(JSON.parse(row.snapshotJson), JSON.parse(snapshotJson));
      if (found) differ(found.at, found.a, found.b);
      else differ('order of keys', row.snapshotJson, snapshotJson);
      return;
    }
    if (state !== row.state) {
      differ('state', row.state, state);
      return;
    }
    this.#rows += 1;
    this.#version = row.version;
    this.#state = state;
  }

  /** @returns why the event cannot be played, or `null` */
  #send({ path, machine }: ReplayedRow, event: { type: string }): string | null {
    if (event.type === 'CREATED')
      return this.#create(machine, (event as unknown as { input: RollInput }).input);
    if (!this.#actor) return 'the journal does not begin with CREATED';
    // A daemon took over the account: only the version changes, the task receives no event.
    if (event.type === 'ADOPTED') return null;
    const { children } = this.#actor.getSnapshot() as { children?: Record<string, AnyActorRef | undefined> };
    const receiver = path === '' ? this.#actor : children?.[path];
    if (!receiver) return `there is no actor at ${JSON.stringify(path)}`;
    try {
      receiver.send(event);
    } catch (error) {
      return messageOf(error);
    }
    return null;
  }

  #create(version: string, input: RollInput): string | null {
    const { machines = known, inspect } = this.#options;
    const machine = machines.get(version);
    if (!machine) return `this program has no version ${version} of the roll machine`;
    this.#actor = createActor(machine, { input, ...(inspect ? { inspect } : {}) });
    this.#actor.start();
    return null;
  }
}

/** Plays a whole journal. */
export function replay(rows: Iterable<ReplayedRow>, options: ReplayOptions = {}): ReplayResult {
  const whole = new Replay(options);
  whole.feed(rows);
  whole.stop();
  return whole.result;
}

/** For the use cases (ports/journal-replaying.ts). */
export const replaying: JournalReplaying = {
  disagreement: (start, rows) => {
    const part = new Replay();
    if (start === null || part.goOnAfter(start)) part.feed(rows);
    part.stop();
    const { mismatch } = part.result;
    return mismatch && mismatchText(mismatch);
  },
};

/** Completes "Task …, ". */
export const mismatchText = ({ version, event, at, journal, replay: found }: Mismatch): string =>
  `version ${version} (${event}): ${at} is ${journal} in the journal, ${found} in the replay`;

interface Difference {
  readonly at: string;
  readonly a: string;
  readonly b: string;
}

function firstDifference(a: unknown, b: unknown, at = ''): Difference | null {
  if (Object.is(a, b)) return null;
  const [inA, inB] = [fieldsOf(a), fieldsOf(b)];
  if (inA === null || inB === null) return { at, a: textOf(a), b: textOf(b) };
  for (const key of new Set([...Object.keys(inA), ...Object.keys(inB)])) {
    const found = firstDifference(inA[key], inB[key], at === '' ? key : `${at}.${key}`);
    if (found) return found;
  }
  return null;
}

const fieldsOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;

const shownMax = 120;
const textOf = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}…`;
};
