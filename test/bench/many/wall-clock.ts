/** This computer's time for a runtime that has no exchange to take it from. */
import type { Clock } from '../../../src/ports/clock.ts';

/** Longer delays overflow a timer and would fire at once. */
const delayMaxMs = 2 ** 31 - 1;

export const wallClock: Clock = {
  nowMs: () => Date.now(),
  alarm: (atMs, ring) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = Math.max(0, atMs - Date.now());
      timer = setTimeout(() => (Date.now() >= atMs ? ring() : wait()), Math.min(leftMs, delayMaxMs));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
