/** A wait that may be cut short. A call that comes while nothing waits cuts the next wait short, so that no call is lost. */
import { setTimeout as sleep } from 'node:timers/promises';

export class WakeablePause {
  #waking = new AbortController();

  /** Resolves after so long, or as soon as it is woken. */
  async wait(ms: number): Promise<void> {
    const { signal } = this.#waking;
    await sleep(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) this.#waking = new AbortController();
  }

  wake(): void {
    this.#waking.abort();
  }
}
