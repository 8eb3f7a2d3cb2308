/**
 * What a task says now: its spec for the options that it holds, with the trigger where it stands after the rolls that were
 * made. Given to the task again, or to another that takes the positions over, it goes on as it is.
 */
import type { HeldOption } from '../market/held-option.ts';
import { isZero } from '../money.ts';
import type { Rule } from '../rules/rule.ts';
import { legsOf } from '../rules/structure.ts';
import type { Trigger } from '../rules/triggers.ts';
import type { SpecLeg, TaskSpec } from '../spec/task-spec.ts';
import type { RollContext } from './roll-context.ts';

type Stood = Pick<RollContext, 'spec' | 'held' | 'others' | 'rules'>;

export function specInForce(task: Stood): TaskSpec {
  const { spec, rules } = task;
  const now = spec.rules.map((rule, place) => ({ ...rule, when: rules[place]?.trigger ?? rule.when }));
  const legs = legsInForce(task);
  if (legs) return { ...spec, symbol: legs[0]?.symbol ?? spec.symbol, legs, rules: now };
  const { held } = task;
  const qty = spec.qty === 'all' || isZero(held.qty) ? spec.qty : held.qty;
  return { ...spec, symbol: held.symbol, qty, rules: now };
}

/** Of a structure; a leg that is gone stays with the symbol that it had last. */
function legsInForce(task: Stood): readonly SpecLeg[] | undefined {
  const { spec } = task;
  return spec.legs?.map((written) => {
    const held = legNamed(task, written.name);
    if (held === undefined) return written;
    const { symbol, qty } = held;
    const isSame = isZero(qty) || qty === writtenQty(spec, held) || writtenQty(spec, held) === 'all';
    return { ...written, symbol, ...(!isSame && { qty }) };
  });
}

/** The leg of this name; `undefined` when the task has none. */
export const legNamed = (task: Pick<RollContext, 'held' | 'others'>, name: string): HeldOption | undefined =>
  legsOf(task).find(({ leg }) => leg === name);

/** What the spec says of how much of it is managed: a quantity, or `all`. @param leg the option, or a leg of a structure */
export const writtenQty = ({ qty, legs }: TaskSpec, { leg }: Pick<HeldOption, 'leg'>): string =>
  legs?.find(({ name }) => name === leg)?.qty ?? qty;

/** Whether rolls have moved it away from what the person wrote. */
export const hasMoved = (task: Stood): boolean =>
  !namesOptionsHeld(task.spec, task) ||
  task.spec.rules.some((rule, place) => !isSame(rule.when, task.rules[place]?.trigger));

/** The spec is about the options that the task manages now: leg by leg in a structure. */
export const namesOptionsHeld = (spec: TaskSpec, task: Pick<RollContext, 'held' | 'others'>): boolean => {
  const legs = legsOf(task);
  if (task.others === undefined) return spec.legs === undefined && spec.symbol === task.held.symbol;
  return (
    spec.legs?.length === legs.length &&
    spec.legs.every(({ name, symbol }) => legNamed(task, name)?.symbol === symbol)
  );
};

/** The rule waits for what the rule of its name waits for now. */
export const keepsTrigger = (
  { spec, rules }: Pick<RollContext, 'spec' | 'rules'>,
  { name, when }: Rule,
): boolean => isSame(when, rules[spec.rules.findIndex((rule) => rule.name === name)]?.trigger);

const isSame = (a: Trigger, b: Trigger | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);
