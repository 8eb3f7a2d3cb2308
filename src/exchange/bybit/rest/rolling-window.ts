/**
 * At most `limit` passes within any window of local time; other callers queue in order, the urgent ones before the rest. It
 * owns waiting, so that the exchange never refuses us for sending too fast (docs/exchange.md#rate-limits); callers decide
 * what a pass is for.
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

export type Urgency = 'urgent' | 'usual';

interface Waiter {
  readonly urgency: Urgency;
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

  /**
   * @returns the local time of the pass, in ms, as soon as the caller may go
   * @throws Retryable while blocked, and when too many callers wait already
   */
  take(urgency: Urgency = 'usual'): Promise<number> {
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
      const waiter = { urgency, pass: resolve, refuse: reject };
      const behind =
        urgency === 'urgent' ? this.#waiters.findIndex((other) => other.urgency !== 'urgent') : -1;
      this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
      this.#schedule();
    });
  }

  /** The share of the window that is free now, 0 to 1: none while blocked. */
  get room(): number {
    const { limit, windowMs, local } = this.#options;
    const nowMs = local.nowMs();
    if (nowMs < this.#blockedUntilMs) return 0;
    // Oldest first, so that a window that was not used lately costs one comparison.
    const used = this.#passes.length - 1 - this.#passes.findLastIndex((atMs) => atMs <= nowMs - windowMs);
    return (limit - used) / limit;
  }

  /** How many callers are in the queue. */
  get waiting(): number {
    return this.#waiters.length;
  }

  /**
   * The request that passed at `takenAtMs` was answered, so the exchange has counted it by now. Before that it may count it
   * at any moment; moving the pass to now keeps requests that are sent apart but arrive together within the limit.
   */
  noteAnswered(takenAtMs: number): void {
    const at = this.#passes.indexOf(takenAtMs);
    if (at < 0) return;
    this.#passes.splice(at, 1);
    this.#passes.push(this.#options.local.nowMs());
  }

  /** Refuses every caller for `durationMs`, those in the queue included. */
  block(durationMs: number): void {
    this.#blockedUntilMs = this.#options.local.nowMs() + durationMs;
    this.#refuseWaiters(this.#blocked(durationMs));
  }

  /** Refuses the callers in the queue. */
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
    return new Retryable(
      `Bybit refuses this address because it sent too many requests: no requests for another ${seconds} s`,
      {
        retryAfterMs: remainingMs,
      },
    );
  }
}
