/** This computer's clock, set to a day on which no option of these tasks is delivered: a delivery would be a turn of each of them. */
import type { Clock } from '../../../src/ports/clock.ts';

/** Longer delays overflow a timer and would fire at once. */
const delayMaxMs = 2 ** 31 - 1;
const aheadMs = Date.UTC(2023, 0, 16) - Date.now();
const nowMs = (): number => Date.now() + aheadMs;

export const wallClock: Clock = {
  nowMs,
  alarm: (atMs, ring) => {
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = Math.max(0, atMs - nowMs());
      timer = setTimeout(() => (nowMs() >= atMs ? ring() : wait()), Math.min(leftMs, delayMaxMs));
    };
    wait();
    return () => clearTimeout(timer);
  },
};
