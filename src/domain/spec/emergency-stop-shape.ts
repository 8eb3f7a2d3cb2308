/**
 * How a spec asks for an emergency stop (docs/tasks.md#emergency-stop): a stop-loss that stands at the exchange for the time in which
 * no daemon runs. It has to be farther than the rules, which act first while one does.
 */
import { z } from 'zod';
import { compare, decimal, isPositive, subtract, toText } from '../money.ts';
import type { EmergencyStop } from '../rules/emergency-stop.ts';
import type { Rule } from '../rules/rule.ts';
import { conditionsOf } from '../rules/triggers.ts';
import { orUnknownKey, percent } from './task-spec-words.ts';

const lossExpected = 'a loss above 0%, like 200%';

export const emergencyStopShape = z.strictObject(
  { loss: percent.refine(isPositive, { error: lossExpected }) },
  orUnknownKey('an object like { loss: 200% }', 'loss'),
);

export const emergencyStopForm = ({ loss }: EmergencyStop): object => ({
  loss: `${toText(decimal(loss).times(100))}%`,
});

/** Rules that act on a loss have to act before it. */
export function* nonsenseOfEmergencyStop(
  stop: EmergencyStop | undefined,
  rules: readonly Pick<Rule, 'when' | 'then'>[],
): Generator<[string[], string]> {
  if (stop === undefined) return;
  for (const { when, then } of rules)
    for (const { kind, direction, level } of then.kind === 'alert' ? [] : conditionsOf(when)) {
      if (kind !== 'profit' || direction !== 'below') continue;
      const loss = subtract('0', level);
      if (compare(stop.loss, loss) > 0) continue;
      const share = `${toText(decimal(loss).times(100))}%`;
      yield [
        ['emergencyStop', 'loss'],
        `more than ${share}, at which a rule acts: it is for when no daemon runs`,
      ];
    }
}
