/**
 * Observers of what a daemon does, so that it can be counted and timed. They are called as it happens and only note; no method
 * throws, and none keeps what it is given. Where nothing is counted there is no observer.
 */
import type { OrderOutcome } from '../domain/orders/order-progress.ts';
import type { RollPart } from '../domain/explain/state-text.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import type { TurnRecord } from './journal.ts';

/** A turn that changed its task. */
export interface ObservedTurn {
  readonly record: TurnRecord;
  readonly before: RollContext;
  readonly after: RollContext;
  /** Orders that ended in it. */
  readonly orders: readonly OrderOutcome[];
  /** The part of a roll that ended in it; `null` when none did, or its beginning was not seen here. */
  readonly endedPart: EndedPart | null;
  /** Resolves once the turn is durable; never when the journal has refused it. */
  readonly committed: Promise<unknown>;
}

export interface EndedPart {
  readonly part: RollPart;
  /** Exchange time. */
  readonly tookMs: number;
}

export interface RuntimeObserver {
  /** Called before the turn is durable. */
  turn(turn: ObservedTurn): void;
  /** A turn of a task could not be stored, or its machine broke: the task goes back to what the journal knows. */
  lost(): void;
  /** An account is managed again, after no daemon has watched it for so long at most; exchange time. */
  watchedAgain(unwatchedMaxMs: number): void;
  /** A task may read the market and order, after so long in the queue; exchange time. */
  admitted(waitedMs: number): void;
}

export interface ObservedRequest {
  readonly kind: 'create' | 'amend' | 'cancel' | 'read';
  /** How it went, or would have gone: a request of its own, or a frame on the account's socket for orders. */
  readonly way: RequestWay;
  /** As the caller was told: it happened, or may be tried again, or was refused, or is unknown. */
  readonly result: RequestResult;
  /** For room within the rate limits; this computer's time, as `tookMs`. */
  readonly waitedMs: number;
  /** From leaving to the answer; `null` when it was never sent. */
  readonly tookMs: number | null;
}

export const requestWays = ['rest', 'websocket'] as const;
export type RequestWay = (typeof requestWays)[number];

export const requestResults = ['ok', 'retryable', 'refused', 'unknown'] as const;
export type RequestResult = (typeof requestResults)[number];

export interface ExchangeObserver {
  /** A request to the exchange was answered, or given up. */
  request(request: ObservedRequest): void;
}

export interface AnsweredRequest {
  readonly method: string;
  /** As it is registered, never the address that was asked for; `""` where nothing is registered. */
  readonly route: string;
  readonly status: number;
}

export interface ApiObserver {
  /** A request to the API was answered. */
  answered(request: AnsweredRequest): void;
}
