/**
 * What the exchange takes for one unit of an option, in settle coin. Its rules say so when the market is read; from then
 * on these are figures of the reading like any other, journaled with it, so that a plan is made again from its journal
 * whatever the rules are by then.
 */
import type { DecimalString } from '../money.ts';
import type { CostRules, ShortMargin } from './exchange-rules.ts';
import type { FeeRates } from './fee-rates.ts';
import { entryPrice, type HeldOption } from './held-option.ts';
import type { Instrument, ListedOption, Quote, Side } from './order.ts';

export interface UnitCosts {
  /** Fee of one that is traded at once (`touchPrice`). */
  readonly feeToBuy: DecimalString;
  readonly feeToSell: DecimalString;
  /** The same of an order that waits in the book; left out where no order does. */
  readonly maker?: { readonly feeToBuy: DecimalString; readonly feeToSell: DecimalString };
  /**
   * Of the held option, opened at what it was taken in for; of any other, at what a sale brings at once. `null` where
   * the exchange's rules do not say.
   */
  readonly shortMargin: ShortMargin | null;
}

export interface PricedQuote extends Quote {
  readonly costs: UnitCosts;
}

export interface PricedOption {
  readonly instrument: Instrument;
  readonly quote: PricedQuote | null;
}

/** The price at which one unit can be bought or sold at once; the mark stands in for a side that is not quoted. */
export const touchPrice = ({ bid, ask, mark }: Quote, side: Side): DecimalString =>
  (side === 'Buy' ? ask : bid) ?? mark;

/** By what units are priced: the exchange's rules, with the rates of one account. */
export interface UnitPricing extends CostRules {
  /** Whether orders may wait in the book. Default: none does. */
  readonly mayRest?: boolean;
}

/** The rules with the account's own rates, where these are known. */
export const pricingOf = (
  rules: CostRules,
  { own, mayRest }: { readonly own: FeeRates | null; readonly mayRest: boolean },
): UnitPricing => ({ ...rules, fees: own ?? rules.fees, mayRest });

/** The chain with what the exchange takes for one unit of each option that is quoted. */
export const withCosts = (
  chain: readonly ListedOption[],
  held: HeldOption,
  rules: UnitPricing,
): readonly PricedOption[] =>
  chain.map(({ instrument, quote }) => {
    if (quote === null) return { instrument, quote };
    const [bought, sold] = [touchPrice(quote, 'Buy'), touchPrice(quote, 'Sell')];
    const openedAt = instrument.symbol === held.symbol ? entryPrice(held) : sold;
    const feesAt = (rate: DecimalString) => ({
      feeToBuy: rules.tradeFee(rate, quote, bought),
      feeToSell: rules.tradeFee(rate, quote, sold),
    });
    const costs = {
      ...feesAt(rules.fees.taker),
      ...(rules.mayRest === true && { maker: feesAt(rules.fees.maker) }),
      shortMargin: rules.shortMargin(instrument, quote, openedAt),
    };
    return { instrument, quote: { ...quote, costs } };
  });
