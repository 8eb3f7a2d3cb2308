/** Which listed option a roll goes to. Strikes come from the listing, never from arithmetic on symbols. */
import { compare, decimal, toText, type DecimalString } from './money.ts';
import { isSameSeries, parseOptionSymbol } from './option-symbol.ts';
import type { ListedOption } from './order.ts';
import { rightWay, type StrikeTarget } from './task-spec.ts';

export type TargetChoice =
  | { readonly kind: 'target'; readonly option: ListedOption }
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string): TargetChoice => ({ kind: 'refused', reason });

/**
 * @param symbol the option held now
 * @param chain the listed options of its expiry, type and settle coin
 * @param allowWrongWay whether the strike may move down for a call or up for a put
 */
export function chooseTarget(
  symbol: string,
  target: StrikeTarget,
  chain: readonly ListedOption[],
  allowWrongWay: boolean,
): TargetChoice {
  const held = parseOptionSymbol(symbol);
  const series = chain
    .filter(
      ({ instrument }) =>
        instrument.status === 'Trading' && isSameSeries(parseOptionSymbol(instrument.symbol), held),
    )
    .sort((a, b) => compare(a.instrument.strike, b.instrument.strike));
  const option =
    target.kind === 'steps'
      ? stepAlong(series, held.strike, target.steps)
      : atLeast(series, held.strike, target.amount);
  if (!option) {
    return refused(
      `no ${held.optionType} of ${held.expiry} is trading ${describeTarget(target)} from strike ${held.strike}`,
    );
  }
  const moved = compare(option.instrument.strike, held.strike) * rightWay(held.optionType);
  if (moved === 0) return refused(`strike ${held.strike} is the one held already`);
  if (moved < 0 && !allowWrongWay) {
    return refused(
      `strike ${option.instrument.strike} is the wrong way from ${held.strike} for a ${held.optionType}`,
    );
  }
  return { kind: 'target', option };
}

function stepAlong(
  series: readonly ListedOption[],
  strike: DecimalString,
  steps: number,
): ListedOption | undefined {
  const beyond =
    steps > 0
      ? series.filter(({ instrument }) => compare(instrument.strike, strike) > 0)
      : series.filter(({ instrument }) => compare(instrument.strike, strike) < 0).reverse();
  return beyond[Math.abs(steps) - 1];
}

/** The nearest strike at `amount` or farther in its direction. */
function atLeast(
  series: readonly ListedOption[],
  strike: DecimalString,
  amount: DecimalString,
): ListedOption | undefined {
  const wanted = toText(decimal(strike).plus(amount));
  return decimal(amount).isPositive()
    ? series.find(({ instrument }) => compare(instrument.strike, wanted) >= 0)
    : series.findLast(({ instrument }) => compare(instrument.strike, wanted) <= 0);
}

export function describeTarget(target: StrikeTarget): string {
  if (target.kind === 'amount')
    return decimal(target.amount).isPositive() ? `+${target.amount}` : target.amount;
  const count = Math.abs(target.steps);
  return `${target.steps > 0 ? '+' : '-'}${count} ${count === 1 ? 'step' : 'steps'}`;
}
