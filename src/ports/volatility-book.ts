/** What is stored of the implied volatility of options, beyond the life of a daemon. */
import type { DecimalString } from '../domain/money.ts';

/** Of everything that was seen of an option; volatilities are fractions per year. */
export interface VolatilityRange {
  readonly low: DecimalString;
  readonly high: DecimalString;
  /** How many figures it is made of. */
  readonly samples: number;
  /** When the newest of them was taken, exchange time. */
  readonly atMs: number;
}

export interface VolatilitySample {
  readonly value: DecimalString;
  /** Exchange time. */
  readonly atMs: number;
}

export interface VolatilityBook {
  /** `null` for an option of which nothing was seen. Rejects when it cannot be read. */
  range(symbol: string): Promise<VolatilityRange | null>;
  /**
   * Takes the sample into the range, unless the last one is younger than a quarter of an hour, whoever took it.
   * @returns the range afterwards. Rejects when it is not known whether it was stored: storing it again is harmless
   */
  note(symbol: string, sample: VolatilitySample): Promise<VolatilityRange>;
}
