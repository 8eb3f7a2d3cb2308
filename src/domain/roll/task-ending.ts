/** How a task ended, and what it leaves behind when a roll is ended where it stands. */
import type { RollEvent } from './events.ts';
import { partsOf } from './holdings.ts';
import { plannedAtMs } from './leg2.ts';
import { isPositive, isZero } from '../money.ts';
import { openLegs } from '../rules/structure.ts';
import {
  hasBegun,
  isTraded,
  rollsAreUsedUp,
  summarize,
  type MovedLeg,
  type MoveSummary,
  type RollSummary,
} from './roll.ts';
import { legsInOrder, rulesAfterTrade, type RollContext } from './roll-context.ts';
import { movedLegs } from './turns.ts';
import { areRulesUsedUp, triggerOf } from '../rules/judging.ts';

/** Rolled as often as it may; closed by its own rule; closed by its owner, or by a stop at the exchange; delivered; flat in the middle of a roll; or removed. */
export type TaskEnding =
  'rolledOut' | 'closedByRule' | 'closedByOwner' | 'stoppedOut' | 'delivered' | 'flat' | 'removed';

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
  stoppedOut,
}: Pick<
  RollContext,
  'spec' | 'held' | 'others' | 'rollsDone' | 'lastRoll' | 'ledger' | 'removedAtMs' | 'rules' | 'stoppedOut'
>): TaskEnding {
  if (removedAtMs !== undefined) return 'removed';
  const isNothingHeld = openLegs({ held, ...(others && { others }) }).length === 0;
  if (stoppedOut !== undefined && isNothingHeld) return 'stoppedOut';
  const closedAtMs = lastRoll?.toSymbol === null ? lastRoll.endedAtMs : 0;
  if (ledger.settlement !== null && ledger.settlement.atMs >= closedAtMs) return 'delivered';
  if (lastRoll?.isFlat === true) return 'flat';
  const isClosed = lastRoll?.toSymbol === null && isZero(lastRoll.leftQty);
  if (isClosed && openLegs({ held, ...(others && { others }) }).length === 0) return 'closedByRule';
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
  if (roll === null || !hasBegun(roll)) return {};
  const endedAtMs = event.type === 'ACCEPT_FLAT' ? event.atMs : plannedAtMs(context);
  const legs = movedLegs(context, roll);
  const traded = legs.filter(({ move }) => isTraded(move));
  const summary = summarize(roll, traded, { endedAtMs, nextTrigger: triggerOf(rules) });
  const parts = legs.map(({ held, move }) => ({ held, parts: heldNow(context, { held, move }) }));
  if (parts.some((leg) => leg.parts.length > 1)) return { lastRoll: { ...summary, isFlat: true } };
  const [first = context.held, ...others] = parts.map(
    ({ held, parts: [part] }) => part ?? { ...held, qty: '0', premium: '0' },
  );
  const ended = unopened(summary);
  return {
    ...(context.others ? legsInOrder({ spec: context.spec, held: first, others }) : { held: first }),
    ...(context.others && { rules: rulesAfterTrade(context, endedAtMs), wish: null }),
    lastRoll: { ...summary, ...ended, ...lists(summary, unopened), isFlat: true },
    roll: null,
    plan: null,
  };
}

/** What of the leg is held; of one that was found to be gone only what is opened. */
function heldNow({ plan, held: inTurn, roll, others }: RollContext, { held, move }: MovedLeg) {
  const parts = roll === null ? [held] : partsOf(held, roll, move);
  const isGone = others !== undefined && plan?.kind === 'gone' && held === inTurn;
  return isGone ? parts.filter(({ symbol }) => symbol !== move.fromSymbol) : parts;
}

/** Of a leg of which nothing was opened, what was closed counts. */
const unopened = ({ opened, closed }: MoveSummary): Partial<MoveSummary> =>
  isPositive(opened.executedQty) ? {} : { toSymbol: null, qty: closed.executedQty };

const lists = (
  { others }: RollSummary,
  change: (move: MoveSummary) => Partial<MoveSummary>,
): Pick<RollSummary, 'others'> =>
  others ? { others: others.map((move) => ({ ...move, ...change(move) })) } : {};
