/**
 * A drill: something that goes wrong, brought about on a real daemon, and what the person on call is told of it. The runbook is made
 * of these descriptions, and the test of a drill waits for every word that its description promises, so that neither can drift.
 */
import type { DrillStage } from './stage.ts';

/** Where a person looks. */
export type Place = 'log' | 'alert' | 'ready' | 'doctor' | 'status';

/** Words that are seen there, as they are written; `…` stands for what differs from time to time. */
export interface Sight {
  readonly at: Place;
  readonly says: string;
}

export interface Drill<Stage extends DrillStage = DrillStage> {
  /** By which it is run: `npm run drill -- NAME`. */
  readonly name: string;
  readonly title: string;
  /** What goes wrong, as sentences. */
  readonly happens: string;
  /** While it lasts. */
  readonly sees: readonly Sight[];
  readonly mendsItself: string;
  /** Once it is over. */
  readonly mended: readonly Sight[];
  readonly needsAHand: string;
  /** A roll is asked for while it lasts, and is complete in the end; else one is made afterwards. */
  readonly rollsMeanwhile?: boolean;
  /** Brings it about. @returns what ends it, called once everything was seen */
  strike(stage: Stage): Promise<() => Promise<void>>;
}
