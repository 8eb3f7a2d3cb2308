/**
 * Sends watchers what happens to actors. Every watcher is introduced to an actor before it receives anything else about it.
 * Without watchers nothing is kept and no message is made. Events seen inside a turn become messages after it, so that a
 * failure here cannot reach the turn.
 */
import type { Logger } from 'pino';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { Inspection, RootName, StandingActor } from '../../ports/inspection.ts';
import { InspectorMessages, parentOf, type InspectorMessage } from './messages.ts';

/** A watcher that knows so many actors is introduced to others only when something happens to them. */
export const introducedMax = 100;

export interface Watcher {
  /** The only root that the watcher asked for; `null` means all. */
  readonly only: RootName | null;
  /** Sessions that the watcher was introduced to. */
  readonly known: Set<string>;
  send(text: string): void;
}

export interface NarratorOptions {
  readonly watchers: ReadonlySet<Watcher>;
  readonly nowMs: () => number;
  readonly log: Logger;
}

export class Narrator implements Inspection {
  readonly #watchers: ReadonlySet<Watcher>;
  readonly #messages: InspectorMessages;
  readonly #log: Logger;
  readonly #followed = new Map<RootName, AnyActorRef>();
  #seen: { readonly root: RootName; readonly inspected: InspectionEvent }[] = [];

  constructor({ watchers, nowMs, log }: NarratorOptions) {
    this.#watchers = watchers;
    this.#messages = new InspectorMessages(nowMs);
    this.#log = log;
  }

  /** Keeps these texts (keys and secrets) out of every message from now on. */
  hide(...texts: readonly string[]): void {
    this.#messages.hide(...texts);
  }

  follow(root: RootName, actor: AnyActorRef): void {
    this.#followed.set(root, actor);
  }

  leave(root: RootName): void {
    this.#followed.delete(root);
  }

  arrived(root: RootName, standing: () => StandingActor): void {
    const watchers = [...this.#watchers].filter(
      ({ known, only }) => known.size < introducedMax && (only ?? root) === root,
    );
    if (watchers.length === 0) return;
    this.#guarded(root, () => {
      for (const message of this.#messages.ofStanding(standing()))
        for (const watcher of watchers) introduce(watcher, message);
    });
  }

  see(root: RootName, inspected: InspectionEvent): void {
    if (this.#watchers.size === 0) return;
    if (this.#seen.push({ root, inspected }) === 1) setImmediate(() => this.flush());
  }

  /** Introduces a new watcher to every followed and standing actor. */
  introduceAll(watcher: Watcher, standing: Iterable<StandingActor>): void {
    this.flush();
    const followed = [...this.#followed].map(([root, actor]) => ({
      root,
      logic: null,
      snapshot: null,
      actor,
    }));
    for (const each of [...followed, ...standing])
      this.#guarded(each.root, () => {
        for (const message of this.#messages.ofStanding(each)) introduce(watcher, message);
      });
  }

  /** Sends everything seen so far; without this call that happens in the next turn of the event loop. */
  flush(): void {
    const seen = this.#seen;
    this.#seen = [];
    for (const { root, inspected } of seen)
      this.#guarded(root, () => {
        const message = this.#messages.of(root, inspected);
        if (message) this.#pass(message, inspected.actorRef as AnyActorRef);
      });
  }

  #pass(message: InspectorMessage, actor: AnyActorRef): void {
    for (const watcher of this.#watchers) {
      if (watcher.only !== null && watcher.only !== message.root) continue;
      if (message.type === '@xstate.actor') introduce(watcher, message);
      else {
        this.#introduceFirst(watcher, message.root, actor);
        watcher.send(message.text);
      }
      if (message.isLast && message.sessionId !== message.root) watcher.known.delete(message.sessionId);
    }
  }

  /** Introduces an actor that the watcher does not know, after its parents. */
  #introduceFirst(watcher: Watcher, root: RootName, actor: AnyActorRef): void {
    if (watcher.known.has(this.#messages.sessionOf(root, actor))) return;
    const parent = parentOf(actor);
    if (parent) this.#introduceFirst(watcher, root, parent);
    introduce(watcher, this.#messages.ofActor(root, actor));
  }

  #guarded(root: RootName, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.warn({ root, err: error }, 'an actor cannot be shown to the inspector');
    }
  }
}

function introduce(watcher: Watcher, { sessionId, root, text }: InspectorMessage): void {
  const { known, only } = watcher;
  if (known.has(sessionId) || (only !== null && only !== root)) return;
  known.add(sessionId);
  watcher.send(text);
}
