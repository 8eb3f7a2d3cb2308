/** How a task ended, and what it leaves behind when a roll is ended where it stands. */
import type { RollEvent } from './events.ts';
import { partsOf } from './holdings.ts';
import { plannedAtMs } from './leg2.ts';
import { isPositive, isZero } from '../money.ts';
import { openLegs } from '../rules/structure.ts';
import { hasClosed, rollsAreUsedUp, summarize } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { movedLegs } from './turns.ts';
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
  others,
  rollsDone,
  lastRoll,
  ledger,
  removedAtMs,
  rules,
}: Pick<
  RollContext,
  'spec' | 'held' | 'others' | 'rollsDone' | 'lastRoll' | 'ledger' | 'removedAtMs' | 'rules'
>): TaskEnding {
  if (removedAtMs !== undefined) return 'removed';
  const closedAtMs = lastRoll?.toSymbol === null ? lastRoll.endedAtMs : 0;
  if (ledger.settlement !== null && ledger.settlement.atMs >= closedAtMs) return 'delivered';
  if (lastRoll?.isFlat === true) return 'flat';
  if (lastRoll?.toSymbol === null && isZero(lastRoll.leftQty)) return 'closedByRule';
  return openLegs({ held, ...(others && { others }) }).length > 0 && hasRolledOut({ spec, rollsDone, rules })
    ? 'rolledOut'
    : 'closedByOwner';
}

/**
 * The roll ends where it stands: what was closed stays closed, what was opened stays open. A leg that is split over two
 * options stays written down as the roll, because a task holds one.
 */
export function endFlat(context: RollContext, event: RollEvent): Partial<RollContext> {
  const { roll, rules } = context;
  if (roll === null || !hasClosed(roll)) return {};
  const endedAtMs = event.type === 'ACCEPT_FLAT' ? event.atMs : plannedAtMs(context);
  const legs = movedLegs(context, roll);
  const traded = legs.filter(({ move }) => isPositive(move.closed.executedQty));
  const summary = summarize(roll, traded, { endedAtMs, nextTrigger: triggerOf(rules) });
  const lastRoll = { ...summary, isFlat: true };
  const parts = legs.map(({ held, move }) => ({ held, parts: partsOf(held, roll, move) }));
  if (parts.some((leg) => leg.parts.length > 1)) return { lastRoll };
  const [first, ...others] = parts.map(
    ({ held, parts: [part] }) => part ?? { ...held, qty: '0', premium: '0' },
  );
  const isOpened = isPositive(roll.opened.executedQty);
  return {
    ...(first && { held: first }),
    ...(context.others && { others }),
    lastRoll: isOpened ? lastRoll : { ...lastRoll, toSymbol: null, qty: roll.closed.executedQty },
    roll: null,
    plan: null,
  };
}
