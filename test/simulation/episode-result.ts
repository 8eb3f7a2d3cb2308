/** What one simulated world is asked for beside its plan, and what came of it. */
import type { Watch } from './world/watch.ts';

export interface Violation {
  readonly seed: number;
  readonly atMs: number;
  readonly text: string;
}

export interface EpisodeResult {
  readonly rolls: number;
  readonly orders: number;
  readonly questions: number;
  /** So often an account came to be halted, and rolls waited in the middle for its end. */
  readonly halts: number;
  readonly waited: number;
  /** Beginnings that were held against limits. */
  readonly limited: number;
  readonly crashes: number;
  readonly faults: Readonly<Record<string, number>>;
  /** What came of them, where a fault may also meet nothing. */
  readonly met: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

export interface EpisodeOptions {
  /** What happened, line by line, for the person who has to understand it. */
  readonly onStory?: (atMs: number, line: string) => void;
  readonly watch?: Watch;
}
