/**
 * What happens to a position outside of rolls: its owner trades it himself, or its option is delivered. The owner is
 * never fought: what he did is noticed, said, and taken as it is.
 */
import type { RollEvent } from './events.ts';
import type { HeldOption } from '../market/held-option.ts';
import { bookSettlement, premiumOf, type Ledger } from './ledger.ts';
import { add, compare, isPositive, subtract, type DecimalString } from '../money.ts';
import type { Settlement } from '../market/order.ts';
import type { ReadAnswer, Stamped, Undelivered } from '../orders/outcomes.ts';
import { isEvidence } from './position-evidence.ts';
import { isAlertDue, markAlerted, noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import { summarize } from './roll.ts';
import type { RollContext } from './roll-context.ts';

/** `null` when the lists prove nothing: the position moved after they were asked for, or shortly before. */
const seenIn = (event: RollEvent, { heldAsOfMs }: RollContext) =>
  event.type === 'POSITION_SEEN' && isEvidence(event, heldAsOfMs) ? event : null;

/** Nothing of what the task cares for is there any more, or it is the other way round. */
export const isClosedByOwner = (context: RollContext, event: RollEvent): boolean => {
  const seen = seenIn(event, context);
  return seen !== null && (seen.side !== context.held.side || !isPositive(seen.qty));
};

/** A part of it is gone. */
export function isReducedByOwner(context: RollContext, event: RollEvent): boolean {
  const seen = seenIn(event, context);
  const { held } = context;
  return seen?.side === held.side && isPositive(seen.qty) && compare(seen.qty, held.qty) < 0;
}

/** There is more of it than was entrusted to the task: that is said, and left alone. */
export function hasGrown(context: RollContext, event: RollEvent): boolean {
  const seen = seenIn(event, context);
  const { held, reasons } = context;
  if (seen?.side !== held.side || compare(seen.qty, held.qty) <= 0) return false;
  const { code, figures } = growth(held, seen.qty);
  const [last] = reasons;
  return last?.code !== code || JSON.stringify(last.figures) !== JSON.stringify(figures);
}

const growth = ({ symbol, qty }: HeldOption, foundQty: DecimalString): RollReason => ({
  code: 'positionGrown',
  figures: { symbol, qty, foundQty },
});

export function notedGrowth(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seen = seenIn(event, context);
  if (seen === null) return {};
  const reason = growth(context.held, seen.qty);
  const reasons = noteReason(context.reasons, { kind: 'grown', ...reason, atMs: seen.atMs });
  return { reasons: markAlerted(reasons) };
}

export function takenOver(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seen = seenIn(event, context);
  const { held, ledger } = context;
  return seen === null ? {} : { ...withQty(held, ledger, seen.qty), heldAsOfMs: seen.askedAtMs };
}

const withQty = (held: HeldOption, ledger: Ledger, qty: DecimalString): Partial<RollContext> => ({
  held: { ...held, qty, premium: premiumOf(held, qty) },
  ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, subtract(qty, held.qty)) },
});

const nothingOf = (held: HeldOption): HeldOption => ({ ...held, qty: '0', premium: '0' });

/** Found when a roll was about to begin: a part is still there. */
export const isLessThanHeld = ({ plan, held }: RollContext): boolean =>
  plan?.kind === 'mismatch' && plan.found.side === held.side;

/** Care for what a roll that was about to begin has found. */
export function foundLess(context: RollContext): Partial<RollContext> {
  const { plan, held, ledger, wakeAtMs } = context;
  return plan?.kind === 'mismatch' ? { ...withQty(held, ledger, plan.found.qty), heldAsOfMs: wakeAtMs } : {};
}

/** The position is no longer there, and nobody here has closed it. */
export const givenUp = ({ held, ledger }: RollContext): Partial<RollContext> => ({
  held: nothingOf(held),
  ledger: { ...ledger, changedByOwner: subtract(ledger.changedByOwner, held.qty) },
});

