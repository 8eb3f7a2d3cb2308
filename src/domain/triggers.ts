/**
 * When a trigger holds, and where it stands after a roll. Level, not edge: a price beyond the level fires however it
 * got there, so a gap or a reconnect cannot miss it.
 */
import { compare, decimal, onGrid, toText, type DecimalString } from './money.ts';
import type { IndexTrigger, TaskSpec } from './task-spec.ts';

/** Is the index at or beyond the level? */
export function triggerHolds(trigger: IndexTrigger, indexPrice: DecimalString): boolean {
  const order = compare(indexPrice, trigger.level);
  return trigger.direction === 'above' ? order >= 0 : order <= 0;
}

/** The price that would wake a task: `rising` fires at or above `level`, `falling` at or below it. */
export interface WakeLevel {
  readonly direction: 'rising' | 'falling';
  readonly level: DecimalString;
}

/** Wakes a task that waits for its trigger. */
export const wakeWhenTriggered = ({ direction, level }: IndexTrigger): WakeLevel => ({
  direction: direction === 'above' ? 'rising' : 'falling',
  level,
});

/** Wakes a task whose trigger holds and must go on holding. */
export const wakeWhenReleased = ({ direction, level }: IndexTrigger): WakeLevel => ({
  direction: direction === 'above' ? 'falling' : 'rising',
  level,
});

/** Signed distance from the index to the level, in settle coin; negative once the trigger holds. */
export function distanceToTrigger(trigger: IndexTrigger, indexPrice: DecimalString): DecimalString {
  const rise = decimal(trigger.level).minus(indexPrice);
  return toText(trigger.direction === 'above' ? rise : rise.negated());
}

const percentLevelStep = '0.01';

/** The trigger of the next roll: moved with the strike, in proportion to it, or left where it is (`follow`). */
export function followStrike(
  trigger: IndexTrigger,
  follow: TaskSpec['follow'],
  oldStrike: DecimalString,
  newStrike: DecimalString,
): IndexTrigger {
  const level = decimal(trigger.level);
  switch (follow) {
    case 'fixed':
      return trigger;
    case 'strike':
      return { ...trigger, level: toText(level.plus(newStrike).minus(oldStrike)) };
    case 'percent':
      return {
        ...trigger,
        level: onGrid(toText(level.times(newStrike).dividedBy(oldStrike)), percentLevelStep, 'nearest'),
      };
  }
}
