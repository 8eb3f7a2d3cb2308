/** A spec written out in full, as a person would write it: what `parseTaskSpec` reads, with every default in its place. */
import type { DebitMax, Guards } from '../rules/guards.ts';
import { decimal, toText, type DecimalString } from '../money.ts';
import { durationUnits } from './task-spec-words.ts';
import type { TaskSpec } from './task-spec.ts';
import { notDuringForm } from './blackout-shape.ts';
import { clockForm } from './clock-form.ts';
import { scheduleForm } from './schedule-shape.ts';
import { expiryForm, strikeForm } from './target-form.ts';
import { isCombination, type ConditionKind, type Trigger } from '../rules/triggers.ts';

/** Reading it again gives the same spec. Prices and quantities stay texts: a YAML number may be a float. */
export function fullForm(spec: TaskSpec): object {
  const { target, execution, leg2 } = spec;
  return {
    symbol: spec.symbol,
    qty: spec.qty,
    trigger: triggerForm(spec.trigger),
    evenIfTrue: spec.evenIfTrue,
    target:
      target === null ? 'close' : { strike: strikeForm(target.strike), expiry: expiryForm(target.expiry) },
    execution: {
      style: execution.style,
      every: durationText(execution.everyMs),
      steps: execution.steps,
      deadline: durationText(execution.deadlineMs),
      slippage: { max: shareText(execution.slippageMax) },
    },
    leg2: { fallback: leg2.fallback, attempts: leg2.attemptsMax },
    follow: spec.follow,
    guards: guardsForm(spec.guards),
  };
}

/** Conditions that are written in percent. */
const sharesOf: readonly ConditionKind[] = [
  'profit',
  'moneyness',
  'impliedVolatility',
  'impliedVolatilityRank',
  'realisedVolatility',
  'extrinsicShare',
];

function triggerForm(trigger: Trigger): object {
  if (isCombination(trigger)) return { [trigger.kind]: trigger.of.map(triggerForm) };
  const { kind, direction, level, holdMs, schedule, overDays } = trigger;
  if (schedule) return { every: { time: scheduleForm(schedule), within: durationText(schedule.withinMs) } };
  if (kind === 'expiryDay') return { expiryDay: { after: clockForm(Number(level)) } };
  const isShare = sharesOf.includes(kind);
  return {
    [kind === 'extrinsicShare' ? 'extrinsicValue' : kind]: {
      [direction]: isShare ? shareText(level) : level,
      ...(overDays !== undefined && { over: `${overDays}d` }),
      ...(holdMs > 0 && { for: durationText(holdMs) }),
    },
  };
}

const guardsForm = (guards: Guards): object => ({
  ...(guards.netCreditMin !== undefined && { netCredit: { min: guards.netCreditMin } }),
  ...(guards.debitMax && { debit: { max: mostText(guards.debitMax) } }),
  ...(guards.spreadMax !== undefined && { spread: { max: shareText(guards.spreadMax) } }),
  ...(guards.openInterestMin !== undefined && { openInterest: { min: guards.openInterestMin } }),
  ...rollsForm(guards),
  cooldown: durationText(guards.cooldownMs),
  maintenanceMargin: { max: shareText(guards.maintenanceMax) },
  notBeforeExpiry: durationText(guards.notBeforeExpiryMs),
  ...(guards.quietHours && {
    quietHours: `${clockForm(guards.quietHours.fromMs)}-${clockForm(guards.quietHours.toMs)}`,
  }),
  ...(guards.notDuring && { notDuring: notDuringForm(guards.notDuring) }),
  allowWrongWay: guards.allowWrongWay,
  strikeHighWaterMark: guards.strikeHighWaterMark,
  whenRefused: guards.whenRefused,
});

function rollsForm({ rollsMax, rollsPerDayMax }: Guards): object {
  const rolls = {
    ...(rollsMax !== null && { max: rollsMax }),
    ...(rollsPerDayMax !== null && { perDay: rollsPerDayMax }),
  };
  return Object.keys(rolls).length > 0 ? { rolls } : {};
}

/** In the largest unit that divides it: `120000` is `2m`, `90000` is `90s`. */
export function durationText(ms: number): string {
  const units = Object.entries(durationUnits).reverse();
  const [unit, unitMs] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['s', durationUnits.s];
  return `${ms / unitMs}${unit}`;
}

const mostText = ({ kind, value }: DebitMax): string =>
  kind === 'amount' ? value : `${shareText(value)}${kind === 'spot' ? ' of spot' : ''}`;

/** As it is written in a spec, exactly. */
const shareText = (fraction: DecimalString): string => `${toText(decimal(fraction).times(100))}%`;
