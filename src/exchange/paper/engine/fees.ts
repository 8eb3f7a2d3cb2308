/** Trading and delivery fees (docs/exchange.md#fees), in settle coin, positive = cost. */
import { decimal, multiply, smaller, toText, Decimal, type DecimalString } from '../../../domain/money.ts';

export interface TradeFee {
  readonly rate: DecimalString;
  readonly index: DecimalString;
  readonly price: DecimalString;
  readonly qty: DecimalString;
  /** Share of the option's price that a fee never exceeds. */
  readonly cap: DecimalString;
}

const precise = (value: DecimalString): DecimalString => toText(decimal(value).toDecimalPlaces(8));

/** `min(rate × index, cap × price) × qty`. */
export const tradeFee = ({ rate, index, price, qty, cap }: TradeFee): DecimalString =>
  precise(multiply(smaller(multiply(rate, index), multiply(cap, price)), qty));

export interface DeliveryFee {
  readonly rate: DecimalString;
  readonly deliveryPrice: DecimalString;
  /** What one unit pays out; nothing is charged on options that expire worthless. */
  readonly intrinsic: DecimalString;
  readonly qty: DecimalString;
  readonly cap: DecimalString;
}

/**
 * `min(rate × delivery price, cap × option value) × qty`, rounded up at the eighth digit as the exchange's samples are
 * (Bybit docs: v5/asset/delivery, v5/position/close-position).
 */
export const deliveryFee = ({ rate, deliveryPrice, intrinsic, qty, cap }: DeliveryFee): DecimalString => {
  const fee = multiply(smaller(multiply(rate, deliveryPrice), multiply(cap, intrinsic)), qty);
  return toText(decimal(fee).toDecimalPlaces(8, Decimal.ROUND_UP));
};

/** What one unit of an option pays at `price` of the underlying. */
export function intrinsicValue(
  { isCall, strike }: { readonly isCall: boolean; readonly strike: DecimalString },
  price: DecimalString,
): DecimalString {
  const gain = isCall ? decimal(price).minus(strike) : decimal(strike).minus(price);
  return toText(Decimal.max(0, gain));
}
