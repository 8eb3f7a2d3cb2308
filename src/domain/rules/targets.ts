/**
 * Which listed option a roll goes to, and which ones could take its place. Expiries and strikes come from the listing,
 * never from arithmetic on symbols; a roll never leaves its base coin, option type and settle coin.
 */
import { chooseExpiries, type Expiry } from '../market/expiries.ts';
import type { HeldOption } from '../market/held-option.ts';
import { isOfFamily, rightWay, type Option, type OptionFamily } from '../market/option.ts';
import type { Instrument, ListedOption } from '../market/order.ts';
import { compare, type DecimalString } from '../money.ts';
import { needsQuote, prefer, type Choice } from './preferences.ts';
import { candidatesIn, isAllowed, isFoundByQuotes, whyNone, type StrikeSearch } from './strikes.ts';
import { directionOf, type Preference, type Target, type TargetProblem } from './target-rule.ts';

export { directionOf } from './target-rule.ts';
export type { Preference, StrikeTarget, Target, TargetProblem, TargetProblemFigures } from './target-rule.ts';

export type TargetChoice =
  | {
      readonly kind: 'target';
      readonly option: ListedOption;
      /** The preference that left no other option; `null` where none had to. */
      readonly decidedBy: Preference | null;
    }
  | { readonly kind: 'refused'; readonly reason: TargetProblem };

/** The option that a roll goes to; everything else of it is as in the held one. */
export type TargetOption = Pick<Option, 'symbol' | 'strike' | 'expiryMs'>;

/** What is sought: where from, and what for. */
export interface Search {
  readonly held: HeldOption;
  readonly target: Target;
  readonly nowMs: number;
  /** How much is closed, and how much opened, in base coin; all that is held when absent. */
  readonly qty?: DecimalString;
  readonly openQty?: DecimalString;
  /** Whether the strike may move down for a call or up for a put; not when absent. */
  readonly allowWrongWay?: boolean;
  /** The option that was chosen before: from then on the rule moves nothing, however prices and time have. */
  readonly chosen?: TargetOption | null;
  /** Another leg goes into this expiry, and this one with it; the target's expiry when absent. */
  readonly intoExpiryMs?: number;
}

/** @param chain listed options, of the held one's expiry and those that the target allows at least */
export function chooseTarget(search: Search, chain: readonly ListedOption[]): TargetChoice {
  const { choice, problem } = survey(search, chain);
  return choice === null
    ? { kind: 'refused', reason: problem }
    : { kind: 'target', option: choice.option, decidedBy: choice.decidedBy };
}

/** What a search comes to among these options; `nearest` is what a refusal is about, if anything is listed. */
type Survey =
  | { readonly choice: Choice; readonly problem: null; readonly nearest: ListedOption }
  | { readonly choice: null; readonly problem: TargetProblem; readonly nearest: ListedOption | undefined };

function survey(search: Search, chain: readonly ListedOption[]): Survey {
  const { held, target } = search;
  const { optionType, strike: from } = held;
  const expiries = targetExpiries(search, chain);
  if (expiries.length === 0) {
    const figures = { optionType, expiry: target.expiry };
    return { choice: null, problem: { code: 'noSuchExpiry', figures }, nearest: undefined };
  }
  const within = strikeSearchOf(search, chain);
  const series = tradingOf(held, chain, expiries);
  const found = foundIn(within, series, target.prefer ?? []);
  const allowed = found.filter((option) => isAllowed(within, option));
  const choice = prefer(allowed, target.prefer ?? [], within);
  if (choice !== null) return { choice, problem: null, nearest: choice.option };
  const [other] = found;
  if (other) return { choice: null, problem: whyNot(held, other), nearest: other };
  const { problem, nearest } = whyNone(within, series.flat());
  const noSuchStrike = { code: 'noSuchStrike', figures: { optionType, target, strike: from } } as const;
  return { choice: null, problem: problem ?? noSuchStrike, nearest };
}

/** Of all expiries, earliest first; without a preference the earliest that has one that is allowed is enough. */
function foundIn(
  within: StrikeSearch,
  series: readonly (readonly ListedOption[])[],
  preferences: readonly Preference[],
): readonly ListedOption[] {
  const found: ListedOption[] = [];
  for (const options of series) {
    const candidates = candidatesIn(within, options);
    found.push(...candidates);
    if (preferences.length === 0 && candidates.some((option) => isAllowed(within, option))) break;
  }
  return found;
}

const strikeSearchOf = (
  { held, target, qty = held.qty, openQty = qty, allowWrongWay = false }: Search,
  chain: readonly ListedOption[],
): StrikeSearch => ({
  held,
  strike: target.strike,
  qty,
  openQty,
  allowWrongWay,
  old: chain.find(({ instrument }) => instrument.symbol === held.symbol)?.quote ?? null,
});

/** Why the rule's own option is none to roll into. */
function whyNot({ symbol, strike, optionType }: HeldOption, { instrument }: ListedOption): TargetProblem {
  if (instrument.symbol === symbol) return { code: 'sameOption', figures: { strike } };
  return { code: 'wrongWay', figures: { optionType, from: strike, to: instrument.strike } };
}

/**
 * The expiries that a roll may go to, earliest first. One that is not traded, or not yet, is none: it would displace what
 * can be had.
 */
