/**
 * What an account holds beside its options and a task only watches: a perpetual, or coins in its wallet. It covers options that
 * are short, and is never traded.
 */

/** As the exchange names it. */
export interface NamedHolding {
  readonly symbol: string;
  /** Of what its quantity counts. */
  readonly baseCoin: string;
}
