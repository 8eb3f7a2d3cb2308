/**
 * Shows the machines to watchers. A watcher sends nothing back, and its failures never reach a task: no method throws.
 */
import type { AnyActorRef, InspectionEvent } from 'xstate';

/** Name of a root actor, the same after the actor is restored, e.g. a task's id. Never an account's name. */
export type RootName = string;

export interface Inspection {
  /** Takes what XState's `inspect` hook reports of the actors under this root. Costs little without a watcher. */
  see(root: RootName, event: InspectionEvent): void;
  /** Shows this actor to every watcher that connects from now on. */
  follow(root: RootName, actor: AnyActorRef): void;
  /** Shows a root actor that is new here to who watches already, as long as they are not shown too many. */
  arrived(root: RootName, standing: () => StandingActor): void;
  /** Shows the actor of this name to no new watcher any more. */
  leave(root: RootName): void;
}

/** A root actor in its present state. */
export interface StandingActor {
  readonly root: RootName;
  /** Its machine. */
  readonly logic: unknown;
  /** Persisted snapshot of a passivated task; null when there is an actor to ask. */
  readonly snapshot: unknown;
  /** Null for a passivated task. */
  readonly actor: AnyActorRef | null;
}
