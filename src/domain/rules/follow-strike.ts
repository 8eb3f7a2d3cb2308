/** Where a trigger stands after a roll: what it says of the underlying's price moves with the strike, or stays. */
import { decimal, Decimal, multiply, toText, type DecimalString } from '../money.ts';
import { isCombination, type Follow, type Trigger } from './triggers.ts';

/** A level that keeps its share of the strike need not end as a decimal; so many digits are a billionth of any price. */
const levelDigits = 10;

/** How a trigger follows, in which roll. */
export interface Following {
  readonly follow: Follow;
  readonly oldStrike: DecimalString;
  readonly newStrike: DecimalString;
}

/** The trigger of the next roll: levels on the underlying's price move with the strike, the others speak of the new option. */
export function followStrike(trigger: Trigger, following: Following): Trigger {
  if (isCombination(trigger))
    return { ...trigger, of: trigger.of.map((part) => followStrike(part, following)) };
  const { follow, oldStrike, newStrike } = following;
  if (follow === 'fixed' || !['index', 'mark', 'last'].includes(trigger.kind)) return trigger;
  const level = decimal(trigger.level);
  if (follow === 'strike') return { ...trigger, level: toText(level.plus(newStrike).minus(oldStrike)) };
  const moved = decimal(multiply(trigger.level, newStrike)).dividedBy(oldStrike);
  // Rounded away from the price, so that a level never holds at once only because it was rounded.
  const rounding = trigger.direction === 'above' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN;
  return { ...trigger, level: toText(moved.toSignificantDigits(levelDigits, rounding)) };
}
