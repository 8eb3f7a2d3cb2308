/**
 * What the exchange itself says of an order before it is sent: the margin that the account would have with it. It prices this
 * one order beside everything that is held now, so before leg 1 of a roll it is the worst case: the old short is still there.
 */
import type { RefusalScope } from '../errors.ts';
import type { DecimalString } from '../money.ts';
import type { OrderRequest, Side } from './order.ts';

/** An order as it would be sent, without the id that it would have. */
export type CheckedOrder = Omit<OrderRequest, 'linkId'>;

export type MarginMode = 'isolated' | 'cross' | 'portfolio';

/** Rates are fractions of the account's balance, e.g. `"0.0357"`. */
export type PreCheck =
  /** It would be accepted. */
  | {
      readonly kind: 'rates';
      readonly initialRateAfter: DecimalString;
      readonly maintenanceRateAfter: DecimalString;
      /** How the account is margined; absent where that is not known. */
      readonly marginMode?: MarginMode;
    }
  /** It would be refused; a rate is `null` where the exchange does not give it. */
  | {
      readonly kind: 'refused';
      readonly scope: RefusalScope;
      /** Words of the exchange; the code is its own. */
      readonly words: string;
      readonly exchangeCode: string;
      readonly initialRateAfter: DecimalString | null;
      readonly maintenanceRateAfter: DecimalString | null;
      readonly marginMode?: MarginMode;
    }
  /** Nothing is checked here: the environment, the margin mode or the kind of order is not supported. */
  | { readonly kind: 'notOffered' };

/** The answer about one order that a roll would open, as it is put into a reading of the market. */
export interface OrderCheck {
  readonly symbol: string;
  readonly side: Side;
  readonly qty: DecimalString;
  readonly answer: PreCheck;
}

type Checkable = Pick<OrderCheck, 'symbol' | 'side' | 'qty'>;

/** An answer about the one is an answer about the other. */
export const isCheckedAlike = (a: Checkable, b: Checkable): boolean =>
  a.symbol === b.symbol && a.side === b.side && a.qty === b.qty;

/** What is known of this order; `undefined` when it was not asked about. */
export const checkIn = (
  checks: readonly OrderCheck[] | undefined,
  order: Checkable,
): OrderCheck | undefined => checks?.find((each) => isCheckedAlike(each, order));
