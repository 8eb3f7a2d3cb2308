/**
 * A person changes what a task says, or takes it back. Both are done between rolls: a roll that has begun ends as it was
 * meant to, because between its legs the position is open.
 */
import type { RollEvent } from './events.ts';
import { premiumOf } from './ledger.ts';
import type { HeldOption } from '../market/held-option.ts';
import { add, isZero, subtract, sum } from '../money.ts';
import { firstDelivered, legsOf } from '../rules/structure.ts';
import { namesOptionsHeld } from './spec-in-force.ts';
import { inOrderOfSpec } from './turns.ts';
import type { RollContext } from './roll-context.ts';
import type { RuleState } from '../rules/judging.ts';
import type { Rule } from '../rules/rule.ts';

/** Between rolls, and the spec is about the options that the task manages now. */
export const canBeEdited = (task: Pick<RollContext, 'roll' | 'held' | 'others'>, event: RollEvent): boolean =>
  task.roll === null &&
  event.type === 'EDITED' &&
  namesOptionsHeld(event.spec, task) &&
  event.atMs < firstDelivered(task).expiryMs;

/**
 * The trigger starts where the new spec puts it; what the task has done counts on. A quantity that differs is booked as a
 * change by the owner, at the premium of the rest.
 */
export function takeSpec(context: RollContext, event: RollEvent): Partial<RollContext> {
  if (event.type !== 'EDITED') return {};
  const { spec, atMs } = event;
  const { ledger, heldAsOfMs } = context;
  const legs = legsAfterEdit(context, event);
  const changes = legs.map(({ after, before }) => subtract(after.qty, before.qty));
  const [first, ...rest] = legs.map(({ after }) => after);
  const { held, others } = inOrderOfSpec({ spec, held: first ?? context.held, others: rest });
  return {
    spec,
    rules: spec.rules.map((rule) => stateAfterEdit(context, rule, atMs)),
    heldSince: {},
    triggered: null,
    unconfirmed: 0,
    held,
    ...(context.others && { others }),
    heldAsOfMs: changes.every((change) => isZero(change)) ? heldAsOfMs : atMs,
    ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, sum(changes)) },
  };
}

interface EditedLeg {
  readonly before: HeldOption;
  readonly after: HeldOption;
}

/** A leg that is gone stays so. */
function legsAfterEdit(
  task: Pick<RollContext, 'held' | 'others'>,
  { qty, quantities }: Extract<RollEvent, { type: 'EDITED' }>,
): readonly EditedLeg[] {
  return legsOf(task).map((before) => {
    const now = quantities?.[before.leg ?? ''] ?? qty;
    if (isZero(before.qty)) return { before, after: before };
    return { before, after: { ...before, qty: now, premium: premiumOf(before, now) } };
  });
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
