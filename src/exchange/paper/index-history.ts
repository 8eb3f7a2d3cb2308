/**
 * What the index was lately, for the delivery price: the time-weighted average of the last 30 minutes before 08:00 UTC
 * (docs/exchange.md#delivery). Bounded: it forgets what no delivery can need any more.
 */
import { minuteMs } from '../../domain/units.ts';

export const deliveryWindowMs = 30 * minuteMs;
const keptMs = 2 * deliveryWindowMs;
const sampleEveryMs = 1_000;

interface Sample {
  readonly atMs: number;
  readonly price: number;
}

export class IndexHistory {
  #samples: Sample[] = [];

  addPrice(atMs: number, price: number): void {
    const last = this.#samples[this.#samples.length - 1];
    if (last && (last.price === price || atMs - last.atMs < sampleEveryMs)) return;
    this.#samples.push({ atMs, price });
    const kept = this.#samples.findIndex((sample) => sample.atMs >= atMs - keptMs);
    // The newest sample before that is kept too, because its price still stood at the start.
    if (kept > 512) this.#samples = this.#samples.slice(kept - 1);
  }

  /** Average from 30 minutes before `deliveryMs` to `untilMs`, each price weighted by how long it stood. */
  averageBefore(deliveryMs: number, untilMs: number): number {
    const fromMs = deliveryMs - deliveryWindowMs;
    let weighted = 0;
    let spanMs = 0;
    this.#samples.forEach((sample, at) => {
      const endMs = Math.min(untilMs, this.#samples[at + 1]?.atMs ?? untilMs);
      const lastedMs = endMs - Math.max(fromMs, sample.atMs);
      if (lastedMs <= 0) return;
      weighted += sample.price * lastedMs;
      spanMs += lastedMs;
    });
    return spanMs > 0 ? weighted / spanMs : (this.#samples[this.#samples.length - 1]?.price ?? 0);
  }
}
