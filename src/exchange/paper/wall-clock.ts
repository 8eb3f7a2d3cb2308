/**
 * The machine's own time; nothing else in the paper exchange reads it. Everything a client sees is stamped with the
 * exchange's clock (tape-clock.ts); this one only measures how long things really take.
 */
export interface WallClock {
  /** Monotonic milliseconds with a fraction, from an arbitrary zero. */
  nowMs(): number;
  /** Milliseconds since epoch, for defaults such as "start the market now". */
  epochMs(): number;
  /** Calls `action` once after `delayMs`; the returned function cancels that. */
  after(delayMs: number, action: () => void): () => void;
  sleep(delayMs: number): Promise<void>;
  /** Lets waiting I/O run, at least once, for `delayMs` or until `isEnough`; much finer than a timer. */
  breathe(delayMs: number, isEnough: () => boolean): Promise<void>;
}

export const systemWallClock: WallClock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  sleep: (delayMs) =>
    new Promise((resolve) => {
      setTimeout(resolve, delayMs);
    }),
  breathe(delayMs, isEnough) {
    const untilMs = performance.now() + delayMs;
    return new Promise((resolve) => {
      const look = (): void => {
        if (isEnough() || performance.now() >= untilMs) resolve();
        else setImmediate(look);
      };
      setImmediate(look);
    });
  },
};
