/**
 * Bounds on everything that is received from the network. The largest regular answers are pages of a thousand listed
 * options and whole chains of tickers, below 1 MB; the largest frames carry some dozens of rows, below 100 kB.
 */
export const wireLimits = {
  /** One HTTP answer, decompressed. Many accounts may be answered at once, and their pages have 200 rows at the most. */
  marketAnswerBytesMax: 8 * 1024 * 1024,
  accountAnswerBytesMax: 1024 * 1024,
  /** What we send is some hundred bytes. */
  requestBytesMax: 64 * 1024,
  /** One websocket message, all of its fragments together. */
  frameBytesMax: 1024 * 1024,
  fragmentsMax: 1_024,
  /** One list, over all of its pages. */
  pagesMax: 50,
  rowsMax: 20_000,
  /** Time for all pages of one list, as a multiple of one request's time-out; waiting in queues is not counted. */
  listTimeoutsMax: 6,
  /** A name, id or status; a symbol has up to 36 characters, an order link id 45. */
  wordCharsMax: 256,
  cursorCharsMax: 2_048,
} as const;
