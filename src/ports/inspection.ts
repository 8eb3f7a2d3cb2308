/** Somebody may be watching the machines. He never answers, and nothing that goes wrong on his side comes back. */
import type { AnyActorRef, InspectionEvent } from 'xstate';

/** A name for a root actor, the same whenever it is brought back, e.g. a task's id. Never an account's. */
export type RootName = string;

export interface Inspection {
  /** What XState's `inspect` hook tells of the system under this root. Costs a look at whether anybody watches. */
  see(root: RootName, event: InspectionEvent): void;
  /** From now on this actor is shown to whoever begins to watch. */
  follow(root: RootName, actor: AnyActorRef): void;
  leave(root: RootName): void;
}

/** A root actor as it stands; one that rests has no actor. */
export interface StandingActor {
  readonly root: RootName;
  /** Its machine. */
  readonly logic: unknown;
  readonly snapshot: unknown;
  readonly actor: AnyActorRef | null;
}
