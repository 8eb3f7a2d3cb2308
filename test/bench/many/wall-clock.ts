/** This computer's time for a runtime that has no exchange to take it from. */
import type { Clock } from '../../../src/ports/clock.ts';

export const wallClock: Clock = {
  nowMs: () => Date.now(),
  alarm: (atMs, ring) => {
    const timer = setTimeout(ring, Math.max(0, atMs - Date.now()));
    return () => clearTimeout(timer);
  },
};
