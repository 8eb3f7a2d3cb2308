/**
 * Where the legs of a structure go when they are rolled together. The target is meant for its short options: they choose, and
 * a long option of the same type keeps its distance to the short one, so that a spread stays as wide as it is. Legs that had
 * one expiry go into one expiry.
 */
import type { HeldOption } from '../market/held-option.ts';
import { isOfFamily } from '../market/option.ts';
import type { ListedOption } from '../market/order.ts';
import { add, compare, decimal, subtract, type DecimalString } from '../money.ts';
import {
  chooseTarget,
  withinReach,
  type Preference,
  type Search,
  type TargetChoice,
  type TargetProblem,
} from './targets.ts';

export interface Destination {
  readonly held: HeldOption;
  readonly option: ListedOption;
  /** The preference that left no other option; `null` where none had to. */
  readonly decidedBy: Preference | null;
}

export type DestinationsChoice =
  | { readonly kind: 'destinations'; readonly of: readonly Destination[] }
  | { readonly kind: 'refused'; readonly held: HeldOption; readonly reason: TargetProblem };

/** A leg that chooses by the target, or one that keeps its distance to such a leg. */
interface Seeker {
  readonly search: Search;
  readonly keepsTo: HeldOption | null;
}

/**
 * @param searches of every leg that is rolled, all with one target
 * @returns in their order a destination for each that moves: one that is there already stays, unless all of them do
 */
export function chooseDestinations(
  searches: readonly Search[],
  chain: readonly ListedOption[],
): DestinationsChoice {
  const seekers = searches.map((search): Seeker => ({
    search,
    keepsTo: leaderOf(search.held, heldIn(searches)),
  }));
  const leadersFirst = [
    ...seekers.filter(({ keepsTo }) => keepsTo === null),
    ...seekers.filter(({ keepsTo }) => keepsTo !== null),
  ];
  const found = new Map<HeldOption, Destination>();
  let stays: DestinationsChoice | null = null;
  for (const { search, keepsTo } of leadersFirst) {
    const { held } = search;
    const leader = keepsTo === null ? null : found.get(keepsTo);
    // Whoever keeps its distance to one that stays, stays too.
    if (leader === undefined) continue;
    const together = [...found.values()].find((other) => other.held.expiryMs === held.expiryMs);
    const choice = leader
      ? keepDistance(search, leader, chain)
      : chooseTarget(
          together ? { ...search, intoExpiryMs: together.option.instrument.expiryMs } : search,
          chain,
        );
    if (choice.kind === 'target') {
      found.set(held, { held, option: choice.option, decidedBy: choice.decidedBy });
      continue;
    }
    const refusal: DestinationsChoice = { kind: 'refused', held, reason: choice.reason };
    if (choice.reason.code !== 'sameOption') return refusal;
    stays ??= refusal;
  }
  const of = searches.flatMap(({ held }) => found.get(held) ?? []);
  return of.length === 0 && stays !== null ? stays : { kind: 'destinations', of };
}

const heldIn = (searches: readonly Search[]): readonly HeldOption[] => searches.map(({ held }) => held);

/** The short leg that a long one keeps its distance to: of its type, of its own expiry first; `null` of one that chooses. */
export function leaderOf(held: HeldOption, legs: readonly HeldOption[]): HeldOption | null {
  if (held.side === 'Sell') return null;
  const leaders = legs.filter(({ side, optionType }) => side === 'Sell' && optionType === held.optionType);
  return leaders.find(({ expiryMs }) => expiryMs === held.expiryMs) ?? leaders[0] ?? null;
}

/** The listed strike that is nearest to the one at the same distance, never on the other side of the short. */
function keepDistance(
  { held, target }: Search,
  leader: Destination,
  chain: readonly ListedOption[],
): TargetChoice {
  const strike = leader.option.instrument.strike;
  const distance = subtract(held.strike, leader.held.strike);
  const wanted = add(strike, distance);
  const isBeyond = (other: DecimalString): boolean =>
    decimal(distance).isZero() || compare(other, strike) * decimal(distance).comparedTo(0) > 0;
  const apart = ({ instrument }: ListedOption) => decimal(instrument.strike).minus(wanted).abs();
  const expiryMs = held.expiryMs === leader.held.expiryMs ? leader.option.instrument.expiryMs : held.expiryMs;
  const [option] = chain
    .filter(
      ({ instrument }) =>
        instrument.status === 'Trading' &&
        isOfFamily(instrument, held) &&
        instrument.expiryMs === expiryMs &&
        isBeyond(instrument.strike),
    )
    .sort((a, b) => apart(a).comparedTo(apart(b)));
  // Where the short one keeps its strike, the long one of another expiry is there already.
  if (option?.instrument.symbol === held.symbol)
    return { kind: 'refused', reason: { code: 'sameOption', figures: { strike: held.strike } } };
  if (option) return { kind: 'target', option, decidedBy: null };
  const figures = { optionType: held.optionType, target, strike: held.strike };
  return { kind: 'refused', reason: { code: 'noSuchStrike', figures } };
}

/**
 * The part of a chain that decides where the legs go: their own options, whatever lies on the way of a leg that chooses, and
 * where each goes. Where they go nowhere, all of it: the refusal speaks of it.
 */
export function destinationsReach(
  searches: readonly Search[],
  chain: readonly ListedOption[],
): readonly ListedOption[] {
  const choice = chooseDestinations(searches, chain);
  if (choice.kind === 'refused') return chain;
  const reach = new Set<ListedOption>();
  const [lead] = choice.of;
  for (const search of searches) {
    const { held } = search;
    const to = choice.of.find((destination) => destination.held === held);
    const isLed = leaderOf(held, heldIn(searches)) !== null;
    const isTogether = lead !== undefined && lead.held !== held && lead.held.expiryMs === held.expiryMs;
    const into = isTogether ? { intoExpiryMs: lead.option.instrument.expiryMs } : {};
    if (!isLed) for (const option of withinReach({ ...search, ...into }, 0, chain)) reach.add(option);
    for (const option of chain)
      if (option === to?.option || option.instrument.symbol === held.symbol) reach.add(option);
  }
  return [...reach];
}
