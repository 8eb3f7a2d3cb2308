/**
 * What the product has to know of the exchange it trades on and cannot ask as data of one option: an adapter's to say,
 * as plain figures and pure functions. Machines never see it: what a decision needs of it is in the answers of effects,
 * and so in the journal.
 */
import type { DecimalString } from '../money.ts';
import { isOfFamily, type Option, type OptionFamily } from './option.ts';
import type { Quote } from './order.ts';

/** What a symbol says. When its option is delivered is not among it: that is in the listing. */
export interface NamedOption extends OptionFamily {
  readonly strike: DecimalString;
}

/** How the exchange names its options. */
export interface SymbolRules {
  /** A symbol as it should be, for people who wrote another. */
  readonly symbolExample: string;
  /** @returns `null` when it is no option's */
  readonly readSymbol: (symbol: string) => NamedOption | null;
}

/** Whether a symbol names an option of the family; `false` also when it names none at all. */
export function isOfSameFamily(symbol: string, family: OptionFamily, { readSymbol }: SymbolRules): boolean {
  const option = readSymbol(symbol);
  return option !== null && isOfFamily(option, family);
}

/** What one unit short binds of an account, in settle coin. */
export interface ShortMargin {
  readonly initial: DecimalString;
  readonly maintenance: DecimalString;
}

/** What the exchange takes for one unit, in settle coin. */
export interface CostRules {
  /** Estimated fee of a trade at `price` that takes from the book. */
  readonly takerFee: (quote: Quote, price: DecimalString) => DecimalString;
  /**
   * @param price at which the unit was, or would be, sold
   * @returns `null` for an option whose margin is not known
   */
  readonly shortMargin: (option: Option, quote: Quote, price: DecimalString) => ShortMargin | null;
}

export interface ExchangeRules extends SymbolRules, CostRules {}
