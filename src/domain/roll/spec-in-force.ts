/**
 * What a task says now: its spec for the option that it holds, with the trigger where it stands after the rolls that were
 * made. Given to the task again, or to another that takes the position over, it goes on as it is.
 */
import { isZero } from '../money.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { RollContext } from './roll-context.ts';

export function specInForce({
  spec,
  held,
  trigger,
}: Pick<RollContext, 'spec' | 'held' | 'trigger'>): TaskSpec {
  const qty = spec.qty === 'all' || isZero(held.qty) ? spec.qty : held.qty;
  return { ...spec, symbol: held.symbol, qty, trigger };
}

/** Whether rolls have moved it away from what the person wrote. */
export const hasMoved = ({ spec, held, trigger }: Pick<RollContext, 'spec' | 'held' | 'trigger'>): boolean =>
  spec.symbol !== held.symbol || JSON.stringify(spec.trigger) !== JSON.stringify(trigger);
