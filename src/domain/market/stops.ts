/**
 * Stops that stand at the exchange on positions in options, and what those that fired have executed. Nobody gave them a link id:
 * only their kind says that a position was closed by a stop. Each is of a whole position and fires on the option's mark price.
 */
import type { DecimalString } from '../money.ts';
import type { Side } from './order.ts';

export type StopKind = 'stopLoss' | 'takeProfit' | 'other';

export interface StandingStop {
  readonly symbol: string;
  readonly kind: StopKind;
  /** Of the whole position in the account, in base coin. */
  readonly qty: DecimalString;
  /** Mark price of the option at which it fires. */
  readonly mark: DecimalString;
}

/** What one stop that has fired has executed. Quantity in base coin, value and fee in settle coin. */
export interface StopFill {
  readonly symbol: string;
  readonly kind: StopKind;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly value: DecimalString;
  readonly fee: DecimalString;
  readonly atMs: number;
}
