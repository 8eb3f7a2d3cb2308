/** A daemon's estimate of exchange time: the true time plus an error that may step, but the estimate never goes backwards. */
import type { Clock } from '../../../src/ports/clock.ts';
import type { SimExchange } from './exchange.ts';
import type { Process } from './process.ts';

export class SimClock implements Clock {
  readonly #exchange: SimExchange;
  readonly #process: Process;
  #skewMs = 0;
  #lastMs = 0;

  constructor(exchange: SimExchange, process: Process) {
    this.#exchange = exchange;
    this.#process = process;
  }

  nowMs(): number {
    this.#lastMs = Math.max(this.#lastMs, Math.round(this.#exchange.nowMs() + this.#skewMs));
    return this.#lastMs;
  }

  /** From now on the estimate is wrong by so much. */
  step(skewMs: number): void {
    this.#skewMs = skewMs;
  }

  alarm(atMs: number, ring: () => void): () => void {
    let callOff = (): void => undefined;
    const wait = (): void => {
      const leftMs = atMs - this.nowMs();
      callOff = this.#process.after(Math.max(leftMs, 0), () => (this.nowMs() >= atMs ? ring() : wait()));
    };
    wait();
    return () => callOff();
  }
}
