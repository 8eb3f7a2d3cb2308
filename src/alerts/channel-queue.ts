/**
 * What is loaded of one channel and not settled yet. It owns the order (one delivery of a lane at a time, oldest first) and
 * the channel's own pause after failures; who loads, sends and settles is delivery-run.ts.
 */
import type { DueDelivery } from '../ports/deliveries.ts';

/** Enough to try another lane next time. */
const loadedWhileFailingMax = 4;

export class ChannelQueue {
  readonly channelId: string;
  /** By lane, oldest first; the one under way is the first of its lane. */
  readonly #lanes = new Map<string, DueDelivery[]>();
  readonly #loaded = new Set<string>();
  readonly #active = new Set<string>();
  #failures = 0;
  #works = false;
  #hasMore = false;
  #pausedUntilMs = 0;

  constructor(channelId: string) {
    this.channelId = channelId;
  }

  /** Loaded deliveries, those under way included. */
  get size(): number {
    return this.#loaded.size;
  }

  /** There may be more that is due than what is loaded. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  get underWay(): number {
    return this.#active.size;
  }

  /** Attempts that failed since the last one that did not. */
  get failures(): number {
    return this.#failures;
  }

  /** The last attempt reached the receiver. */
  get works(): boolean {
    return this.#works;
  }

  get pausedUntilMs(): number {
    return this.#pausedUntilMs;
  }

  /**
   * Adds what is not loaded yet.
   * @param limit how many were asked for: if so many came, there may be more
   */
  accept(deliveries: readonly DueDelivery[], limit: number): void {
    const fresh = deliveries
      .filter(({ deliveryId }) => !this.#loaded.has(deliveryId))
      .slice(0, this.#failures > 0 ? loadedWhileFailingMax : deliveries.length);
    for (const delivery of fresh) {
      this.#loaded.add(delivery.deliveryId);
      const lane = this.#lanes.get(delivery.lane);
      if (lane) lane.push(delivery);
      else this.#lanes.set(delivery.lane, [delivery]);
    }
    this.#hasMore = deliveries.length >= limit || this.#failures > 0;
  }

  /** The oldest delivery whose lane is free, now under way; `null` when there is none or the channel pauses. */
  begin(nowMs: number): DueDelivery | null {
    if (nowMs < this.#pausedUntilMs) return null;
    for (const [lane, [first]] of this.#lanes) {
      if (first === undefined || this.#active.has(lane)) continue;
      this.#active.add(lane);
      return first;
    }
    return null;
  }

  /** The delivery reached the receiver, or was given up: the next one of its lane may follow. */
  end({ lane, deliveryId }: DueDelivery, { hasFailed }: { readonly hasFailed: boolean }): void {
    this.#active.delete(lane);
    this.#loaded.delete(deliveryId);
    const rest = (this.#lanes.get(lane) ?? []).filter((one) => one.deliveryId !== deliveryId);
    this.#lanes.delete(lane);
    // At the end, so that no lane keeps the others waiting.
    if (rest.length > 0) this.#lanes.set(lane, rest);
    if (!hasFailed) {
      this.#failures = 0;
      this.#works = true;
      this.#pausedUntilMs = 0;
    }
  }

  /** The delivery has to wait: so has its lane, which is loaded again when it is due. */
  postpone({ lane }: DueDelivery): void {
    this.#active.delete(lane);
    for (const { deliveryId } of this.#lanes.get(lane) ?? []) this.#loaded.delete(deliveryId);
    this.#lanes.delete(lane);
  }

  /** Forgets everything that is not under way: it is still stored. */
  unload(): void {
    this.#hasMore = true;
    for (const [lane, deliveries] of [...this.#lanes]) {
      const [first, ...rest] = deliveries;
      const kept = this.#active.has(lane) && first !== undefined ? [first] : [];
      for (const { deliveryId } of kept.length > 0 ? rest : deliveries) this.#loaded.delete(deliveryId);
      if (kept.length > 0) this.#lanes.set(lane, kept);
      else this.#lanes.delete(lane);
    }
  }

  noteFailure(): void {
    this.#failures += 1;
    this.#works = false;
  }

  pauseUntil(atMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, atMs);
  }
}