/** The position was to be closed, and is. */
export function closedDown(context: RollContext): Partial<RollContext> {
  const { roll, held, trigger, wakeAtMs } = context;
  if (roll === null) return {};
  return {
    held: {
      ...held,
      qty: subtract(held.qty, roll.closed.executedQty),
      premium: subtract(held.premium, premiumOf(held, roll.closed.executedQty)),
    },
    roll: null,
    plan: null,
    lastRoll: summarize(roll, held, { endedAtMs: wakeAtMs, nextTrigger: trigger }),
  };
}

export const isExpired = ({ held, wakeAtMs }: RollContext): boolean => wakeAtMs >= held.expiryMs;

/** `undelivered` is looked at only when a delivery is overdue. */
export type SettlementAnswer = Stamped<
  ReadAnswer<{ readonly settlement: Settlement | null; readonly undelivered?: Undelivered }>
>;

/** A delivery is on record some moments later; the wait between two looks, and when it is overdue. */
const settlementEveryMs = 60_000;
export const settlementWithinMs = 2 * 3_600_000;

/** Books the delivery, if it is on record; `wakeAtMs` is when to look again. */
export function settled(context: RollContext, answer: SettlementAnswer): Partial<RollContext> {
  const { held, ledger } = context;
  const wakeAtMs = answer.atMs + settlementEveryMs;
  if (answer.kind === 'failed') return { wakeAtMs, undelivered: null };
  const { settlement, undelivered = null } = answer.value;
  if (settlement === null) return { wakeAtMs, undelivered, ...overdue(context, undelivered, answer.atMs) };
  return { wakeAtMs, held: nothingOf(held), ledger: bookSettlement(ledger, held, settlement) };
}

export const isSettled = ({ ledger }: RollContext): boolean => ledger.settlement !== null;

const lookedAtMs = ({ wakeAtMs }: RollContext): number => wakeAtMs - settlementEveryMs;

/**
 * Nothing was delivered of it: its owner closed it before, or the exchange does not tell. The time alone proves nothing:
 * the account no longer holds it, and it is not traded any more.
 */
export const isNeverSettled = (context: RollContext): boolean =>
  lookedAtMs(context) >= context.held.expiryMs + settlementWithinMs &&
  context.undelivered !== null &&
  !isStillThere(context.undelivered);

const isStillThere = ({ qty, status }: Undelivered): boolean =>
  isPositive(qty) || status === 'Trading' || status === 'PreLaunch';

/** The clock was wrong when it was thought to have expired, and has been set right. */
export const hasNotExpired = (context: RollContext): boolean => lookedAtMs(context) < context.held.expiryMs;

/** Noted like an answer to the trigger: then the wait is short, and `task why` shows it. */
export const foundAlive = (context: RollContext): Partial<RollContext> => {
  const reason: RollReason = { code: 'notExpired', figures: { symbol: context.held.symbol } };
  const atMs = lookedAtMs(context);
  return {
    wakeAtMs: atMs,
    unconfirmed: 1,
    reasons: noteReason(context.reasons, { kind: 'alive', ...reason, atMs }),
  };
};

const overdueKind = 'overdue';

/** Not delivered though it should have been long ago, and still there: a person should know, now and every hour. */
function overdue(
  { held, reasons }: RollContext,
  undelivered: Undelivered | null,
  atMs: number,
): Partial<RollContext> {
  if (undelivered === null || !isStillThere(undelivered)) return {};
  const { symbol, expiryMs } = held;
  const reason: RollReason = { code: 'deliveryOverdue', figures: { symbol, expiryMs, ...undelivered } };
  const later = noteReason(reasons, { kind: overdueKind, ...reason, atMs });
  return { reasons: isAlertDue(later) ? markAlerted(later) : later };
}

/** It was found just now, and the time has come to tell. */
export const isOverdueTold = (context: RollContext): boolean => {
  const [last] = context.reasons;
  const atMs = lookedAtMs(context);
  return last?.kind === overdueKind && last.atMs === atMs && last.alertedAtMs === atMs;
};
