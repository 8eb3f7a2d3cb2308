/**
 * What the saga needs of one account at the exchange, and nothing more. Every promise rejects with `Retryable`,
 * `Terminal` or `UnknownOutcome` (domain/errors): no caller has to know what the codes of an exchange mean.
 */
import type { DecimalString } from '../domain/money.ts';
import type {
  Fill,
  Margin,
  OrderReport,
  OrderRequest,
  OrderSighting,
  Position,
  Settlement,
} from '../domain/market/order.ts';
import type { StandingStop, StopFill, StopKind } from '../domain/market/stops.ts';
import type { AccountFees } from '../domain/market/fee-rates.ts';
import type { KeyFacts } from '../domain/orders/key-facts.ts';
import type { CheckedOrder, PreCheck } from '../domain/market/pre-check.ts';
import type { Clock } from './clock.ts';
import type { MarketData } from './market-data.ts';

/** One exchange: its market, its clock, and any number of accounts. */
export interface Exchange {
  readonly market: MarketData;
  readonly clock: Clock;
  /** The account, not opened yet: no request is sent before `open`. */
  account(key: AccountKey): TradingAccount;
  /**
   * Id of the exchange's user that a key belongs to; null when the exchange does not show it.
   * @throws Retryable | Terminal
   */
  ownerOf(key: Credentials): Promise<string | null>;
  /** What the exchange says of a key and its account. @throws Retryable; Terminal when it does not accept the key */
  keyFacts(key: Credentials): Promise<KeyFacts>;
  /**
   * The rates that the key's account pays for trades of options; empty where the exchange does not say.
   * @throws Retryable | Terminal
   */
  feeRates(key: Credentials): Promise<AccountFees>;
  /** Ends every connection of the market and of the accounts. */
  close(): Promise<void>;
}

export interface OrderRef {
  readonly linkId: string;
  readonly symbol: string;
}

/**
 * `notAfterMs` of a write is the exchange time until which it may be sent. It is compared with the time that the
 * request is signed with, after all waiting on this side. A request that is too late is not sent and rejects with
 * `Retryable`. The reason is in domain/orders/write-window.ts. A write that may have reached the exchange rejects with
 * `UnknownOutcome`; reads never do.
 */
export interface TradingAccount {
  /** Connects the private stream and keeps it connected; resolves when it is live for the first time. */
  open(listener: AccountListener): Promise<void>;
  /** Ends the private stream and every connection of the account; the listener receives nothing more. */
  close(): Promise<void>;

  /** Places a limit order. Resolves when the request was *acknowledged*, which proves nothing about fills. */
  submit(order: OrderRequest, notAfterMs: number): Promise<void>;
  /** Changes the limit price of an open order. Resolves when the request was acknowledged. */
  amend(order: OrderRef & { readonly price: string }, notAfterMs: number): Promise<void>;
  /** Cancels what is left of an open order. Resolves when the request was acknowledged: fills may still be reported. */
  cancel(order: OrderRef, notAfterMs: number): Promise<void>;
  /** Looks once through open and recent orders, history and executions. An order that is not found may still appear. */
  findOrder(order: OrderRef): Promise<OrderSighting>;

  /**
   * Stops that stand on positions in options, those of owners and those that tasks have put.
   * @throws Retryable | Terminal
   */
  stops(ageMaxMs?: number): Promise<readonly StandingStop[]>;
  /** What stops have executed in this option, as far as the exchange remembers; each once, in no order. */
  stopFills(symbol: string): Promise<readonly StopFill[]>;
  /**
   * Puts the stop-loss of the position, moves it, or takes it away (`mark: null`). Resolves when the request was acknowledged, or
   * was as it is already: `stops` says whether it stands.
   */
  setStop(stop: StopRequest, notAfterMs: number): Promise<void>;

  /** The position in one symbol; without one its side is `null` and its quantity 0. */
  position(symbol: string): Promise<Position>;
  /**
   * Every open option position of the account.
   * @param ageMaxMs how long ago they may have been read, if the stream has told all that was traded since; default 0: they are
   * read now. The same holds for `stops` and `margin`, as far as streams tell of them.
   */
  positions(ageMaxMs?: number): Promise<readonly Position[]>;
  /**
   * How much of a holding beside options the account has, in base coin: short positions, and coins that are owed beyond what
   * there is, are negative; 0 of what it does not have.
   * @param symbol as `SymbolRules.readHolding` gives it
   */
  holding(symbol: string): Promise<DecimalString>;
  /** What the account has and needs as margin: amounts in USD, rates as fractions of 1. */
  margin(ageMaxMs?: number): Promise<Margin>;
  /**
   * What the exchange would say of this order now, with all that is held and open; nothing is placed. `notOffered` without asking
   * for an order that only reduces, and where the environment checks nothing.
   * @param ageMaxMs how long ago it may have been asked about the same option, side and quantity, if the stream has told of no
   * change since; default 0: it is asked now
   * @throws Retryable | Terminal
   */
  preCheck(order: CheckedOrder, ageMaxMs?: number): Promise<PreCheck>;
  /** Whether a decision may be near: until it is not, what may be kept is kept young. Default: nothing is kept. */
  prepare?(isNear: boolean): void;
  /** What became of a position in an option that was delivered; `null` while nothing of it is on record. */
  settlement(option: { readonly symbol: string; readonly expiryMs: number }): Promise<Settlement | null>;
}

export interface StopRequest {
  readonly symbol: string;
  /** Of the option, on its tick grid. */
  readonly mark: DecimalString | null;
}

/** Receives what the private stream reports. Reports may repeat, come late or out of order. */
export interface AccountListener {
  /** The state of an order, which need not be one that this program sent. */
  order(report: OrderReport): void;
  /** A stop was put, moved, taken away or has fired; `stops` and `stopFills` say how they stand. */
  stop?(kind: StopKind, symbol: string): void;
  /** One execution; the same `execId` may come twice. */
  fill(fill: Fill): void;
  /** A position as the stream shows it, flat or not; pushed on every change and also without one. */
  position(position: Position): void;
  /** The exchange refuses the account's log-in, or does not answer there. Over with the next `connected`. */
  barred?(said: string): void;
  /** No request was made for the account for minutes: only a request shows whether it still has access. */
  idle?(): void;
  /** The stream is live, for the first time or again: what happened before may have been missed; look it up. */
  connected(): void;
  /** The stream is down and will be connected again; the reason is for the log. */
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
