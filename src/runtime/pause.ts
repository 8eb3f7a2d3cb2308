/** Waiting for the exchange's clock, which is all the time that the runtime knows. */
import type { Clock } from '../ports/clock.ts';

/** Resolves after so long, never synchronously. */
export const pause = (clock: Clock, forMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.alarm(clock.nowMs() + forMs, resolve);
  });
