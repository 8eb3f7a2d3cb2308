/** Estimates what a trade of options will cost at Bybit; the actual fees come with its fills. */
import { multiply, smaller, type DecimalString } from '../../domain/money.ts';
import type { FeeRates } from '../../domain/market/fee-rates.ts';
import type { Quote } from '../../domain/market/order.ts';

/** Without a VIP level, since September 2025. */
export const usualFees: FeeRates = { maker: '0.0002', taker: '0.0003' };
/** Of the option's price. */
const feeCap = '0.07';

/** Of one unit, in settle coin: `min(rate × index, 7 % × price)`. */
export const tradeFee = (
  rate: DecimalString,
  { index }: Pick<Quote, 'index'>,
  price: DecimalString,
): DecimalString => smaller(multiply(rate, index), multiply(feeCap, price));
