/**
 * Follows the effects of one task through their lives, from what the task hands to its journal and what its daemon
 * exchanges with the world: no machine is asked, so that an effect is noticed however it is written.
 */
import type { AnyStateMachine } from 'xstate';
import type { Command } from '../../src/exchange/bybit/errors.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import type { Watch } from '../simulation/world/watch.ts';
import { machineIn, nameOf } from './effects-of.ts';

/**
 * `invoked`: the turn that starts it is made and not stored · `stored`: that turn is stored, nobody knows yet ·
 * `sent`: its write leaves · `under way`: its request reaches the exchange, or its alarm is about to ring ·
 * `answered`: the turn that its answer causes is made and not stored.
 */
export type Moment = 'invoked' | 'stored' | 'sent' | 'under way' | 'answered';

export interface LifeParts {
  readonly machine: AnyStateMachine;
  readonly onMoment: (effect: string, moment: Moment, owner: string) => void;
  /** A write left, and the turn that decided it is not stored. */
  readonly onEarly: (effect: string) => void;
  /** Calls back shortly before this exchange time; not at all when it is past. */
  readonly justBefore: (atMs: number, action: () => void) => void;
}

interface Life {
  readonly effect: string;
  /** Of an alarm: when it rings. */
  readonly ringsAtMs: number | null;
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
    const doneKey = `${path}/${(JSON.parse(eventJson) as { type: string }).type.replace(doneEvent, '')}`;
    const answered = before.get(doneKey);
    before.delete(doneKey);
    const version = expectedVersion + 1;
    this.#running = new Map(
      startedIn(this.#parts.machine, JSON.parse(snapshotJson) as PersistedMachine).map(
        ({ key, effect, ringsAtMs }) => [
          key,
          before.get(key) ?? { effect, ringsAtMs, version, isStored: false, isUnderWay: false },
        ],
      ),
    );
    if (answered) this.#parts.onMoment(answered.effect, 'answered', owner);
    for (const { effect } of this.#bornIn(version)) this.#parts.onMoment(effect, 'invoked', owner);
  }

  stored(owner: string, { expectedVersion }: TurnRecord): void {
    for (const life of this.#bornIn(expectedVersion + 1)) {
      life.isStored = true;
      this.#parts.onMoment(life.effect, 'stored', owner);
      if (life.ringsAtMs !== null)
        this.#parts.justBefore(life.ringsAtMs, () => {
          if ([...this.#running.values()].includes(life)) this.#goUnderWay(life, owner);
        });
    }
  }

  left(owner: string, command: Command): void {
    if (command === 'read') return;
    for (const { effect, isStored } of this.#asking()) {
      if (!isStored) this.#parts.onEarly(effect);
      this.#parts.onMoment(effect, 'sent', owner);
    }
  }

  arrived(owner: string): void {
    for (const life of this.#asking()) this.#goUnderWay(life, owner);
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

  /** Those whose requests are on the wire: an alarm makes none. */
  #asking(): Life[] {
    return [...this.#running.values()].filter(({ ringsAtMs }) => ringsAtMs === null);
  }
}

const doneEvent = /^xstate\.done\.actor\./;

interface PersistedMachine {
  readonly children: Readonly<
    Record<string, { readonly src: string; readonly snapshot: PersistedMachine & PersistedEffect }>
  >;
}

interface PersistedEffect {
  readonly status: string;
  readonly input?: { readonly atMs?: number };
}

function startedIn(
  machine: AnyStateMachine,
  { children }: PersistedMachine,
  path = '',
): { key: string; effect: string; ringsAtMs: number | null }[] {
  return Object.entries(children).flatMap(([id, { src, snapshot }]) => {
    if (snapshot.status !== 'active') return [];
    const inner = machineIn(machine, src);
    if (inner) return startedIn(inner, snapshot, id);
    return [{ key: `${path}/${id}`, effect: nameOf(machine, src), ringsAtMs: snapshot.input?.atMs ?? null }];
  });
}
