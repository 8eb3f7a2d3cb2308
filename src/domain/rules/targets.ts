/**
 * Which listed option a roll goes to, and which ones could take its place. Expiries and strikes come from the listing,
 * never from arithmetic on symbols; a roll never leaves its base coin, option type and settle coin.
 */
import { chooseExpiry, type Expiry, type ExpiryTarget } from '../market/expiries.ts';
import { compare, decimal, subtract, toText, type DecimalString } from '../money.ts';
import { isOfFamily, rightWay, type Option, type OptionFamily, type OptionType } from '../market/option.ts';
import type { ListedOption } from '../market/order.ts';
import type { ReasonOf } from '../reason.ts';

/** New strike relative to the old one: along the listed strikes, at least so far away, or by its delta (without sign). */
export type StrikeTarget =
  | { readonly kind: 'steps'; readonly steps: number }
  | { readonly kind: 'amount'; readonly amount: DecimalString }
  | { readonly kind: 'percent'; readonly share: DecimalString }
  | { readonly kind: 'delta'; readonly delta: DecimalString }
  | { readonly kind: 'same' };

export interface Target {
  readonly strike: StrikeTarget;
  readonly expiry: ExpiryTarget;
}

export type TargetChoice =
  | { readonly kind: 'target'; readonly option: ListedOption }
  | { readonly kind: 'refused'; readonly reason: TargetProblem };

/** Why there is no option to roll into. Strikes in settle coin. */
export interface TargetProblemFigures {
  readonly noSuchExpiry: { readonly optionType: OptionType; readonly expiry: ExpiryTarget };
  readonly noSuchStrike: {
    readonly optionType: OptionType;
    readonly target: Target;
    readonly strike: DecimalString;
  };
  readonly sameOption: { readonly strike: DecimalString };
  readonly wrongWay: {
    readonly optionType: OptionType;
    readonly from: DecimalString;
    readonly to: DecimalString;
  };
}

export type TargetProblem = ReasonOf<TargetProblemFigures>;

/** Positive upwards, negative downwards, 0 when it does not say. */
export function directionOf(target: StrikeTarget): number {
  switch (target.kind) {
    case 'steps':
      return Math.sign(target.steps);
    case 'amount':
      return Math.sign(compare(target.amount, '0'));
    case 'percent':
      return Math.sign(compare(target.share, '0'));
    case 'delta':
    case 'same':
      return 0;
  }
}

/** The option that a roll goes to; everything else of it is as in the held one. */
export type TargetOption = Pick<Option, 'symbol' | 'strike' | 'expiryMs'>;

/** What is sought: where from, and what for. */
export interface Search {
  readonly held: Option;
  readonly target: Target;
  readonly nowMs: number;
  /** The option that was chosen before: from then on the rule moves nothing, however prices and time have. */
  readonly chosen?: TargetOption | null;
}

const refused = (reason: TargetProblem): TargetChoice => ({ kind: 'refused', reason });

/**
 * @param chain listed options, of the held one's expiry and the target's at least
 * @param allowWrongWay whether the strike may move down for a call or up for a put
 */
export function chooseTarget(
  search: Search,
  chain: readonly ListedOption[],
  allowWrongWay: boolean,
): TargetChoice {
  const { held, target } = search;
  const { optionType, strike } = held;
  const expiryMs = targetExpiryMs(search, chain);
  if (expiryMs === null)
    return refused({ code: 'noSuchExpiry', figures: { optionType, expiry: target.expiry } });
  const option = wantedIn(search, chain, expiryMs);
  if (!option) return refused({ code: 'noSuchStrike', figures: { optionType, target, strike } });
  const moved = compare(option.instrument.strike, strike) * rightWay(optionType);
  if (option.instrument.symbol === held.symbol) return refused({ code: 'sameOption', figures: { strike } });
  if (moved < 0 && !allowWrongWay) {
    const to = option.instrument.strike;
    return refused({ code: 'wrongWay', figures: { optionType, from: strike, to } });
  }
  return { kind: 'target', option };
}

/**
 * A series that is announced and not traded yet is none to roll into: it would displace what can be had.
 * @returns `null` when none that is listed is what the target asks for
 */
export function targetExpiryMs(
  { held, target, nowMs, chosen = null }: Search,
  listed: readonly Pick<ListedOption, 'instrument'>[],
): number | null {
  if (chosen !== null) return ofExpiry(held, listed, chosen.expiryMs).length > 0 ? chosen.expiryMs : null;
  const expiries = new Map<number, Expiry>();
  for (const { instrument } of listed)
    if (instrument.status !== 'PreLaunch' && isOfFamily(instrument, held))
      expiries.set(instrument.expiryMs, instrument);
  return chooseExpiry({ heldMs: held.expiryMs, target: target.expiry, nowMs }, [...expiries.values()]);
}

/** How many strikes beyond the wanted one may take its place when that cannot be had. */
export const alternativesMax = 8;

