/** What the engine reports of an account; the private stream makes frames of it at once, of the state as it is then. */
import type { Account } from './account.ts';
import type { Side } from '../../../domain/market/order.ts';
import type { PaperFill, PaperOrder } from './types.ts';

export interface OrderReport {
  /** The engine's own object, which changes later. */
  readonly order: PaperOrder;
  /** Fields that this one message shows otherwise (the second `Filled` of a late cancel). */
  readonly overrides?: Partial<PaperOrder> | undefined;
  readonly delayMs: number;
}

/** Delays are wall time between the event and its message. */
export interface EngineEvents {
  order(account: Account, report: OrderReport): void;
  fills(account: Account, fills: readonly PaperFill[], delayMs: number): void;
  position(account: Account, symbol: string, delayMs: number): void;
  wallet(account: Account, delayMs: number): void;
  /** A perpetual was given to the account, or taken from it. */
  holding?(account: Account, symbol: string): void;
  /** For the public stream; `side` is the taker's, which may be the market maker. */
  traded?(fills: readonly PaperFill[], side: Side): void;
  /** Something worth saving happened. */
  changed(): void;
}