export function targetExpiries(
  { held, target, nowMs, chosen = null, intoExpiryMs }: Search,
  listed: readonly Pick<ListedOption, 'instrument'>[],
): readonly number[] {
  if (intoExpiryMs !== undefined) {
    const isListed = listed.some(
      ({ instrument }) => instrument.expiryMs === intoExpiryMs && isTraded(instrument, held),
    );
    return isListed ? [intoExpiryMs] : [];
  }
  if (chosen !== null) return ofExpiry(held, listed, chosen.expiryMs).length > 0 ? [chosen.expiryMs] : [];
  const expiries = new Map<number, Expiry>();
  // At the same strike the held expiry leads to the held option.
  const isLeft = (expiryMs: number): boolean =>
    expiryMs === held.expiryMs && target.strike.kind === 'same' && target.expiry.kind !== 'same';
  for (const { instrument } of listed)
    if (!expiries.has(instrument.expiryMs) && !isLeft(instrument.expiryMs) && isTraded(instrument, held))
      expiries.set(instrument.expiryMs, instrument);
  return chooseExpiries({ heldMs: held.expiryMs, target: target.expiry, nowMs }, [...expiries.values()]);
}

/** What has to be read before it is known where a roll goes. */
export interface QuotesNeeded {
  /** Expiries of which a quote may be needed, earliest first; none when the target has none. */
  readonly expiries: readonly number[];
  /** Quotes of these decide, not the listing alone. */
  readonly decide: boolean;
}

/** @param listed every option of the family; whether it is quoted does not matter */
export function quotesNeeded(search: Search, listed: readonly ListedOption[]): QuotesNeeded {
  const { target, chosen = null } = search;
  const expiries = targetExpiries(search, listed);
  if (chosen !== null || expiries.length === 0) return { expiries, decide: false };
  if (isFoundByQuotes(target.strike)) return { expiries, decide: true };
  if (expiries.length === 1) return { expiries, decide: false };
  if (target.prefer?.some(needsQuote) === true) return { expiries, decide: true };
  const { nearest } = survey(search, listed);
  return { expiries: nearest ? [nearest.instrument.expiryMs] : expiries.slice(0, 1), decide: false };
}

/** How many strikes beyond the wanted one may take its place when that cannot be had. */
export const alternativesMax = 8;

/**
 * The part of a chain that decides a roll: the held option, and every strike from there as far as the wanted one and so
 * many beyond; what it was preferred to; and where nothing is wanted, what the refusal is about. Whatever a plan has
 * looked at is journaled, so it looks at nothing else. An option that was chosen before is the target whatever became of
 * it, and its neighbours stay the same.
 */
export function withinReach(
  search: Search,
  alternatives: number,
  chain: readonly ListedOption[],
): readonly ListedOption[] {
  const { held, target, chosen = null } = search;
  const ours = chain.filter(({ instrument }) => instrument.symbol === held.symbol);
  if (chosen !== null) return [...ours, ...asFarAs(chosen, held, { chain, alternatives })];
  const { choice, problem, nearest } = survey(search, chain);
  if (problem?.code === 'noSuchStrike') {
    const [expiryMs = held.expiryMs] = targetExpiries(search, chain);
    const direction = directionOf(target.strike, held.strike) || rightWay(held.optionType);
    const ahead = beyond(ofExpiry(held, chain, expiryMs), held, direction);
    const isTraded = ahead.some(({ instrument }) => instrument.status === 'Trading');
    // One at least that is traded, or the expiry would seem to be the problem.
    return [...ours, ...ahead, ...(isTraded ? [] : tradingOf(held, chain, [expiryMs]).flat().slice(0, 1))];
  }
  const wanted = nearest && nearest.instrument.symbol !== held.symbol ? [nearest] : [];
  const others = choice?.preferredTo ? [choice.preferredTo] : [];
  // Where quotes decide, what lies between decides nothing.
  const reach = (options: readonly ListedOption[], further: number): readonly ListedOption[] =>
    further === 0 && isFoundByQuotes(target.strike)
      ? options
      : options.flatMap(({ instrument }) => asFarAs(instrument, held, { chain, alternatives: further }));
  const wantedReach = reach(wanted, alternatives);
  const otherReach = reach(others, 0).filter((option) => !wantedReach.includes(option));
  return [...ours, ...otherReach, ...wantedReach];
}

/** From the held strike as far as this one, and so many beyond; nearest first. */
function asFarAs(
  { strike, expiryMs }: TargetOption,
  held: Option,
  { chain, alternatives }: { readonly chain: readonly ListedOption[]; readonly alternatives: number },
): readonly ListedOption[] {
  const direction = compare(strike, held.strike) || rightWay(held.optionType);
  const ahead = beyond(ofExpiry(held, chain, expiryMs), held, direction);
  const asFar = ahead.filter(({ instrument }) => compare(instrument.strike, strike) * direction <= 0);
  return ahead.slice(0, asFar.length + alternatives);
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

const isTraded = (instrument: Instrument, family: OptionFamily): boolean =>
  instrument.status === 'Trading' && isOfFamily(instrument, family);

/** Of each of the expiries what is traded, strikes ascending. */
function tradingOf(
  held: Option,
  chain: readonly ListedOption[],
  expiries: readonly number[],
): readonly (readonly ListedOption[])[] {
  const series = new Map(expiries.map((expiryMs): [number, ListedOption[]] => [expiryMs, []]));
  for (const option of chain)
    if (isTraded(option.instrument, held)) series.get(option.instrument.expiryMs)?.push(option);
  return [...series.values()].map((options) =>
    options.sort((a, b) => compare(a.instrument.strike, b.instrument.strike)),
  );
}
