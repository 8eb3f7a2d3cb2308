/**
 * What the saga needs of one account at the exchange, and nothing more. Every rejected promise is one of
 * `Retryable`, `Terminal` or `UnknownOutcome` (domain/errors): the caller never sees an exchange's own code.
 */
import type {
  Fill,
  Margin,
  OrderReport,
  OrderRequest,
  OrderSighting,
  Position,
  Settlement,
} from '../domain/market/order.ts';
import type { Clock } from './clock.ts';
import type { MarketData } from './market-data.ts';

/** One exchange: its market, its clock, and any number of accounts. */
export interface Exchange {
  readonly market: MarketData;
  readonly clock: Clock;
  /** Not opened yet, and nothing is asked for it before. */
  account(key: AccountKey): TradingAccount;
  /** The user of the exchange that a key belongs to; null when it does not tell. @throws Retryable | Terminal */
  ownerOf(key: Credentials): Promise<string | null>;
  /** Ends every connection, of the market and of the accounts. */
  close(): Promise<void>;
}

export interface OrderRef {
  readonly linkId: string;
  readonly symbol: string;
}

/**
 * Every write carries until when it may leave, exchange time: whether it is too late is asked with the very time that
 * the request is signed with, after whatever it had to wait for here. Too late is `Retryable`: it has not left.
 * Domain/write-window.ts says why.
 */
export interface TradingAccount {
  /** Connects the private stream and keeps it connected; resolves when it is live for the first time. */
  open(listener: AccountListener): Promise<void>;
  close(): Promise<void>;

  /** Resolves when the request was *acknowledged*, which proves nothing about fills. */
  submit(order: OrderRequest, notAfterMs: number): Promise<void>;
  /** Changes the limit price of an open order; acknowledgement only. */
  amend(order: OrderRef & { readonly price: string }, notAfterMs: number): Promise<void>;
  cancel(order: OrderRef, notAfterMs: number): Promise<void>;
  /** One pass over open and recent orders, history and executions. */
  findOrder(order: OrderRef): Promise<OrderSighting>;

  /** The position in one symbol, flat or not. */
  position(symbol: string): Promise<Position>;
  /** Every open option position of the account. */
  positions(): Promise<readonly Position[]>;
  margin(): Promise<Margin>;
  /** What became of a position in an option that was delivered; `null` while nothing of it is on record. */
  settlement(option: { readonly symbol: string; readonly expiryMs: number }): Promise<Settlement | null>;
}

/** What the private stream says. Reports may repeat, come late or out of order. */
export interface AccountListener {
  order(report: OrderReport): void;
  fill(fill: Fill): void;
  /** A position as the stream shows it, flat or not; pushed on every change and also without one. */
  position(position: Position): void;
  /** The exchange does not let the account in at all: its log-in is refused, or nothing answers there. `connected` ends it. */
  barred?(said: string): void;
  /** Nothing was asked for the account for some minutes: whether it is still let in is known only by asking. */
  idle?(): void;
  /** The stream is live (again): whatever happened before was possibly missed and must be looked up. */
  connected(): void;
  disconnected(reason: string): void;
}

/** Credentials of one account; never logged, never stored unencrypted. */
export interface Credentials {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface AccountKey extends Credentials {
  /** Our own id of the account. */
  readonly accountId: string;
}
