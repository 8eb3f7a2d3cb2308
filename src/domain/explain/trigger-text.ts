/** How people read a trigger and its values. */
import { clockForm } from '../spec/clock-form.ts';
import { scheduleForm } from '../spec/schedule-shape.ts';
import type { Schedule } from '../rules/schedules.ts';
import { dayMs, hourMs } from '../units.ts';
import { durationText } from './duration-text.ts';
import { percentText, toText, decimal, type DecimalString } from '../money.ts';
import {
  isCombination,
  isSide,
  type Condition,
  type ConditionKind,
  type Trigger,
} from '../rules/triggers.ts';

const names: Readonly<Record<ConditionKind, string>> = {
  index: 'index',
  mark: 'mark price',
  last: 'last price',
  delta: 'delta',
  theta: 'theta',
  impliedVolatility: 'implied volatility',
  impliedVolatilityRank: 'rank of implied volatility',
  realisedVolatility: 'realised volatility',
  optionMark: "the option's mark",
  extrinsicValue: 'extrinsic value',
  extrinsicShare: 'extrinsic value as a share of the premium',
  profit: 'profit',
  moneyness: 'moneyness',
  deviations: 'standard deviations to the strike',
  daysToExpiry: 'days to expiry',
  expiryDay: 'time on expiry day',
  every: 'time until the next hour',
};

/** `index above 25500 for 5 s`, `delta of the tested side above 0.3`, `any of (delta above 0.45, profit above 80 %)`. */
export function triggerText(trigger: Trigger): string {
  if (isCombination(trigger)) return `${trigger.kind} of (${trigger.of.map(triggerText).join(', ')})`;
  if (trigger.schedule) return scheduleText(trigger.schedule);
  const hold = trigger.holdMs > 0 ? ` for ${String(trigger.holdMs / 1_000)} s` : '';
  const over = trigger.overDays === undefined ? '' : ` over ${trigger.overDays} days`;
  return `${conditionName(trigger.kind, trigger.leg)}${over} ${wayOf(trigger)} ${valueText(trigger.kind, trigger.level)}${hold}`;
}

const scheduleText = (schedule: Schedule): string =>
  `every ${scheduleForm(schedule)} (within ${durationText(schedule.withinMs)})`;

/** What the condition speaks of, as people call it. @param leg of a structure: the leg or side that it names */
export function conditionName(kind: ConditionKind, leg?: string): string {
  if (leg === undefined) return names[kind];
  const name = kind === 'optionMark' ? 'mark' : names[kind];
  return `${name} of ${isSide(leg) ? `the ${leg} side` : leg}`;
}

const wayOf = ({ kind, direction }: Condition): string => (kind === 'expiryDay' ? 'after' : direction);

/** In the unit in which people write it. */
export function valueText(kind: ConditionKind, value: DecimalString): string {
  switch (kind) {
    case 'profit':
    case 'moneyness':
    case 'extrinsicShare':
    case 'impliedVolatility':
    case 'realisedVolatility':
    case 'impliedVolatilityRank':
      return percentText(value);
    case 'every':
      return waitText(Number(value));
    case 'expiryDay':
      return clockForm(Number(value));
    case 'daysToExpiry':
    case 'deviations':
    case 'theta':
      return toText(decimal(value).toDecimalPlaces(2));
    case 'delta':
      return toText(decimal(value).toDecimalPlaces(4));
    case 'index':
    case 'mark':
    case 'last':
    case 'optionMark':
    case 'extrinsicValue':
      return value;
  }
}

/** From two days on in days and hours. */
const waitText = (ms: number): string =>
  ms < 2 * dayMs ? durationText(ms) : `${Math.floor(ms / dayMs)} days ${Math.floor((ms % dayMs) / hourMs)} h`;
