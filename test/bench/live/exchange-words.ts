/** The commands that the bench sends to the process of the exchange. Plain values, because they travel between processes. */

export interface ExchangeOptions {
  readonly accounts: number;
  /** Their API keys are this and a number from 0. */
  readonly prefix: string;
  /** What each is short of. */
  readonly qty: string;
}

/** What a price has caused. */
export interface Reaction {
  /** From its last byte to the first byte of the order that closes leg 1. */
  readonly totalMs: number;
  /** From the report of leg 1's last execution to the first byte of the order that opens leg 2. */
  readonly intervalMs: number;
  /** How often something was asked for before the first order, and between the two. */
  readonly asked: number;
  readonly askedBetween: number;
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

export interface Addresses {
  readonly url: string;
  readonly wsUrl: string;
}

export interface ExchangeCommands {
  /** @param awayMs what a request and its answer take on the way, beside what they take here */
  readonly addresses: (awayMs: number) => Addresses | Promise<Addresses>;
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
