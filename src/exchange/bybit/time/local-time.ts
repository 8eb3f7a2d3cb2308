/**
 * The time of this computer, which measures how long a socket was silent, how long to wait before connecting again and how
 * many requests left in the last second. It owns the only timers of this folder. It never stands for the exchange's time,
 * because that clock may run faster than ours (a tape played fast). Tests replace it.
 */
export interface LocalTime {
  /** Milliseconds on a monotonic clock; meaningless as a date. */
  nowMs(): number;
  /** Milliseconds since epoch by this computer's clock; only a first guess of the exchange's time. */
  dateMs(): number;
  /** Runs once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs once, after the code that is running now and its promises; the returned function cancels it. */
  soon(run: () => void): () => void;
}

/** Longer delays overflow a timer and would fire at once. */
const delayMaxMs = 2 ** 31 - 1;

export const localTime: LocalTime = {
  nowMs: () => performance.now(),
  dateMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), delayMaxMs));
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    const immediate = setImmediate(run);
    return () => clearImmediate(immediate);
  },
};
