/** Waits by the exchange's clock, the only time that the runtime knows. */
import type { Clock } from '../ports/clock.ts';

/** Resolves after `forMs` of exchange time, never synchronously. */
export const pause = (clock: Clock, forMs: number): Promise<void> =>
  new Promise((resolve) => {
    clock.alarm(clock.nowMs() + forMs, resolve);
  });
