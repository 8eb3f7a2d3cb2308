/** The commands that the bench sends to the process of the exchange. Plain values, because they travel between processes. */

export interface ExchangeOptions {
  readonly accounts: number;
  /** Their API keys are this and a number from 0. */
  readonly prefix: string;
  /** What each is short of. */
  readonly qty: string;
}

/** From the last byte of a price to the first byte of the order that it caused, and what that is made of. */
export interface Reaction {
  readonly totalMs: number;
  /** Until the first reading of positions, margin or chain arrives. */
  readonly toFirstReadMs: number;
  /** Until the last of them is answered. */
  readonly readingMs: number;
  /** Until the order arrives. */
  readonly toOrderMs: number;
}

export interface TallyOptions {
  readonly prefix: string;
  readonly accounts: number;
  readonly tasksEach: number;
  /** What each leg of a task is to trade. */
  readonly qty: string;
  /** Exchange time of the price. */
  readonly sinceMs: number;
}

/** What the tasks have traded since a price, by the exchange's own books; times are ms since the price. */
export interface HerdTally {
  /** Tasks whose old leg was sent, tasks whose new leg is filled, and what that took. */
  readonly closing: number;
  readonly rolled: number;
  readonly lastClosingMs: number;
  readonly lastRolledMs: number;
  /** When each account's last roll was done. */
  readonly accountsMs: readonly number[];
  /** All that were accepted. */
  readonly orders: number;
  /** Legs that traded more than they should. */
  readonly twice: readonly string[];
}

export interface ExchangeCommands {
  readonly addresses: () => { readonly url: string; readonly wsUrl: string };
  readonly open: (options: ExchangeOptions) => void;
  readonly ordersAccepted: () => number;
  /** Exchange time. */
  readonly nowMs: () => number;
  /** @returns the exchange's time */
  readonly setIndex: (price: string) => number;
  /** Sets the price and waits for the next order. */
  readonly react: (price: string) => Promise<Reaction>;
  readonly tally: (options: TallyOptions) => HerdTally;
}
