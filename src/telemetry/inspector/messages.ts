/**
 * Turns XState's inspection events into messages of the protocol of Stately's inspector (`@statelyai/inspect`): plain
 * JSON, one message for an actor with its definition, one for an event, one for a snapshot. Session ids are ours, because
 * XState's are unique only within one actor system, and every task has its own. Secrets never get into a message.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import type { RootName, StandingActor } from '../../ports/inspection.ts';
import { maskAddress } from '../logger.ts';

/** Version of the package whose protocol this is. */
export const protocolVersion = '0.7.2';

/** One message about one actor. */
export interface InspectorMessage {
  readonly type: '@xstate.actor' | '@xstate.event' | '@xstate.snapshot';
  readonly sessionId: string;
  readonly root: RootName;
  /** JSON. */
  readonly text: string;
  /** No further message about this actor will follow. */
  readonly isLast: boolean;
}

interface MessageParts extends Pick<InspectorMessage, 'type' | 'root' | 'sessionId'> {
  readonly fields: { readonly snapshot?: unknown; readonly [field: string]: unknown };
}

const withheld = '(not shown)';
/** A shorter text would also be found inside of words. */
const hiddenMin = 6;
const accountNumber = /\b(accounts?) #?\d+/gi;
const privateKey =
  /secret|password|passphrase|credential|token|cookie|authorization|signature|encryption|^(api_?key|sign|account|account_?id|account_?name|user|user_?id|user_?name|uid)$/i;

export class InspectorMessages {
  readonly #nowMs: () => number;
  readonly #sessions = new WeakMap<AnyActorRef, string>();
  readonly #definitions = new WeakMap<object, string>();
  /** API keys and secrets, which are removed from every message. */
  readonly #hidden = new Set<string>();
  #actorsNamed = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  hide(...texts: readonly string[]): void {
    for (const text of texts)
      if (text.length >= hiddenMin) this.#hidden.add(JSON.stringify(text).slice(1, -1));
  }

  /** @returns null for an event that the protocol has no message for */
  of(root: RootName, inspected: InspectionEvent): InspectorMessage | null {
    const actor = inspected.actorRef as AnyActorRef;
    switch (inspected.type) {
      case '@xstate.actor':
        return this.ofActor(root, actor);
      case '@xstate.event':
        return this.#message({
          type: '@xstate.event',
          root,
          sessionId: this.sessionOf(root, actor),
          fields: {
            event: inspected.event,
            sourceId: inspected.sourceRef
              ? this.sessionOf(root, inspected.sourceRef as AnyActorRef)
              : undefined,
          },
        });
      case '@xstate.snapshot':
        return this.#message({
          type: '@xstate.snapshot',
          root,
          sessionId: this.sessionOf(root, actor),
          fields: { event: inspected.event, snapshot: inspected.snapshot },
        });
      case '@xstate.microstep':
      case '@xstate.action':
      case '@xstate.transition':
        return null;
    }
  }

  /** Introduces an actor in its present state. */
  ofActor(root: RootName, actor: AnyActorRef): InspectorMessage {
    const { logic } = actor as AnyActorRef & { logic: unknown };
    const parent = parentOf(actor);
    const name = parent ? actor.id : root;
    return this.#message({
      type: '@xstate.actor',
      root,
      sessionId: this.sessionOf(root, actor),
      fields: {
        name,
        definition: this.#definitionOf(logic, name),
        parentId: parent ? this.sessionOf(root, parent) : undefined,
        snapshot: actor.getSnapshot() as unknown,
      },
    });
  }

  /** Introduces a task in its present state, with all its active children. */
  *ofStanding({ root, logic, snapshot, actor }: StandingActor): Generator<InspectorMessage> {
    if (actor) {
      yield* this.#withChildren(root, actor);
      return;
    }
    const definition = this.#definitionOf(logic, root);
    yield this.#message({
      type: '@xstate.actor',
      root,
      sessionId: root,
      fields: { name: root, definition, snapshot },
    });
  }

  *#withChildren(root: RootName, actor: AnyActorRef): Generator<InspectorMessage> {
    yield this.ofActor(root, actor);
    const { children = {} } = actor.getSnapshot() as { children?: Record<string, AnyActorRef | undefined> };
    for (const child of Object.values(children)) if (child) yield* this.#withChildren(root, child);
  }

  /** A root's session id is its name; any other actor gets an id of its own. */
  sessionOf(root: RootName, actor: AnyActorRef): string {
    if (!parentOf(actor)) return root;
    let session = this.#sessions.get(actor);
    if (session === undefined) {
      this.#actorsNamed += 1;
      session = `${root}/${actor.id}/${this.#actorsNamed}`;
      this.#sessions.set(actor, session);
    }
    return session;
  }

  /** A machine is defined by its chart, any other actor by its name alone. */
  #definitionOf(logic: unknown, name: string): string {
    const { config } = logic as { config?: unknown };
    if (typeof config !== 'object' || config === null || !('states' in config))
      return JSON.stringify({ id: name });
    let definition = this.#definitions.get(config);
    if (definition === undefined) {
      definition = JSON.stringify(config, shownValue);
      this.#definitions.set(config, definition);
    }
    return definition;
  }

  #message({ type, root, sessionId, fields }: MessageParts): InspectorMessage {
    const createdAt = String(this.#nowMs());
    const whole = {
      type,
      ...fields,
      sessionId,
      rootId: root,
      createdAt,
      id: null,
      _version: protocolVersion,
    };
    const status = (fields.snapshot as { status?: string } | undefined)?.status;
    return {
      type,
      sessionId,
      root,
      text: this.#withoutHidden(maskAddress(JSON.stringify(whole, shownValue))),
      isLast: status !== undefined && status !== 'active',
    };
  }

  #withoutHidden(text: string): string {
    let shown = text.replace(accountNumber, `$1 ${withheld}`);
    for (const hidden of this.#hidden) if (shown.includes(hidden)) shown = shown.replaceAll(hidden, withheld);
    return shown;
  }
}

export const parentOf = (actor: AnyActorRef): AnyActorRef | undefined =>
  (actor as { _parent?: AnyActorRef })._parent;

/** For `JSON.stringify`: functions and errors by name, and no value under a key that may hold a secret. */
function shownValue(key: string, value: unknown): unknown {
  if (typeof value === 'function') return { type: value.name };
  if (privateKey.test(key) && value !== null && value !== undefined) return withheld;
  if (value instanceof Error) return { name: value.name, message: value.message };
  return value;
}
