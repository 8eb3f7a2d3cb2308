/** Money as a person reads it: two digits and its coin. With `--json` figures stay exact. */
import { decimal, type DecimalString } from '../../domain/money.ts';

/** `1452.50`; a rest of less than half a cent is `0.00`. */
export const cents = (amount: DecimalString): string =>
  decimal(amount)
    .toFixed(2)
    .replace(/^-(?=0\.00$)/, '');

/** `1452.50 USDT` */
export const moneyText = (amount: DecimalString, coin: string): string =>
  `${cents(amount)} ${coin}`.trimEnd();

/** Whether a roll has paid or cost, by the sign of its net credit. */
export const creditWord = (netCredit: DecimalString): 'credit' | 'debit' =>
  decimal(netCredit).lessThan(0) ? 'debit' : 'credit';

/** `net credit 250.00 USDT`, or `net debit 210.00 USDT` for a net credit of -210 */
export const netText = (netCredit: DecimalString, coin: string): string =>
  `net ${creditWord(netCredit)} ${moneyText(decimal(netCredit).abs().toFixed(), coin)}`;
