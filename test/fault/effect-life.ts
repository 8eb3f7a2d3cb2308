/**
 * Follows the effects of one task through their lives, from what the task hands to its journal and what its daemon
 * exchanges with the world: not from the machine, so that an effect is noticed however it is written.
 */
import type { AnyStateMachine } from 'xstate';
import type { Command } from '../../src/exchange/bybit/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import type { Watch } from '../simulation/world/watch.ts';
import { machineIn, nameOf } from './effects-of.ts';

/**
 * `invoked`: the turn that starts it is made and not stored · `stored`: that turn is stored, and its daemon does not know yet ·
 * `sent`: its write leaves · `under way`: its request reaches the exchange, or it is about to ring · `answered`: the
 * turn that its answer causes is made and not stored.
 */
export type Moment = 'invoked' | 'stored' | 'sent' | 'under way' | 'answered';

/** What an effect does: it changes the world, reads it, or only waits for a time. */
export type Nature =
  | { readonly kind: 'write' | 'read' }
  | {
      readonly kind: 'alarm';
      readonly ringsAtMs: (input: never) => number;
      /** The event that it sends when it rings; without one it is over then. */
      readonly says?: string;
    };

export interface LifeParts {
  readonly machine: AnyStateMachine;
  /** By effect; one that is not in here is not followed. */
  readonly natures: Readonly<Record<string, Nature>>;
  readonly onMoment: (effect: string, moment: Moment, owner: string) => void;
  /** A write left, and the turn that decided it is not stored. */
  readonly onEarly: (effect: string) => void;
  /** Calls back shortly before this exchange time; not at all when it is past. */
  readonly justBefore: (atMs: number, action: () => void) => void;
}

interface Life {
  readonly effect: string;
  readonly nature: Nature;
  readonly input: unknown;
  /** Of the turn that started it. */
  readonly version: number;
  isStored: boolean;
  isUnderWay: boolean;
}

export class EffectLife implements Watch {
  readonly #parts: LifeParts;
  /** By the actor that started it and its id in there. */
  #running = new Map<string, Life>();
  #owner = '';

  constructor(parts: LifeParts) {
    this.#parts = parts;
  }

  made(owner: string, { path, eventJson, snapshotJson, expectedVersion }: TurnRecord): void {
    const before = this.#knownTo(owner);
    const { type } = JSON.parse(eventJson) as { type: string };
    const doneKey = `${path}/${type.replace(doneEvent, '')}`;
    const answered =
      before.get(doneKey) ?? [...before.values()].find(({ nature }) => saysOf(nature) === type);
    before.delete(doneKey);
    const version = expectedVersion + 1;
    this.#running = new Map();
    for (const { key, effect, input } of startedIn(this.#parts.machine, JSON.parse(snapshotJson) as Stored)) {
      const nature = this.#parts.natures[effect];
      const fresh = nature && { effect, nature, input, version, isStored: false, isUnderWay: false };
      const life = before.get(key) ?? fresh;
      if (life) this.#running.set(key, life);
    }
    if (answered) this.#parts.onMoment(answered.effect, 'answered', owner);
    for (const { effect } of this.#bornIn(version)) this.#parts.onMoment(effect, 'invoked', owner);
  }

  stored(owner: string, { expectedVersion }: TurnRecord): void {
    for (const life of this.#bornIn(expectedVersion + 1)) {
      life.isStored = true;
      this.#parts.onMoment(life.effect, 'stored', owner);
      if (life.nature.kind !== 'alarm') continue;
      this.#parts.justBefore(life.nature.ringsAtMs(life.input as never), () => {
        if ([...this.#running.values()].includes(life)) this.#goUnderWay(life, owner);
      });
    }
  }

  left(owner: string, command: Command): void {
    if (command === 'read' || command === 'check') return;
    for (const { effect, isStored } of this.#ofKind('write')) {
      if (!isStored) this.#parts.onEarly(effect);
      this.#parts.onMoment(effect, 'sent', owner);
    }
  }

  arrived(owner: string): void {
    for (const life of this.#ofKind('write', 'read')) this.#goUnderWay(life, owner);
  }

  #goUnderWay(life: Life, owner: string): void {
    if (life.isUnderWay) return;
    life.isUnderWay = true;
    this.#parts.onMoment(life.effect, 'under way', owner);
  }

  /** Who takes a task over knows nothing of turns that were never stored. */
  #knownTo(owner: string): Map<string, Life> {
    const isSame = owner === this.#owner;
    this.#owner = owner;
    return new Map([...this.#running].filter(([, { isStored }]) => isSame || isStored));
  }

  #bornIn(version: number): Life[] {
    return [...this.#running.values()].filter((life) => life.version === version);
  }

  #ofKind(...kinds: readonly Nature['kind'][]): Life[] {
    return [...this.#running.values()].filter(({ nature }) => kinds.includes(nature.kind));
  }
}

const doneEvent = /^xstate\.done\.actor\./;

const saysOf = (nature: Nature): string | undefined => (nature.kind === 'alarm' ? nature.says : undefined);

/** An actor as it is stored: a machine has children, an effect its input. */
interface Stored {
  readonly status: string;
  readonly children: Readonly<Record<string, { readonly src: string; readonly snapshot: Stored }>>;
  readonly input?: unknown;
}

interface Started {
  readonly key: string;
  readonly effect: string;
  readonly input: unknown;
}

function startedIn(machine: AnyStateMachine, { children }: Stored, path = ''): Started[] {
  return Object.entries(children).flatMap(([id, { src, snapshot }]) => {
    if (snapshot.status !== 'active') return [];
    const inner = machineIn(machine, src);
    if (inner) return startedIn(inner, snapshot, id);
    return [{ key: `${path}/${id}`, effect: nameOf(machine, src), input: snapshot.input }];
  });
}
