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

/** The task manages more than one option. */
export const isStructure = ({ others }: Legs): boolean => others !== undefined;

/** The open leg that is delivered first, of several at one time the first of the task; that of a task that holds nothing. */
export const firstDelivered = (task: Legs): HeldOption => {
  const [first = task.held, ...others] = openLegs(task);
  return others.reduce((soonest, leg) => (leg.expiryMs < soonest.expiryMs ? leg : soonest), first);
};

/** The exchange's delta of a leg; `null` while it is not known. */
export type DeltaOf = (leg: HeldOption) => DecimalString | null;

/**
 * The option type of the side that is tested: whose short option (of a structure without shorts, whose option) has the higher
 * delta, whatever its sign. `null` while a delta that decides is not known, or when there is only one side.
 */
export function testedType(legs: readonly HeldOption[], deltaOf: DeltaOf): OptionType | null {
  const open = legs.filter(({ qty }) => isPositive(qty));
  const shorts = open.filter(({ side }) => side === 'Sell');
  const deciding = shorts.length > 0 ? shorts : open;
  const [call, put] = (['call', 'put'] as const).map((type) =>
    highestDelta(
      deciding.filter(({ optionType }) => optionType === type),
      deltaOf,
    ),
  );
  if (call === undefined || put === undefined || call === null || put === null) return null;
  return compare(call, put) >= 0 ? 'call' : 'put';
}

/** Without sign; `null` of no leg, or where one is not known. */
function highestDelta(legs: readonly HeldOption[], deltaOf: DeltaOf): DecimalString | null {
  let highest: DecimalString | null = null;
  for (const leg of legs) {
    const delta = deltaOf(leg);
    if (delta === null) return null;
    const size = toText(decimal(delta).abs());
    if (highest === null || compare(size, highest) > 0) highest = size;
  }
  return highest;
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
