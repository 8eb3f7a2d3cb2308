/** Which options of one expiry are what a target's strike asks for; targets.ts chooses among expiries. */
import type { HeldOption } from '../market/held-option.ts';
import { rightWay } from '../market/option.ts';
import type { ListedOption, Quote } from '../market/order.ts';
import {
  compare,
  Decimal,
  decimal,
  isPositive,
  toText,
  type Decimal as DecimalValue,
  type DecimalString,
} from '../money.ts';
import { netCreditOf } from './guards.ts';
import { closingTouch, openingTouch } from './leg-prices.ts';
import { bestOf, creditKey, deltaOf } from './preferences.ts';
import type { StrikeTarget, TargetProblem } from './target-rule.ts';

export interface StrikeSearch {
  readonly held: HeldOption;
  readonly strike: StrikeTarget;
  /** How much is closed, and how much opened, in base coin. */
  readonly qty: DecimalString;
  readonly openQty: DecimalString;
  /** Whether the strike may move down for a call or up for a put. */
  readonly allowWrongWay: boolean;
  /** Of the held option; `null` while it is not known. */
  readonly old: Quote | null;
}

/** Found by what quotes say; the others by what is listed. */
export const isFoundByQuotes = ({ kind }: StrikeTarget): boolean =>
  kind === 'delta' ||
  kind === 'deltaAtMost' ||
  kind === 'furthest' ||
  kind === 'bestCredit' ||
  kind === 'sameDistance';

/** Another option than the held one, whose strike does not lie the wrong way unless that is allowed. */
export function isAllowed({ held, allowWrongWay }: StrikeSearch, { instrument }: ListedOption): boolean {
  if (instrument.symbol === held.symbol) return false;
  return allowWrongWay || compare(instrument.strike, held.strike) * rightWay(held.optionType) >= 0;
}

/**
 * Best first. Only `delta at most` leaves several. What is found by a bound on delta or credit is sought among what is
 * allowed alone; where any other rule leads is for the caller to judge.
 * @param series the options of one expiry that are trading, strikes ascending
 */
export function candidatesIn(search: StrikeSearch, series: readonly ListedOption[]): readonly ListedOption[] {
  const { strike: target } = search;
  switch (target.kind) {
    case 'deltaAtMost':
      return deltaAtMost(search, series, target.delta);
    case 'furthest':
      return one(furthest(search, series, target.creditMin));
    case 'bestCredit':
      return one(bestCredit(search, series, target));
    case 'delta':
      return one(nearestTo(decimal(target.delta), series, deltaOf));
    case 'sameDistance':
      return one(atSameDistance(search, series));
    case 'steps':
    case 'amount':
    case 'percent':
    case 'same':
    case 'strike':
      return one(listedAt(search.held.strike, target, series));
  }
}

const one = (option: ListedOption | undefined): readonly ListedOption[] => (option ? [option] : []);

