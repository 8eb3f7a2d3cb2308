/**
 * Whether a rule's trigger would hold at once on the option that its own roll leads to, as far as the rule alone says it.
 * Such a rule rolls again and again, as fast as its cooldown lets it.
 */
import { soonestDays } from '../market/expiries.ts';
import { compare, decimal, isPositive } from '../money.ts';
import type { Target } from './targets.ts';
import { isCombination, type Condition, type Follow, type Trigger } from './triggers.ts';

export interface OwnRoll {
  readonly target: Target;
  readonly follow: Follow;
}

/** @returns the conditions that make it hold again, empty when it would not, or when that depends on the market */
export function conditionsHeldAgain(trigger: Trigger, roll: OwnRoll): readonly Condition[] {
  if (!isCombination(trigger)) return holdsAgain(trigger, roll) ? [trigger] : [];
  const parts = trigger.of.map((part) => conditionsHeldAgain(part, roll));
  if (trigger.kind === 'all') return parts.every((part) => part.length > 0) ? parts.flat() : [];
  return parts.flat();
}

function holdsAgain({ kind, direction, level }: Condition, { target, follow }: OwnRoll): boolean {
  const { strike, expiry } = target;
  const staysInTime = expiry.kind === 'same';
  switch (kind) {
    case 'daysToExpiry': {
      const soonest = soonestDays(expiry);
      return staysInTime || (soonest !== null && soonest <= Number(level));
    }
    case 'expiryDay':
      return staysInTime;
    case 'delta':
      return (
        strike.kind === 'delta' &&
        (direction === 'above' ? compare(strike.delta, level) >= 0 : compare(strike.delta, level) <= 0)
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
