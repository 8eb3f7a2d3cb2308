/** Time that stands still until a test moves it; alarms ring in order, with everything they cause in between. */
import type { Clock } from '../../src/ports/clock.ts';

export class VirtualClock implements Clock {
  #nowMs: number;
  #alarms: { readonly atMs: number; readonly ring: () => void }[] = [];

  constructor(startMs = Date.UTC(2023, 2, 1)) {
    this.#nowMs = startMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  alarm(atMs: number, ring: () => void): () => void {
    const alarm = { atMs, ring };
    this.#alarms.push(alarm);
    return () => (this.#alarms = this.#alarms.filter((other) => other !== alarm));
  }

  /** Lets whatever is ready happen, then moves on, alarm by alarm. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#alarms = this.#alarms.filter((alarm) => alarm !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.ring();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #next(untilMs: number) {
    return this.#alarms.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
  }
}

/** Every promise that can resolve has resolved. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve));
}
