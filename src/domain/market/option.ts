/** An option as data. Only the exchange's adapter reads what a symbol says; nothing here takes a symbol apart. */
import type { DecimalString } from '../money.ts';

export type OptionType = 'call' | 'put';

/** Options that differ in nothing but strike and expiry: among them a roll stays. */
export interface OptionFamily {
  readonly baseCoin: string;
  readonly optionType: OptionType;
  /** In which premiums, fees and payouts are counted. */
  readonly settleCoin: string;
}

/** Options that differ in nothing but their strikes. */
export interface OptionSeries extends OptionFamily {
  /** When they are delivered, ms since epoch, as the exchange lists it. */
  readonly expiryMs: number;
}

export interface Option extends OptionSeries {
  /** The exchange's own name of it. */
  readonly symbol: string;
  readonly strike: DecimalString;
}

/** Only what makes the option, of whatever holds, lists or trades it. */
export const optionOf = (of: Option): Option => ({
  symbol: of.symbol,
  baseCoin: of.baseCoin,
  settleCoin: of.settleCoin,
  optionType: of.optionType,
  strike: of.strike,
  expiryMs: of.expiryMs,
});

/** Of the same base coin, option type and settle coin: a roll never leaves its family. */
export const isOfFamily = (option: OptionFamily, family: OptionFamily): boolean =>
  option.baseCoin === family.baseCoin &&
  option.optionType === family.optionType &&
  option.settleCoin === family.settleCoin;

/** Of the same family and expiry. */
export const isOfSeries = (option: OptionSeries, series: OptionSeries): boolean =>
  option.expiryMs === series.expiryMs && isOfFamily(option, series);

/** Calls roll up, puts roll down. */
export const rightWay = (optionType: OptionType): 1 | -1 => (optionType === 'call' ? 1 : -1);
