/** Watching the machines. A watcher never answers, and nothing that goes wrong on its side comes back. */
import type { AnyActorRef, InspectionEvent } from 'xstate';

/** A name for a root actor, the same whenever it is brought back, e.g. a task's id. Never an account's. */
export type RootName = string;

export interface Inspection {
  /** What XState's `inspect` hook reports of the system under this root. Costs little while there is no watcher. */
  see(root: RootName, event: InspectionEvent): void;
  /** From now on this actor is shown to every watcher that comes. */
  follow(root: RootName, actor: AnyActorRef): void;
  leave(root: RootName): void;
}

/** A root actor as it stands; a passivated one has no actor. */
export interface StandingActor {
  readonly root: RootName;
  /** Its machine. */
  readonly logic: unknown;
  readonly snapshot: unknown;
  readonly actor: AnyActorRef | null;
}
