/**
 * Whether a rule's trigger would hold at once on the option that its own roll leads to, as far as the rule alone says it.
 * Such a rule rolls again and again, as fast as its cooldown lets it.
 */
import { soonestDays } from '../market/expiries.ts';
import { compare, decimal, isPositive } from '../money.ts';
import type { LegChoice } from './rule.ts';
import type { Target } from './targets.ts';
import { isCombination, isSide, type Condition, type Follow, type Trigger } from './triggers.ts';

export interface OwnRoll {
  readonly target: Target;
  readonly follow: Follow;
  /** The task has several legs. */
  readonly isOfStructure?: boolean;
  /** A leg that is delivered first stays where it is. */
  readonly leavesFirst?: boolean;
  /** Which legs of a structure it moves; all of them when absent. */
  readonly legs?: LegChoice | undefined;
}

/** The roll leaves the leg of which the condition speaks where it is. A leg may be on either side: then that is not known. */
export function isLegLeft({ leg, kind }: Condition, { legs, leavesFirst }: OwnRoll): boolean {
  if (legs === undefined) return false;
  const isOfSide = legs === 'tested' || legs === 'untested';
  // Of all legs the one that is delivered first: one side of it stays.
  if (leg === undefined)
    return (isOfSide || leavesFirst === true) && (kind === 'daysToExpiry' || kind === 'expiryDay');
  if (isSide(leg)) return isOfSide && leg !== legs;
  return !isOfSide && !legs.includes(leg);
}

/** @returns the conditions that make it hold again, empty when it would not, or when that depends on the market */
export function conditionsHeldAgain(trigger: Trigger, roll: OwnRoll): readonly Condition[] {
  if (!isCombination(trigger)) return holdsAgain(trigger, roll) ? [trigger] : [];
  const parts = trigger.of.map((part) => conditionsHeldAgain(part, roll));
  if (trigger.kind === 'all') return parts.every((part) => part.length > 0) ? parts.flat() : [];
  return parts.flat();
}

/**
 * Once the untested side has its delta, there is nothing to roll it to: the rule comes to rest though the tested side, which it
 * watches, stays where it is.
 */
const comesToRest = ({ leg }: Condition, { legs, target: { strike, expiry } }: OwnRoll): boolean =>
  leg === 'tested' &&
  legs === 'untested' &&
  (strike.kind === 'delta' || strike.kind === 'deltaAtMost' || strike.kind === 'bestCredit') &&
  expiry.kind !== 'next' &&
  !('from' in expiry);

function holdsAgain(condition: Condition, roll: OwnRoll): boolean {
  const { kind, direction, level } = condition;
  const { target, follow } = roll;
  const { strike, expiry } = target;
  const isLeft = isLegLeft(condition, roll);
  if (isLeft && !comesToRest(condition, roll)) return true;
  const staysInTime = expiry.kind === 'same';
  switch (kind) {
    case 'daysToExpiry': {
      const soonest = soonestDays(expiry);
      return staysInTime || (soonest !== null && soonest <= Number(level));
    }
    case 'expiryDay':
      return staysInTime;
    case 'delta':
      // That of a structure is the sum of its legs, of which each has the target's delta.
      if (roll.isOfStructure === true && condition.leg === undefined) return false;
      return (
        strike.kind === 'delta' &&
        (direction === 'above'
          ? compare(strike.delta, level) >= (isLeft ? 1 : 0)
          : compare(strike.delta, level) <= 0)
      );
    // A new option has gained nothing and lost nothing.
    case 'profit':
      return direction === 'above' ? !isPositive(level) : !decimal(level).isNegative();
    case 'moneyness':
      return strike.kind === 'same';
    case 'index':
    case 'mark':
    case 'last':
      return strike.kind === 'same' || follow === 'fixed';
    // The underlying moves as it did, whatever is held.
    case 'realisedVolatility':
      return true;
    // The roll changes nothing of them, or the market says what they are of the new option.
    case 'optionMark':
    case 'theta':
    case 'impliedVolatility':
    case 'impliedVolatilityRank':
    case 'extrinsicValue':
    case 'extrinsicShare':
    case 'deviations':
    // An hour is used up by the roll that began in it.
    case 'every':
      return false;
  }
}
