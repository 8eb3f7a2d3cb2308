/**
 * A person changes what a task says, or takes it back. Both are done between rolls: a roll that has begun ends as it was
 * meant to, because between its legs the position is open.
 */
import type { RollEvent } from './events.ts';
import { premiumOf } from './ledger.ts';
import { add, subtract } from '../money.ts';
import type { RollContext } from './roll-context.ts';
import type { RuleState } from '../rules/judging.ts';
import type { Rule } from '../rules/rule.ts';

/** Between rolls, and the spec is about the option that the task manages now. */
export const canBeEdited = ({ roll, held }: Pick<RollContext, 'roll' | 'held'>, event: RollEvent): boolean =>
  roll === null && event.type === 'EDITED' && event.spec.symbol === held.symbol && event.atMs < held.expiryMs;

/**
 * The trigger starts where the new spec puts it; what the task has done counts on. A quantity that differs is booked as a
 * change by the owner, at the premium of the rest.
 */
export function takeSpec(context: RollContext, event: RollEvent): Partial<RollContext> {
  if (event.type !== 'EDITED') return {};
  const { spec, qty, atMs } = event;
  const { held, ledger, heldAsOfMs } = context;
  const change = subtract(qty, held.qty);
  return {
    spec,
    rules: spec.rules.map((rule) => stateAfterEdit(context, rule, atMs)),
    heldSince: {},
    triggered: null,
    unconfirmed: 0,
    held: { ...held, qty, premium: premiumOf(held, qty) },
    heldAsOfMs: change === '0' ? heldAsOfMs : atMs,
    ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, change) },
  };
}

/** A rule that keeps its name keeps its count, and what is left of its rest, if its new cooldown is no shorter. */
function stateAfterEdit({ spec, rules }: RollContext, { name, when, guards }: Rule, atMs: number): RuleState {
  const before = rules[spec.rules.findIndex((rule) => rule.name === name)];
  const restsUntilMs = Math.min(before?.restsUntilMs ?? 0, atMs + guards.cooldownMs);
  return { trigger: when, restsUntilMs, rollsDone: before?.rollsDone ?? 0 };
}

/** Its management ends; the position stays as it is. */
export const markRemoved = (event: RollEvent): Partial<RollContext> =>
  event.type === 'REMOVED' ? { removedAtMs: event.atMs } : {};
