/**
 * How long at most the tasks of a shard were watched by no daemon, when this one watches them again. Nothing says when a daemon that
 * was killed has stopped watching, so it is counted from the last moment at which another was seen to hold the shard, or said that
 * it gave it back.
 */
import type { FreedShard } from '../../ports/journal.ts';

export class Unwatched {
  /** Until when a daemon was known to watch, by shard. */
  readonly #watchedUntilMs = new Map<number, number>();

  /** Other daemons held these shards when it was asked. */
  seenHeld(shards: readonly number[], askedAtMs: number): void {
    for (const shard of shards) this.#watchedUntilMs.set(shard, askedAtMs);
  }

  /** A daemon, this one or another, has given a shard back. */
  freed({ shard, forMs }: FreedShard, nowMs: number): void {
    this.#watchedUntilMs.set(shard, nowMs - forMs);
  }

  /** `null` when no daemon is known to have watched it before. */
  forMs(shard: number, nowMs: number): number | null {
    const untilMs = this.#watchedUntilMs.get(shard);
    return untilMs === undefined ? null : Math.max(0, Math.round(nowMs - untilMs));
  }
}
