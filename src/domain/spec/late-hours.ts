/** Refuses an hour of the expiry day at which the option has been delivered already: it would never come. */
import type { SymbolRules } from '../market/exchange-rules.ts';
import { isCombination, type Trigger } from '../rules/triggers.ts';
import { clockForm } from './clock-form.ts';

/** @param path of the trigger in the spec @returns where each such hour is, and what would be right */
export function* lateHoursIn(
  trigger: Trigger,
  rules: Pick<SymbolRules, 'deliveryHourMs'>,
  path: readonly (string | number)[],
): Generator<[(string | number)[], string]> {
  if (isCombination(trigger)) {
    for (const [at, part] of trigger.of.entries())
      yield* lateHoursIn(part, rules, [...path, trigger.kind, at]);
    return;
  }
  if (trigger.kind === 'expiryDay' && Number(trigger.level) >= rules.deliveryHourMs)
    yield [
      [...path, 'expiryDay', 'after'],
      `an hour before the delivery at ${clockForm(rules.deliveryHourMs)} UTC`,
    ];
}
