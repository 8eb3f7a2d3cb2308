/**
 * Several options that are managed as one: a strangle, a spread, a condor. Each is a leg with a name; all legs of one option
 * type are a side. A task of one option is a structure of one leg.
 */
import type { HeldOption } from '../market/held-option.ts';
import type { OptionType } from '../market/option.ts';
import { compare, decimal, isPositive, toText, type DecimalString } from '../money.ts';
import type { LegChoice } from './rule.ts';

export interface Legs {
  readonly held: HeldOption;
  readonly others?: readonly HeldOption[];
}

/** Every leg, the one whose turn it is first; those that are gone, too. */
export const legsOf = ({ held, others = [] }: Legs): readonly HeldOption[] => [held, ...others];

/** The legs of which something is held. */
export const openLegs = (task: Legs): readonly HeldOption[] =>
  legsOf(task).filter(({ qty }) => isPositive(qty));

/** What is held is all of one option type. */
export const hasOneSide = (task: Legs): boolean =>
  new Set(openLegs(task).map(({ optionType }) => optionType)).size < 2;

/** The task manages more than one option. */
export const isStructure = ({ others }: Legs): boolean => others !== undefined;

/** The open leg that is delivered first, of several at one time the first of the task; that of a task that holds nothing. */
export const firstDelivered = (task: Legs): HeldOption => {
  const [first = task.held, ...others] = openLegs(task);
  return others.reduce((soonest, leg) => (leg.expiryMs < soonest.expiryMs ? leg : soonest), first);
};

/** The exchange's delta of a leg; `null` while it is not known. */
export type DeltaOf = (leg: HeldOption) => DecimalString | null;

/** The options that say which side is tested: the shorts that are open, or all that are, where none is short. */
export function decidingLegs(legs: readonly HeldOption[]): readonly HeldOption[] {
  const open = legs.filter(({ qty }) => isPositive(qty));
  const shorts = open.filter(({ side }) => side === 'Sell');
  return shorts.length > 0 ? shorts : open;
}

/**
 * The option that speaks for a side: of its deciding ones that of the highest delta, whatever its sign. `null` while a delta
 * that decides is not known, or where the side has none.
 */
export function decidingLeg(
  legs: readonly HeldOption[],
  optionType: OptionType,
  deltaOf: DeltaOf,
): HeldOption | null {
  let highest: HeldOption | null = null;
  let highestDelta = '-1';
  for (const leg of decidingLegs(legs)) {
    if (leg.optionType !== optionType) continue;
    const delta = deltaOf(leg);
    if (delta === null) return null;
    const size = toText(decimal(delta).abs());
    if (compare(size, highestDelta) <= 0) continue;
    highest = leg;
    highestDelta = size;
  }
  return highest;
}

/**
 * The option type of the side that is tested: whose short option (of a structure without shorts, whose option) has the higher
 * delta, whatever its sign. `null` while a delta that decides is not known, or when there is only one side.
 */
export function testedType(legs: readonly HeldOption[], deltaOf: DeltaOf): OptionType | null {
  const types = new Set(decidingLegs(legs).map(({ optionType }) => optionType));
  const [only] = types;
  // Of a collar the side with the short option: the other one can only gain.
  if (
    only !== undefined &&
    types.size === 1 &&
    !hasOneSide({ held: legs[0] as HeldOption, others: legs.slice(1) })
  )
    return only;
  const [call, put] = [decidingLeg(legs, 'call', deltaOf), decidingLeg(legs, 'put', deltaOf)];
  if (call === null || put === null) return null;
  const sizeOf = (leg: HeldOption): DecimalString => toText(decimal(deltaOf(leg) ?? '0').abs());
  return compare(sizeOf(call), sizeOf(put)) >= 0 ? 'call' : 'put';
}

/**
 * The legs that a choice means, in their order; `null` while it cannot be known which side is tested.
 * @param choice all that are open when absent
 */
export function chosenLegs(
  task: Legs,
  choice: LegChoice | undefined,
  deltaOf: DeltaOf,
): readonly HeldOption[] | null {
  const open = openLegs(task);
  if (choice === undefined) return open;
  if (choice !== 'tested' && choice !== 'untested')
    return open.filter(({ leg }) => leg !== undefined && choice.includes(leg));
  const tested = testedType(open, deltaOf);
  if (tested === null) return null;
  return open.filter(({ optionType }) => (optionType === tested) === (choice === 'tested'));
}

/** The side that is not tested is rolled towards the price: that is what it is chosen for. */
export const isTowardsThePrice = (choice: LegChoice | undefined): boolean => choice === 'untested';
