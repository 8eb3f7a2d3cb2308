/**
 * At most `limit` passes within any window of local time; the others queue in order, the urgent ones before the rest. It
 * owns waiting so that the exchange never has to refuse us for hurry (docs/exchange.md#rate-limits); it leaves what the
 * passes are for to its callers.
 */
import { Retryable } from '../../../domain/errors.ts';
import type { LocalTime } from '../time/local-time.ts';

export interface RollingWindowOptions {
  /** For error messages: `order/create`. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
  /** A longer queue than this is refused rather than grown. */
  readonly waitersMax: number;
  readonly local: LocalTime;
}

interface Waiter {
  readonly isUrgent: boolean;
  readonly pass: (takenAtMs: number) => void;
  readonly refuse: (error: Retryable) => void;
}

export class RollingWindow {
  readonly #options: RollingWindowOptions;
  /** Local times of the last passes, oldest first, never more than `limit`. */
  #passes: number[] = [];
  #waiters: Waiter[] = [];
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  #stopTimer: (() => void) | null = null;

  constructor(options: RollingWindowOptions) {
    this.#options = options;
  }

  /** Resolves, with the time it was let go, when the caller may go. @throws Retryable while blocked, and when too many wait already. */
  take(isUrgent = false): Promise<number> {
    const blockedMs = this.#blockedUntilMs - this.#options.local.nowMs();
    if (blockedMs > 0) return Promise.reject(this.#blocked(blockedMs));
    if (this.#waiters.length === 0 && this.#waitMs() <= 0) {
      return Promise.resolve(this.#pass());
    }
    if (this.#waiters.length >= this.#options.waitersMax) {
      return Promise.reject(
        new Retryable(`Too many requests wait for ${this.#options.name}: ${this.#waiters.length}`),
      );
    }
    return new Promise((resolve, reject) => {
      const waiter = { isUrgent, pass: resolve, refuse: reject };
      const behind = isUrgent ? this.#waiters.findIndex((other) => !other.isUrgent) : -1;
      this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
      this.#schedule();
    });
  }

  /**
   * The other side has answered one that was let go at `takenAtMs`: it counted it at the latest now. Until then it may
   * count it at any moment, so requests sent apart but received together are not one too many.
   */
  answered(takenAtMs: number): void {
    const at = this.#passes.indexOf(takenAtMs);
    if (at < 0) return;
    this.#passes.splice(at, 1);
    this.#passes.push(this.#options.local.nowMs());
  }

  /** Refuses everybody, those in the queue included, for so long. */
  block(durationMs: number): void {
    this.#blockedUntilMs = this.#options.local.nowMs() + durationMs;
    this.#refuseWaiters(this.#blocked(durationMs));
  }

  /** Refuses those in the queue, for a caller that shuts down. */
  close(): void {
    this.#refuseWaiters(new Retryable(`Closed while waiting for ${this.#options.name}`));
  }

  #waitMs(): number {
    const { limit, windowMs, local } = this.#options;
    const oldest = this.#passes[0];
    return oldest === undefined || this.#passes.length < limit ? 0 : oldest + windowMs - local.nowMs();
  }

  #pass(): number {
    const takenAtMs = this.#options.local.nowMs();
    this.#passes.push(takenAtMs);
    if (this.#passes.length > this.#options.limit) this.#passes.shift();
    return takenAtMs;
  }

  #schedule(): void {
    this.#stopTimer ??= this.#options.local.after(Math.max(Math.ceil(this.#waitMs()), 0), () => {
      this.#stopTimer = null;
      while (this.#waiters.length > 0 && this.#waitMs() <= 0) {
        const takenAtMs = this.#pass();
        this.#waiters.shift()?.pass(takenAtMs);
      }
      if (this.#waiters.length > 0) this.#schedule();
    });
  }

  #refuseWaiters(error: Retryable): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const refused = this.#waiters;
    this.#waiters = [];
    for (const waiter of refused) waiter.refuse(error);
  }

  #blocked(remainingMs: number): Retryable {
    const seconds = Math.ceil(remainingMs / 1000);
    return new Retryable(`Bybit refuses this address for hurry: no requests for another ${seconds} s`, {
      retryAfterMs: remainingMs,
    });
  }
}
