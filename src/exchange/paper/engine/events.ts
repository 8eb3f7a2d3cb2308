/** What the engine reports of an account; the private stream makes frames of it at once, of the state as it is then. */
import type { Account } from './account.ts';
import type { Side } from '../../../domain/market/order.ts';
import type { PaperFill, PaperOrder } from './types.ts';

export interface EngineEvents {
  /** `told` overrides fields of this one message (the second `Filled` of a late cancel). */
  order(account: Account, order: PaperOrder, delayMs: number, told?: Partial<PaperOrder>): void;
  fills(account: Account, fills: readonly PaperFill[], delayMs: number): void;
  position(account: Account, symbol: string, delayMs: number): void;
  wallet(account: Account, delayMs: number): void;
  /** For the public stream; `side` is the taker's, which may be the market maker. */
  traded?(fills: readonly PaperFill[], side: Side): void;
  /** Something worth saving happened. */
  changed(): void;
}
