/**
 * The margin that a short option needs at Bybit, by the published formulas for cross margin; a long option is paid for up
 * front and needs none. Portfolio margin nets risks and asks for less.
 */
import { add, decimal, Decimal, larger, multiply, toText, type DecimalString } from '../../domain/money.ts';
import type { ShortMargin } from '../../domain/market/exchange-rules.ts';
import type { Option } from '../../domain/market/option.ts';
import type { Quote } from '../../domain/market/order.ts';

interface Factors {
  readonly initial: DecimalString;
  readonly initialFloor: DecimalString;
  readonly maintenance: DecimalString;
  readonly liquidation: DecimalString;
}

/** For one unit short, as factors of the index. Other coins have factors of their own, which the API does not publish. */
const published: Factors = {
  initial: '0.15',
  initialFloor: '0.1',
  maintenance: '0.03',
  liquidation: '0.002',
};
const factorsByCoin: ReadonlyMap<string, Factors> = new Map([
  ['BTC', published],
  ['ETH', published],
]);

/**
 * @param price average price at which the position was opened
 * @returns margin of one unit in settle coin; null for a coin whose factors are not known
 */
export function shortMargin(
  { strike, optionType, baseCoin }: Pick<Option, 'strike' | 'optionType' | 'baseCoin'>,
  { index, mark }: Pick<Quote, 'index' | 'mark'>,
  price: DecimalString,
): ShortMargin | null {
  const factors = factorsByCoin.get(baseCoin);
  if (factors === undefined) return null;
  const away = decimal(strike).minus(index);
  const outOfTheMoney = Decimal.max(0, optionType === 'call' ? away : away.negated());
  const base = larger(
    toText(decimal(index).times(factors.initial).minus(outOfTheMoney)),
    multiply(index, factors.initialFloor),
  );
  const maintenance = toText(
    decimal(larger(index, mark))
      .times(factors.maintenance)
      .plus(mark)
      .plus(decimal(index).times(factors.liquidation)),
  );
  return { initial: larger(add(base, larger(price, mark)), maintenance), maintenance };
}
