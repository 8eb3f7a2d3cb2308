/**
 * Lets virtual time pass for as long as something that was asked for has not come, so that a case written for real time
 * runs on a simulated world or a backtest as it stands.
 */
import { settle } from '../../src/backtest/virtual-time.ts';

export interface VirtualHands {
  nowMs(): number;
  /** When the next thing is due; `Infinity` when nothing is. */
  readonly nextMs: number;
  passTo(untilMs: number): Promise<void>;
}

const stepMs = 1_000;

export class VirtualDrive {
  readonly #time: VirtualHands;
  #step: Promise<void> | null = null;

  constructor(time: VirtualHands) {
    this.#time = time;
  }

  /** @throws Error when it does not hold after `maxMs` of virtual time */
  readonly until = async (what: string, holds: () => boolean, maxMs = 3_600_000): Promise<void> => {
    const endMs = this.#time.nowMs() + maxMs;
    await settle();
    while (!holds()) {
      if (this.#time.nowMs() >= endMs) throw new Error(`waited ${maxMs} ms in vain until ${what}`);
      await this.#pass();
    }
  };

  /** @throws whatever `work` rejects with */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    let isOver = false;
    work.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    await this.until('a call returns', () => isOver);
    return work;
  }

  /** The same object; time passes while its methods, and the batches they bring, are awaited. */
  driven<Target extends object>(target: Target): Target {
    return new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          const answer: unknown = Reflect.apply(value, target, given);
          if (answer instanceof Promise) return this.during(answer);
          const isBatches = typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
          return isBatches ? this.#batches(answer as AsyncIterable<unknown>) : answer;
        };
      },
    });
  }

  async *#batches<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch, void> {
    const iterator = batches[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.during(iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** Whoever waits at the same time waits for the same step. */
  #pass(): Promise<void> {
    const { nextMs } = this.#time;
    const nowMs = this.#time.nowMs();
    this.#step ??= this.#time.passTo(Math.min(Math.max(nextMs, nowMs), nowMs + stepMs)).finally(() => {
      this.#step = null;
    });
    return this.#step;
  }
}
