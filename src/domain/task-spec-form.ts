/** A spec written out in full, as a person would write it: what `parseTaskSpec` reads, with every default in its place. */
import type { DebitMax } from './guards.ts';
import { decimal, toText, type DecimalString } from './money.ts';
import { describeTarget } from './targets.ts';
import { durationUnits, type TaskSpec } from './task-spec.ts';

/** Reading it again gives the same spec. Prices and quantities stay texts: a YAML number may be a float. */
export function fullForm(spec: TaskSpec): object {
  const { trigger, target, execution, leg2, guards } = spec;
  return {
    symbol: spec.symbol,
    qty: spec.qty,
    trigger: {
      index: {
        [trigger.direction]: trigger.level,
        ...(trigger.holdMs > 0 && { for: durationText(trigger.holdMs) }),
      },
    },
    target: { strike: describeTarget(target), expiry: 'same' },
    execution: {
      style: execution.style,
      every: durationText(execution.everyMs),
      steps: execution.steps,
      deadline: durationText(execution.deadlineMs),
      slippage: { max: shareText(execution.slippageMax) },
    },
    leg2: { fallback: leg2.fallback, attempts: leg2.attemptsMax },
    follow: spec.follow,
    guards: {
      ...(guards.netCreditMin !== undefined && { netCredit: { min: guards.netCreditMin } }),
      ...(guards.debitMax && { debit: { max: mostText(guards.debitMax) } }),
      ...(guards.spreadMax !== undefined && { spread: { max: shareText(guards.spreadMax) } }),
      ...(guards.rollsMax !== null && { rolls: { max: guards.rollsMax } }),
      cooldown: durationText(guards.cooldownMs),
      allowWrongWay: guards.allowWrongWay,
    },
  };
}

/** In the largest unit that divides it: `120000` is `2m`, `90000` is `90s`. */
export function durationText(ms: number): string {
  const units = Object.entries(durationUnits).reverse();
  const [unit, unitMs] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['s', durationUnits.s];
  return `${ms / unitMs}${unit}`;
}

const mostText = ({ kind, value }: DebitMax): string => (kind === 'share' ? shareText(value) : value);

/** As it is written in a spec, exactly. */
const shareText = (fraction: DecimalString): string => `${toText(decimal(fraction).times(100))}%`;
