/**
 * What the exchange itself says of an order before it is sent: the margin that the account would have with it. It prices this
 * one order beside everything that is held now, so before leg 1 of a roll it is the worst case: the old short is still there.
 */
import type { RefusalScope } from '../errors.ts';
import type { OrderRequest } from '../market/order.ts';
import type { DecimalString } from '../money.ts';

/** An order as it would be sent, without the id that it would have. */
export type CheckedOrder = Omit<OrderRequest, 'linkId'>;

/** Rates are fractions of the account's balance, e.g. `"0.0357"`. */
export type PreCheck =
  /** It would be accepted. */
  | {
      readonly kind: 'rates';
      readonly initialRateAfter: DecimalString;
      readonly maintenanceRateAfter: DecimalString;
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
    }
  /** Nothing is checked here: the environment, the margin mode or the kind of order is not supported. */
  | { readonly kind: 'notOffered' };
