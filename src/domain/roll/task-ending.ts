/** How a task ended, and what it leaves behind when a roll is ended where it stands. */
import type { RollEvent } from './events.ts';
import { holdingsOf } from './holdings.ts';
import { plannedAtMs } from './leg2.ts';
import { isPositive, isZero } from '../money.ts';
import { rollsAreUsedUp, summarize } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { areRulesUsedUp, triggerOf } from '../rules/judging.ts';

/** Rolled as often as it may; closed by its own rule; closed by its owner; delivered; flat in the middle of a roll; or removed. */
export type TaskEnding = 'rolledOut' | 'closedByRule' | 'closedByOwner' | 'delivered' | 'flat' | 'removed';

/** The task has rolled as often as it may, or each of its rules has acted as often as it may. */
export const hasRolledOut = ({
  spec,
  rollsDone,
  rules,
}: Pick<RollContext, 'spec' | 'rollsDone' | 'rules'>): boolean =>
  rollsAreUsedUp(spec, rollsDone) || areRulesUsedUp({ spec, rules });

/** Of a task that is COMPLETED. */
export function endingOf({
  spec,
  held,
  rollsDone,
  lastRoll,
  ledger,
  removedAtMs,
  rules,
}: Pick<
  RollContext,
  'spec' | 'held' | 'rollsDone' | 'lastRoll' | 'ledger' | 'removedAtMs' | 'rules'
>): TaskEnding {
  if (removedAtMs !== undefined) return 'removed';
  if (ledger.settlement !== null) return 'delivered';
  if (lastRoll?.isFlat === true) return 'flat';
  if (lastRoll?.toSymbol === null && isZero(lastRoll.leftQty)) return 'closedByRule';
  return !isZero(held.qty) && hasRolledOut({ spec, rollsDone, rules }) ? 'rolledOut' : 'closedByOwner';
}

/**
 * The roll ends where it stands: what was closed stays closed, what was opened stays open. A position that is split over
 * two options stays written down as the roll, because a task holds one.
 */
export function endFlat(context: RollContext, event: RollEvent): Partial<RollContext> {
  const { roll, held, rules } = context;
  if (roll === null || isZero(roll.closed.executedQty)) return {};
  const endedAtMs = event.type === 'ACCEPT_FLAT' ? event.atMs : plannedAtMs(context);
  const lastRoll = { ...summarize(roll, held, { endedAtMs, nextTrigger: triggerOf(rules) }), isFlat: true };
  const [rest, other] = holdingsOf(context);
  if (other) return { lastRoll };
  const toSymbol = isPositive(roll.opened.executedQty) ? lastRoll.toSymbol : null;
  const qty = toSymbol === null ? roll.closed.executedQty : lastRoll.qty;
  return {
    held: rest ?? { ...held, qty: '0', premium: '0' },
    lastRoll: { ...lastRoll, toSymbol, qty },
    roll: null,
    plan: null,
  };
}
