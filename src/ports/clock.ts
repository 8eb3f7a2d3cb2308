/** Time as the saga sees it: the exchange's clock. Domain, machines and runtime know no other time. */
export interface Clock {
  /** Milliseconds since epoch, exchange time. */
  nowMs(): number;
  /**
   * Calls `ring` once, as soon as `nowMs() >= atMs`, never synchronously.
   * @returns a function that cancels the alarm
   */
  alarm(atMs: number, ring: () => void): () => void;
}
