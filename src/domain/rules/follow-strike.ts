/** Where a trigger stands after a roll: what it says of the underlying's price moves with the strike, or stays. */
import type { HeldOption } from '../market/held-option.ts';
import { decimal, Decimal, multiply, toText } from '../money.ts';
import { isCombination, type Condition, type Follow, type Trigger } from './triggers.ts';

/** A level that keeps its share of the strike need not end as a decimal; so many digits are a billionth of any price. */
const levelDigits = 10;

/** How a trigger follows, in which roll. */
export interface Following {
  readonly follow: Follow;
  /** Each option that was left for another one. */
  readonly steps: readonly {
    readonly old: Pick<HeldOption, 'strike' | 'optionType' | 'side'>;
    readonly next: Pick<HeldOption, 'strike'>;
  }[];
}

/** The trigger of the next roll: levels on the underlying's price move with the strike, the others speak of the new option. */
export function followStrike(trigger: Trigger, following: Following): Trigger {
  if (isCombination(trigger))
    return { ...trigger, of: trigger.of.map((part) => followStrike(part, following)) };
  const { follow } = following;
  const step = stepFollowed(trigger, following);
  if (follow === 'fixed' || !['index', 'mark', 'last'].includes(trigger.kind) || !step) return trigger;
  const [oldStrike, newStrike] = [step.old.strike, step.next.strike];
  const level = decimal(trigger.level);
  if (follow === 'strike') return { ...trigger, level: toText(level.plus(newStrike).minus(oldStrike)) };
  const moved = decimal(multiply(trigger.level, newStrike)).dividedBy(oldStrike);
  // Rounded away from the price, so that a level never holds at once only because it was rounded.
  const rounding = trigger.direction === 'above' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN;
  return { ...trigger, level: toText(moved.toSignificantDigits(levelDigits, rounding)) };
}

/** Of several legs a level above the price follows the calls, one below it the puts; the shorts before the longs. */
function stepFollowed(
  { direction }: Condition,
  { steps }: Following,
): Following['steps'][number] | undefined {
  const ofSide = steps.filter(({ old }) => (old.optionType === 'call') === (direction === 'above'));
  const candidates = ofSide.length > 0 ? ofSide : steps;
  return candidates.find(({ old }) => old.side === 'Sell') ?? candidates[0];
}
