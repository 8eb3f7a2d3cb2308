/** The engine's numbers in one place, each with the section of docs/exchange.md it comes from. */
import type { DecimalString } from '../../../domain/money.ts';
import type { Market } from '../market.ts';

export interface EngineSettings {
  /** Without a VIP level, fractions of the index price (docs/exchange.md#fees). */
  readonly takerFeeRate: DecimalString;
  readonly makerFeeRate: DecimalString;
  /** A fee is never more than this share of the option's price (trade) or value (delivery). */
  readonly tradeFeeCap: DecimalString;
  readonly deliveryFeeCap: DecimalString;
  /** Taxes on every trading fee, each a share of it, e.g. `{ feeType: 'GST', subFeeType: 'IND_GST', share: '0.18' }`. */
  readonly extraFees: readonly {
    readonly feeType: string;
    readonly subFeeType: string;
    readonly share: DecimalString;
  }[];
  /** Default true, though sources contradict each other (docs/exchange.md#not-known). */
  readonly dailiesPayDeliveryFee: boolean;
  /** False: an account may be short of any amount, whatever its wallet holds. */
  readonly marginChecked: boolean;
  /** `max(0.15·index − OTM, 0.10·index)` and `0.03·max(index, mark)` (docs/exchange.md#margin). */
  readonly marginFactors: { readonly initial: number; readonly floor: number; readonly maintenance: number };
  /** Open orders of one base coin (docs/exchange.md#orders). */
  readonly openOrdersMax: number;
  /** Deviation from mark at which a Market order stops, a fraction of the mark and a floor in ticks. */
  readonly marketProtection: { readonly fraction: number; readonly ticks: number };
  /**
   * A buy farther above the mark than this, and a sale farther below it, are refused; null = none is. The width is a share
   * of the index, and at least a share of the mark, so that the protection price of a Market order lies inside. The
   * exchange has such bands for options but published only the width for sales, in 2022, as 1 % of the index: this one
   * is wider.
   */
  readonly priceBand: {
    readonly buyIndexFraction: number;
    readonly sellIndexFraction: number;
    readonly markFraction: number;
  } | null;
  /** Wall time between an acknowledgement and its effect. */
  readonly fillDelayMs: number;
}

/** What margin, prices and refusals depend on. The engine's context is one. */
export interface Conditions {
  readonly market: Market;
  readonly settings: EngineSettings;
}

export const defaultEngineSettings: EngineSettings = {
  takerFeeRate: '0.0003',
  makerFeeRate: '0.0002',
  tradeFeeCap: '0.07',
  deliveryFeeCap: '0.125',
  extraFees: [],
  dailiesPayDeliveryFee: true,
  marginChecked: true,
  marginFactors: { initial: 0.15, floor: 0.1, maintenance: 0.03 },
  openOrdersMax: 50,
  marketProtection: { fraction: 0.1, ticks: 20 },
  priceBand: { buyIndexFraction: 0.1, sellIndexFraction: 0.1, markFraction: 0.1 },
  fillDelayMs: 3,
};
