/** Waits for a stream to tell something. Times are local. */
import type { LocalTime } from '../time/local-time.ts';

export class Changes {
  readonly #local: LocalTime;
  #waiting: (() => void)[] = [];

  constructor(local: LocalTime) {
    this.#local = local;
  }

  /** Something was told. */
  happened(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves with true when something is told, with false when nothing is before that time. */
  before(untilMs: number): Promise<boolean> {
    const withinMs = untilMs - this.#local.nowMs();
    if (withinMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const cancel = this.#local.after(withinMs, () => resolve(false));
      this.#waiting.push(() => {
        cancel();
        resolve(true);
      });
    });
  }
}
