/** Local time moved by hand, so that tests of clocks and limits wait for nothing. */
import type { LocalTime } from '../../../src/exchange/bybit/time/local-time.ts';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class HandTime implements LocalTime {
  #nowMs = 1_000;
  #timers = new Set<Timer>();

  nowMs = (): number => this.#nowMs;
  dateMs = (): number => 1_900_000_000_000 + this.#nowMs;
  after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };
  soon = (run: () => void): (() => void) => this.after(0, run);

  /** Moves time forward and runs due timers in order; promises settle in between. */
  async pass(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await Promise.resolve();
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (!next || next.atMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }
}
