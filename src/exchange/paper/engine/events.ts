/** What the engine tells the world about an account; the private stream turns it into frames at once, as it is now. */
import type { Account } from './account.ts';
import type { Side } from '../../../domain/market/order.ts';
import type { PaperFill, PaperOrder } from './types.ts';

export interface EngineEvents {
  /** `told` overrides fields of this one message (the second `Filled` of a late cancel). */
  order(account: Account, order: PaperOrder, delayMs: number, told?: Partial<PaperOrder>): void;
  fills(account: Account, fills: readonly PaperFill[], delayMs: number): void;
  position(account: Account, symbol: string, delayMs: number): void;
  wallet(account: Account, delayMs: number): void;
  /** Everybody may know; `side` is the taker's, who may be the market maker. */
  traded?(fills: readonly PaperFill[], side: Side): void;
  /** Something worth saving happened. */
  changed(): void;
}
