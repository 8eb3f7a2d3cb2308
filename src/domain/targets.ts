/** Which listed option a roll goes to, and which ones could take its place. Strikes come from the listing, never from arithmetic on symbols. */
import { compare, decimal, toText, type DecimalString } from './money.ts';
import { isOfSeries, parseOptionSymbol, type OptionSymbol } from './option-symbol.ts';
import type { ListedOption } from './order.ts';
import type { MarketQuestion } from './outcomes.ts';
import { distance, rightWay, type StrikeTarget } from './task-spec.ts';

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
  const option = wantedIn(held, target, chain);
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

/** How many strikes beyond the wanted one may take its place when that cannot be had. */
export const alternativesMax = 8;

/**
 * The part of a chain that decides a roll: the held option, and from there in the wanted direction every strike as far as
 * the target and so many beyond. Whatever a plan has looked at is journaled, so it looks at nothing else.
 */
export function withinReach(
  { symbol, target, alternatives }: MarketQuestion,
  chain: readonly ListedOption[],
): readonly ListedOption[] {
  const held = parseOptionSymbol(symbol);
  const direction = Math.sign(distance(target));
  const beyond = ({ instrument }: ListedOption): number =>
    compare(instrument.strike, held.strike) * direction;
  const ahead = chain
    .filter((option) => isOfSeries(option.instrument.symbol, held) && beyond(option) > 0)
    .sort((a, b) => compare(a.instrument.strike, b.instrument.strike) * direction);
  const wanted = wantedIn(held, target, chain);
  const reached = wanted ? ahead.slice(0, ahead.indexOf(wanted) + 1 + alternatives) : ahead;
  return [...chain.filter(({ instrument }) => instrument.symbol === symbol), ...reached];
}

/**
 * Where a roll that has closed its old option may go, best first: the wanted option, also when it is not listed any
 * more, then the strikes beyond it, nearest first, then those before it, of the chain given (`withinReach`). All lie on
 * the wanted side of the held strike: never back, and never the wrong way unless the wanted one was, which only a task
 * that allows it asks for.
 */
export function rankTargets(symbol: string, wantedSymbol: string, chain: readonly ListedOption[]): string[] {
  const held = parseOptionSymbol(symbol);
  const wanted = parseOptionSymbol(wantedSymbol);
  const direction = compare(wanted.strike, held.strike);
  const beyond = ({ instrument }: ListedOption, strike: DecimalString): number =>
    compare(instrument.strike, strike) * direction;
  const others = chain
    .filter(({ instrument }) => isOfSeries(instrument.symbol, held))
    .filter((option) => beyond(option, held.strike) > 0)
    .sort((a, b) => beyond(a, b.instrument.strike));
  return [
    wantedSymbol,
    ...symbolsOf(others.filter((option) => beyond(option, wanted.strike) > 0)),
    ...symbolsOf(others.filter((option) => beyond(option, wanted.strike) < 0).reverse()),
  ];
}

const symbolsOf = (options: readonly ListedOption[]): string[] =>
  options.map(({ instrument }) => instrument.symbol);

function wantedIn(
  held: OptionSymbol,
  target: StrikeTarget,
  chain: readonly ListedOption[],
): ListedOption | undefined {
  const series = chain
    .filter(({ instrument }) => instrument.status === 'Trading' && isOfSeries(instrument.symbol, held))
    .sort((a, b) => compare(a.instrument.strike, b.instrument.strike));
  return target.kind === 'steps'
    ? stepAlong(series, held.strike, target.steps)
    : atLeast(series, held.strike, target.amount);
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
