/**
 * What a task says now: its spec for the option that it holds, with the trigger where it stands after the rolls that were
 * made. Given to the task again, or to another that takes the position over, it goes on as it is.
 */
import { isZero } from '../money.ts';
import type { Rule } from '../rules/rule.ts';
import type { Trigger } from '../rules/triggers.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { RollContext } from './roll-context.ts';

type Stood = Pick<RollContext, 'spec' | 'held' | 'rules'>;

export function specInForce({ spec, held, rules }: Stood): TaskSpec {
  const qty = spec.qty === 'all' || isZero(held.qty) ? spec.qty : held.qty;
  const now = spec.rules.map((rule, place) => ({ ...rule, when: rules[place]?.trigger ?? rule.when }));
  return { ...spec, symbol: held.symbol, qty, rules: now };
}

/** Whether rolls have moved it away from what the person wrote. */
export const hasMoved = ({ spec, held, rules }: Stood): boolean =>
  spec.symbol !== held.symbol || spec.rules.some((rule, place) => !isSame(rule.when, rules[place]?.trigger));

/** The rule waits for what the rule of its name waits for now. */
export const keepsTrigger = ({ spec, rules }: Stood, { name, when }: Rule): boolean =>
  isSame(when, rules[spec.rules.findIndex((rule) => rule.name === name)]?.trigger);

const isSame = (a: Trigger, b: Trigger | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
