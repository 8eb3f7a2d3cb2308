/** Time as the saga sees it: the exchange's clock. The only source of time for domain, machines and runtime. */
export interface Clock {
  /** Milliseconds since epoch, exchange time. */
  nowMs(): number;
  /** Calls `ring` once, as soon as `nowMs() >= atMs` (never synchronously); the returned function cancels it. */
  alarm(atMs: number, ring: () => void): () => void;
}
