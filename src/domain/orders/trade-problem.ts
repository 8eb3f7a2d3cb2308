/** Why an order could not be placed in an option right now, as codes with their figures. */
import type { Instrument, Side } from '../market/order.ts';
import type { DecimalString } from '../money.ts';
import type { ReasonOf } from '../reason.ts';

/** Quantities in base coin, prices in settle coin. */
export interface TradeProblemFigures {
  readonly quantityBelowMinimum: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly minQty: DecimalString;
  };
  readonly quantityAboveMaximum: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly maxQty: DecimalString;
  };
  readonly quantityOffStep: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly qtyStep: DecimalString;
  };
  readonly notListed: { readonly symbol: string };
  readonly notTrading: { readonly symbol: string; readonly status: Instrument['status'] };
  /** `symbol` is `null` where the quote of the order's own option is meant. */
  readonly noQuote: { readonly symbol: string | null };
  readonly quoteTooOld: { readonly symbol: string; readonly ageMs: number; readonly ageMaxMs: number };
  readonly sideNotQuoted: { readonly symbol: string; readonly side: 'bid' | 'ask' };
  readonly beyondSlippage: {
    readonly symbol: string;
    readonly side: 'bid' | 'ask';
    readonly price: DecimalString;
    readonly bound: DecimalString;
    readonly mark: DecimalString;
  };
  /** The order would close what the account holds there instead of opening something. */
  readonly wouldClose: {
    readonly symbol: string;
    readonly heldSide: Side;
    readonly heldQty: DecimalString;
    readonly orderSide: Side;
  };
}

export type TradeProblem = ReasonOf<TradeProblemFigures>;