function listedAt(
  from: DecimalString,
  target: Extract<StrikeTarget, { kind: 'steps' | 'amount' | 'percent' | 'same' | 'strike' }>,
  series: readonly ListedOption[],
): ListedOption | undefined {
  switch (target.kind) {
    case 'steps':
      return stepAlong(series, from, target.steps);
    case 'amount':
      return atLeast(series, from, target.amount);
    case 'percent':
      return atLeast(series, from, toText(decimal(from).times(target.share)));
    case 'same':
      return series.find(({ instrument }) => compare(instrument.strike, from) === 0);
    case 'strike':
      return series.find(({ instrument }) => compare(instrument.strike, target.strike) === 0);
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

/** The first of those for which it is least; those for which it is `null` do not count. */
function least(
  options: readonly ListedOption[],
  valueOf: (option: ListedOption) => DecimalValue | null,
): ListedOption | undefined {
  const [found] = bestOf(options, (option) => valueOf(option)?.negated() ?? null);
  return found && valueOf(found) === null ? undefined : found;
}

/** The first of those whose value is nearest to the wanted one. */
const nearestTo = (
  wanted: DecimalValue,
  options: readonly ListedOption[],
  valueOf: (option: ListedOption) => DecimalValue | null,
): ListedOption | undefined => least(options, (option) => valueOf(option)?.minus(wanted).abs() ?? null);

/** Nearest to the bound first. */
function deltaAtMost(
  search: StrikeSearch,
  series: readonly ListedOption[],
  most: DecimalString,
): readonly ListedOption[] {
  const found: { readonly option: ListedOption; readonly delta: DecimalValue }[] = [];
  const bound = decimal(most);
  for (const option of series) {
    const delta = deltaOf(option);
    if (delta?.lessThanOrEqualTo(bound) === true && isAllowed(search, option)) found.push({ option, delta });
  }
  return found.sort((a, b) => b.delta.comparedTo(a.delta)).map(({ option }) => option);
}

/** The allowed ones, furthest out first. */
function outermostFirst(search: StrikeSearch, series: readonly ListedOption[]): readonly ListedOption[] {
  const allowed = series.filter((option) => isAllowed(search, option));
  return rightWay(search.held.optionType) > 0 ? allowed.reverse() : allowed;
}

function furthest(
  search: StrikeSearch,
  series: readonly ListedOption[],
  creditMin: DecimalString,
): ListedOption | undefined {
  const { held, qty, openQty, old } = search;
  const closing = old && closingTouch(held.side, old);
  if (closing === null) return undefined;
  const isShort = held.side === 'Sell';
  const closed = decimal(closing).times(qty);
  // Received less paid ≥ the amount, with what is known beforehand on one side.
  const bound = isShort ? closed.plus(creditMin) : closed.minus(creditMin);
  return outermostFirst(search, series).find(({ quote }) => {
    const opening = quote && openingTouch(held.side, quote);
    if (opening === null) return false;
    const opened = decimal(opening).times(openQty);
    return isShort ? opened.greaterThanOrEqualTo(bound) : opened.lessThanOrEqualTo(bound);
  });
}

const creditOf = ({ held }: StrikeSearch, { quote }: ListedOption): DecimalValue | null =>
  creditKey(quote && openingTouch(held.side, quote), held);

/** The furthest out of several that bring as much. One whose price is not known comes last. */
function bestCredit(
  search: StrikeSearch,
  series: readonly ListedOption[],
  { deltaMin, deltaMax }: Extract<StrikeTarget, { kind: 'bestCredit' }>,
): ListedOption | undefined {
  const [from, to] = [decimal(deltaMin), decimal(deltaMax)];
  const within = outermostFirst(search, series).filter((option) => {
    const delta = deltaOf(option);
    return delta !== null && delta.greaterThanOrEqualTo(from) && delta.lessThanOrEqualTo(to);
  });
  return bestOf(within, (option) => creditOf(search, option))[0];
}

/** The index when the held option was opened, and now; `null` where it is not known. */
function indexesOf({ held: { indexAtOpening }, old }: StrikeSearch) {
  const known = (index: DecimalString | undefined): DecimalString | null =>
    index !== undefined && isPositive(index) ? index : null;
  return { indexAtOpening: known(indexAtOpening), index: known(old?.index) };
}

/** Of two that are equally near the one further out. */
function atSameDistance(search: StrikeSearch, series: readonly ListedOption[]): ListedOption | undefined {
  const { strike, optionType } = search.held;
  const { indexAtOpening, index } = indexesOf(search);
  if (indexAtOpening === null || index === null) return undefined;
  const wanted = decimal(index).times(strike).dividedBy(indexAtOpening);
  const outermost = rightWay(optionType) > 0 ? series.toReversed() : series;
  return nearestTo(wanted, outermost, ({ instrument }) => decimal(instrument.strike));
}

/** Why none is what the strike asks for, and the option that its figures are about. */
export interface NoStrike {
  readonly problem: TargetProblem | null;
  readonly nearest: ListedOption | undefined;
}

/**
 * @param options of all expiries that come into question, trading
 * @returns the problem `null` where nothing more can be said than that there is none
 */
export function whyNone(search: StrikeSearch, options: readonly ListedOption[]): NoStrike {
  const { held, strike: target } = search;
  const { optionType } = held;
  const allowed = options.filter((option) => isAllowed(search, option));
  const indexes = indexesOf(search);
  if (target.kind === 'sameDistance' && (indexes.indexAtOpening === null || indexes.index === null))
    return { problem: { code: 'distanceUnknown', figures: indexes }, nearest: allowed[0] ?? options[0] };
  if (allowed.length === 0) return { problem: null, nearest: undefined };
  if (target.kind === 'furthest') {
    const [best] = bestOf(allowed, (option) => creditOf(search, option));
    const figures = { optionType, creditMin: target.creditMin, best: pricedCredit(search, best) };
    return { problem: { code: 'noSuchCredit', figures }, nearest: best };
  }
  if (target.kind === 'deltaAtMost' || target.kind === 'bestCredit') {
    const deltaMin = target.kind === 'bestCredit' ? target.deltaMin : '0';
    const deltaMax = target.kind === 'bestCredit' ? target.deltaMax : target.delta;
    const found = least(allowed, (option) => outsideOf(deltaOf(option), deltaMin, deltaMax));
    const delta = found?.quote?.greeks?.delta;
    const figures = {
      optionType,
      deltaMin,
      deltaMax,
      nearest: found && delta !== undefined ? { symbol: found.instrument.symbol, delta } : null,
    };
    return { problem: { code: 'noSuchDelta', figures }, nearest: found ?? allowed[0] };
  }
  return { problem: null, nearest: allowed[0] };
}

function pricedCredit(
  { held, old, qty, openQty }: StrikeSearch,
  option: ListedOption | undefined,
): { readonly symbol: string; readonly netCredit: DecimalString } | null {
  if (!old || !option?.quote) return null;
  const netCredit = netCreditOf({ held, qty, openQty, old, next: option.quote });
  return netCredit === null ? null : { symbol: option.instrument.symbol, netCredit };
}

/** How far a value lies outside of both ends. */
const outsideOf = (value: DecimalValue | null, from: DecimalString, to: DecimalString): DecimalValue | null =>
  value && Decimal.max(decimal(from).minus(value), value.minus(to), 0);
