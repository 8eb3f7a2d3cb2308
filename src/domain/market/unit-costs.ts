/**
 * What the exchange takes for one unit of an option, in settle coin. Its rules say so when the market is read; from then
 * on these are figures of the reading like any other, journaled with it, so that a plan is made again from its journal
 * whatever the rules are by then.
 */
import type { DecimalString } from '../money.ts';
import type { CostRules, ShortMargin } from './exchange-rules.ts';
import { entryPrice, type HeldOption } from './held-option.ts';
import type { Instrument, ListedOption, Quote, Side } from './order.ts';

export interface UnitCosts {
  /** Fee of one that is traded at once (`touchPrice`). */
  readonly feeToBuy: DecimalString;
  readonly feeToSell: DecimalString;
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

/** The chain with what the exchange takes for one unit of each option that is quoted. */
export const withCosts = (
  chain: readonly ListedOption[],
  held: HeldOption,
  rules: CostRules,
): readonly PricedOption[] =>
  chain.map(({ instrument, quote }) => {
    if (quote === null) return { instrument, quote };
    const [bought, sold] = [touchPrice(quote, 'Buy'), touchPrice(quote, 'Sell')];
    const openedAt = instrument.symbol === held.symbol ? entryPrice(held) : sold;
    const costs = {
      feeToBuy: rules.takerFee(quote, bought),
      feeToSell: rules.takerFee(quote, sold),
      shortMargin: rules.shortMargin(instrument, quote, openedAt),
    };
    return { instrument, quote: { ...quote, costs } };
  });
