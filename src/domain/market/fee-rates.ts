/** What share of the underlying's price an exchange takes for a trade of one unit of an option. */
import type { DecimalString } from '../money.ts';

export interface FeeRates {
  /** Of an order that waited in the book. */
  readonly maker: DecimalString;
  /** Of an order that was filled at once. */
  readonly taker: DecimalString;
}

/** The rates that figures were made with. */
export interface AppliedFees extends FeeRates {
  /** The account's own, as the exchange says them; else what it usually takes. */
  readonly isOwn: boolean;
}

/** The account's own rates where they are known, else the usual ones. */
export const appliedFees = (own: FeeRates | null, usual: FeeRates): AppliedFees => ({
  maker: (own ?? usual).maker,
  taker: (own ?? usual).taker,
  isOwn: own !== null,
});

/** The account's own rates by base coin; a coin that the exchange does not name is missing. */
export type AccountFees = Readonly<Record<string, FeeRates>>;
