/**
 * A clock that is moved by hand, for the saga and the paper exchange. Timers fire in order, and all promises that follow from
 * one have settled before the next fires. Timers due at the same time fire in the order in which they were set, so that the same
 * input always gives the same result.
 */
import TinyQueue from 'tinyqueue';
import type { WallClock } from '../exchange/paper/wall-clock.ts';
import type { Clock } from '../ports/clock.ts';

interface Due {
  readonly atMs: number;
  readonly order: number;
  action: (() => void) | null;
}

export class VirtualTime implements Clock, WallClock {
  readonly #queue = new TinyQueue<Due>([], (a, b) => a.atMs - b.atMs || a.order - b.order);
  #nowMs: number;
  #order = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
  }

  alarm(atMs: number, ring: () => void): () => void {
    return this.after(atMs - this.#nowMs, ring);
  }

  after(delayMs: number, action: () => void): () => void {
    const due: Due = { atMs: this.#nowMs + Math.max(0, delayMs), order: (this.#order += 1), action };
    this.#queue.push(due);
    return () => {
      due.action = null;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.after(delayMs, resolve));
  }

  breathe(delayMs: number): Promise<void> {
    return this.sleep(delayMs);
  }

  /** When the next timer is due; `Infinity` when there is none. */
  get nextMs(): number {
    for (let next = this.#queue.peek(); next; next = this.#queue.peek()) {
      if (next.action) return next.atMs;
      this.#queue.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Moves the clock without firing timers; the caller knows that none is due before. */
  skipTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** Fires timers until `untilMs`, or until `enough` returns true. */
  async passTo(untilMs: number, enough: () => boolean = () => false): Promise<void> {
    while (!enough()) {
      if (this.nextMs > untilMs) {
        this.skipTo(untilMs);
        return;
      }
      const next = this.#queue.pop();
      this.#nowMs = Math.max(this.#nowMs, next?.atMs ?? 0);
      next?.action?.();
      await settle();
    }
  }
}

/** After so many calls, one lets the process handle signals, sockets and other processes. */
const breatheEvery = 1_000;
let settled = 0;

/**
 * Resolves when no promise callback is left to run. This is enough because nothing waits for I/O here, and Node runs the next
 * tick when no microtask is left. A turn of the event loop would do as well, but costs a system call each time.
 */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    settled += 1;
    if (settled % breatheEvery === 0) setImmediate(resolve);
    else process.nextTick(resolve);
  });
