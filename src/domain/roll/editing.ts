/**
 * A person changes what a task says, or takes it back. Both are done between rolls: a roll that has begun ends as it was
 * meant to, because between its legs the position is open.
 */
import type { RollEvent } from './events.ts';
import { premiumOf } from './ledger.ts';
import { add, subtract } from '../money.ts';
import type { RollContext } from './roll-context.ts';

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
    trigger: spec.trigger,
    heldSince: {},
    triggered: null,
    unconfirmed: 0,
    held: { ...held, qty, premium: premiumOf(held, qty) },
    heldAsOfMs: change === '0' ? heldAsOfMs : atMs,
    ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, change) },
  };
}

/** Its management ends; the position stays as it is. */
export const markRemoved = (event: RollEvent): Partial<RollContext> =>
  event.type === 'REMOVED' ? { removedAtMs: event.atMs } : {};
