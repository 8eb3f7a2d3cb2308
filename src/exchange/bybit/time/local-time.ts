/**
 * Time of this computer: how long a socket was silent, how long to wait before connecting again, how many requests left
 * in the last second. It owns the only timers of this folder and never says what time it is at the exchange, because
 * the exchange's clock may run faster than ours (a tape played fast). Tests replace it.
 */
export interface LocalTime {
  /** Milliseconds on a clock that only runs forward; meaningless as a date. */
  nowMs(): number;
  /** Milliseconds since epoch as this computer believes; only a first guess of the exchange's time. */
  dateMs(): number;
  /** Runs once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
  /** Runs once, after whatever is running now and its promises; the returned function cancels it. */
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
