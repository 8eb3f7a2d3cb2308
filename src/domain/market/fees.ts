/** What a trade will cost, as an estimate; what it did cost comes with its fills. Source: docs/exchange.md#fees. */
import { multiply, smaller, type DecimalString } from '../money.ts';
import type { Quote } from './order.ts';

/** Without a VIP level, since September 2025. */
const takerRate = '0.0003';
/** Of the option's price. */
const feeCap = '0.07';

/** `min(rate × index, 7 % × price) × qty`, in settle coin. */
export const takerFee = (
  { index }: Pick<Quote, 'index'>,
  price: DecimalString,
  qty: DecimalString,
): DecimalString => multiply(smaller(multiply(takerRate, index), multiply(feeCap, price)), qty);
