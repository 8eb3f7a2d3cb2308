/**
 * Virtual time of a simulated world: whatever waits is called in order of its time, and everything that follows at once
 * (promises included) has happened before the next is called. Two things due at the same time come in the order in
 * which they were asked for, so that a seed always tells the same story.
 */
import TinyQueue from 'tinyqueue';
import type { WallClock } from '../../../src/exchange/paper/wall-clock.ts';

interface Due {
  readonly atMs: number;
  readonly order: number;
  action: (() => void) | null;
}

export class Timeline implements WallClock {
  readonly #queue = new TinyQueue<Due>([], (a, b) => a.atMs - b.atMs || a.order - b.order);
  #nowMs = 0;
  #order = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  epochMs(): number {
    return this.#nowMs;
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

  /** Lets time pass until `untilMs`, or until `enough` says so. */
  async run(untilMs: number, enough: () => boolean = () => false): Promise<void> {
    await settle();
    while (!enough()) {
      const next = this.#queue.peek();
      if (!next || next.atMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      this.#queue.pop();
      if (!next.action) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
      await settle();
    }
  }
}

/** Nothing in a simulated world waits for anything real, so one turn of the event loop runs every promise dry. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