/**
 * The part of a chain that decides a roll: the held option, and of the target's expiry every strike from the held one's
 * as far as the target and so many beyond. Whatever a plan has looked at is journaled, so it looks at nothing else. An
 * option that was chosen before is the target whatever became of it, and its neighbours stay the same.
 */
export function withinReach(
  search: Search,
  alternatives: number,
  chain: readonly ListedOption[],
): readonly ListedOption[] {
  const { held, target, chosen = null } = search;
  const ours = chain.filter(({ instrument }) => instrument.symbol === held.symbol);
  const expiryMs = targetExpiryMs(search, chain);
  if (expiryMs === null) return ours;
  const { strike, optionType } = held;
  const wantedStrike = chosen === null ? wantedIn(search, chain, expiryMs)?.instrument.strike : chosen.strike;
  const asked = chosen === null ? directionOf(target.strike) : 0;
  const direction =
    asked || (wantedStrike !== undefined && compare(wantedStrike, strike)) || rightWay(optionType);
  const ahead = beyond(ofExpiry(held, chain, expiryMs), held, direction);
  if (wantedStrike === undefined) return [...ours, ...ahead];
  const asFar = ahead.filter(({ instrument }) => compare(instrument.strike, wantedStrike) * direction <= 0);
  return [...ours, ...ahead.slice(0, asFar.length + alternatives)];
}

/**
 * Where a roll that has closed its old option may go, best first: the wanted option, also when it is not listed any
 * more, then the strikes beyond it, nearest first, then those before it, of the chain given (`withinReach`). All lie on
 * the wanted side of the held strike: never back, and never the wrong way unless the wanted one was, which only a task
 * that allows it asks for.
 */
export function rankTargets(held: Option, wanted: TargetOption, chain: readonly ListedOption[]): string[] {
  const direction = compare(wanted.strike, held.strike) || rightWay(held.optionType);
  const others = beyond(ofExpiry(held, chain, wanted.expiryMs), held, direction);
  const far = ({ instrument }: ListedOption): number => compare(instrument.strike, wanted.strike) * direction;
  return [
    wanted.symbol,
    ...symbolsOf(others.filter((option) => far(option) > 0)),
    ...symbolsOf(others.filter((option) => far(option) < 0).reverse()),
  ];
}

const symbolsOf = (options: readonly ListedOption[]): string[] =>
  options.map(({ instrument }) => instrument.symbol);

/** From the held strike in one direction, nearest first; the strike itself counts where it is another option. */
const beyond = (options: readonly ListedOption[], held: Option, direction: number): readonly ListedOption[] =>
  options
    .filter(({ instrument }) => {
      const ahead = compare(instrument.strike, held.strike) * direction;
      return ahead > 0 || (ahead === 0 && instrument.symbol !== held.symbol);
    })
    .sort((a, b) => compare(a.instrument.strike, b.instrument.strike) * direction);

const ofExpiry = <Listed extends Pick<ListedOption, 'instrument'>>(
  family: OptionFamily,
  chain: readonly Listed[],
  expiryMs: number,
): readonly Listed[] =>
  chain.filter(({ instrument }) => instrument.expiryMs === expiryMs && isOfFamily(instrument, family));

function wantedIn(
  { held, target: { strike: target } }: Search,
  chain: readonly ListedOption[],
  expiryMs: number,
): ListedOption | undefined {
  const { strike } = held;
  const trading = ofExpiry(held, chain, expiryMs)
    .filter(({ instrument }) => instrument.status === 'Trading')
    .sort((a, b) => compare(a.instrument.strike, b.instrument.strike));
  switch (target.kind) {
    case 'steps':
      return stepAlong(trading, strike, target.steps);
    case 'amount':
      return atLeast(trading, strike, target.amount);
    case 'percent':
      return atLeast(trading, strike, toText(decimal(strike).times(target.share)));
    case 'same':
      return trading.find(({ instrument }) => compare(instrument.strike, strike) === 0);
    case 'delta':
      return nearestDelta(trading, target.delta);
  }
}

function stepAlong(
  series: readonly ListedOption[],
  strike: DecimalString,
  steps: number,
): ListedOption | undefined {
  const ahead =
    steps > 0
      ? series.filter(({ instrument }) => compare(instrument.strike, strike) > 0)
      : series.filter(({ instrument }) => compare(instrument.strike, strike) < 0).reverse();
  return ahead[Math.abs(steps) - 1];
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

/** The lower strike where two are equally near. */
function nearestDelta(series: readonly ListedOption[], delta: DecimalString): ListedOption | undefined {
  const withDelta = series.flatMap((option) => {
    const known = option.quote?.greeks?.delta;
    return known === undefined ? [] : [{ option, away: toText(decimal(known).abs().minus(delta).abs()) }];
  });
  return withDelta.reduce<(typeof withDelta)[number] | undefined>(
    (best, next) => (best && compare(subtract(best.away, next.away), '0') <= 0 ? best : next),
    undefined,
  )?.option;
}
