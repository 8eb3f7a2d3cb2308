/**
 * Time that passes when it is told to: what waits is called in order, and everything that follows from it at once has
 * happened before the next is called. Two things due at the same time come in the order in which they were asked for, so that
 * the same input always tells the same story. The saga's clock and the paper exchange's alike.
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

  /** When the next thing is due; `Infinity` when nothing is. */
  get nextMs(): number {
    for (let next = this.#queue.peek(); next; next = this.#queue.peek()) {
      if (next.action) return next.atMs;
      this.#queue.pop();
    }
    return Number.POSITIVE_INFINITY;
  }

  /** Nothing is due before: the hands are moved. */
  skipTo(atMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /** Lets time pass until `untilMs`, or until `enough` says so. */
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

/** So often a process that plays on virtual time looks at signals, sockets and other processes. */
const breatheEvery = 1_000;
let settled = 0;

/**
 * Resolves when every promise that is due has run: nothing here waits for anything real, and Node calls a tick when no
 * microtask is left. A turn of the event loop would do as well and costs a system call each time.
 */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    settled += 1;
    if (settled % breatheEvery === 0) setImmediate(resolve);
    else process.nextTick(resolve);
  });
