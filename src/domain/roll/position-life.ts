/**
 * What happens to a position outside of rolls: its owner trades it, or its option is delivered. A task never trades
 * against its owner: it notices the change, reports it and manages what is left.
 */
import type { RollEvent } from './events.ts';
import type { HeldOption } from '../market/held-option.ts';
import { bookSettlement, premiumOf, type Ledger } from './ledger.ts';
import { add, compare, isPositive, isZero, subtract, type DecimalString } from '../money.ts';
import type { Settlement } from '../market/order.ts';
import type { ReadAnswer, Stamped, Undelivered } from '../orders/outcomes.ts';
import { isEvidence } from './position-evidence.ts';
import { isAlertDue, markAlerted, noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import { summarize, type Move, type Roll } from './roll.ts';
import { movedLegs } from './turns.ts';
import { legsInOrder, rulesAfterTrade, type RollContext } from './roll-context.ts';
import { restRules, triggerOf } from '../rules/judging.ts';
import { unconfirmedBackOffMs } from './confirmation.ts';

/** `null` when the lists prove nothing: a roll moves the position, or it moved after they were asked for, or shortly before. */
const seenIn = (event: RollEvent, { heldAsOfMs, roll }: RollContext) =>
  event.type === 'POSITION_SEEN' && roll === null && isEvidence(event, heldAsOfMs) ? event : null;

/** Nothing of what the task manages is there any more, or the position has turned. */
export const isClosedByOwner = (context: RollContext, event: RollEvent): boolean => {
  const seen = seenIn(event, context);
  return seen !== null && (seen.side !== context.held.side || !isPositive(seen.qty));
};

/** A part of the position is gone. */
export function isReducedByOwner(context: RollContext, event: RollEvent): boolean {
  const seen = seenIn(event, context);
  const { held } = context;
  return seen?.side === held.side && isPositive(seen.qty) && compare(seen.qty, held.qty) < 0;
}

/** The position is larger than what the task manages: that is reported, and the rest left alone. */
export function hasPositionGrown(context: RollContext, event: RollEvent): boolean {
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

/** Notes that the account holds more than the task manages, as alerted. */
export function noteGrowth(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seen = seenIn(event, context);
  if (seen === null) return {};
  const reason = growth(context.held, seen.qty);
  const reasons = noteReason(context.reasons, { kind: 'grown', ...reason, atMs: seen.atMs });
  return { reasons: markAlerted(reasons) };
}

/** Manages from now on what the account was seen to hold; the difference is booked as a change by the owner. */
export function takePositionAsSeen(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seen = seenIn(event, context);
  const { held, ledger } = context;
  return seen === null ? {} : { ...withQty(held, ledger, seen.qty), heldAsOfMs: seen.askedAtMs };
}

const withQty = (held: HeldOption, ledger: Ledger, qty: DecimalString): Partial<RollContext> => ({
  held: { ...held, qty, premium: premiumOf(held, qty) },
  ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, subtract(qty, held.qty)) },
});

const nothingOf = (held: HeldOption): HeldOption => ({ ...held, qty: '0', premium: '0' });

/** A roll that was about to begin has found that only a part is still there. */
export const isPositionSmaller = ({ plan, held }: RollContext): boolean =>
  plan?.kind === 'mismatch' && plan.found.side === held.side;

/** Manages from now on what a roll that was about to begin has found. */
export function takePositionAsFound(context: RollContext): Partial<RollContext> {
  const { plan, held, ledger, wakeAtMs } = context;
  return plan?.kind === 'mismatch' ? { ...withQty(held, ledger, plan.found.qty), heldAsOfMs: wakeAtMs } : {};
}

/** The position is no longer there, and no task has closed it. */
export const dropPosition = ({ held, ledger }: RollContext): Partial<RollContext> => dropped(held, ledger);

const dropped = (held: HeldOption, ledger: Ledger): Partial<RollContext> => ({
  held: nothingOf(held),
  ledger: { ...ledger, changedByOwner: subtract(ledger.changedByOwner, held.qty) },
});

const leftAfterClosing = (held: HeldOption, { closed }: Move): HeldOption => ({
  ...held,
  qty: subtract(held.qty, closed.executedQty),
  premium: subtract(held.premium, premiumOf(held, closed.executedQty)),
});

/** A roll that is under way cannot go on: the old position has turned, or a leg of a structure is no longer there. */
export const isLegLost = ({ plan, others }: RollContext): boolean =>
  plan?.kind === 'mismatch' || (plan?.kind === 'gone' && others !== undefined);

/** Every leg as it is when what was to be closed of it is. */
const legsLeft = (context: RollContext, roll: Roll): readonly HeldOption[] =>
  movedLegs(context, roll).map(({ held, move }) => leftAfterClosing(held, move));

/**
 * Its owner closed the rest of it meanwhile, and nothing is opened: it was only to be closed, or what is closed until now was
 * to be given up.
 */
export const isGoneUnopened = ({ plan, roll, others }: RollContext): boolean =>
  plan?.kind === 'gone' &&
  others === undefined &&
  roll !== null &&
  (roll.closesOnly || isZero(roll.opened.executedQty));

/** The position, or the part of it that was to be closed, is. */
export function bookClosedPosition(context: RollContext): Partial<RollContext> {
  const { roll, spec, plan, ledger, wakeAtMs } = context;
  if (roll === null) return {};
  const rules = rulesAfterTrade(context, wakeAtMs);
  const ended = { ...roll, closesOnly: true };
  const [left = context.held, ...others] = legsLeft(context, roll);
  const traded = movedLegs(context, ended).filter(({ move }) => isPositive(move.closed.executedQty));
  const inOrder = context.others ? legsInOrder({ spec, held: left, others }) : { held: left };
  return {
    rules,
    ...(plan?.kind === 'gone' ? dropped(left, ledger) : inOrder),
    roll: null,
    plan: null,
    wish: null,
    lastRoll: summarize(ended, traded, { endedAtMs: wakeAtMs, nextTrigger: triggerOf(rules) }),
  };
}

/** The time of delivery has come. */
export const isExpired = ({ held, wakeAtMs }: RollContext): boolean => wakeAtMs >= held.expiryMs;

/** `undelivered` is looked at only when a delivery is overdue. */
export type SettlementAnswer = Stamped<
  ReadAnswer<{ readonly settlement: Settlement | null; readonly undelivered?: Undelivered }>
>;

/** A delivery is on record some moments later; the wait between two looks, and when it is noteOverdueDelivery. */
const settlementEveryMs = 60_000;
export const settlementWithinMs = 2 * 3_600_000;

/** Books the delivery, if it is on record; `wakeAtMs` is when to look again. */
export function bookSettledPosition(context: RollContext, answer: SettlementAnswer): Partial<RollContext> {
  const { held, ledger } = context;
  const wakeAtMs = answer.atMs + settlementEveryMs;
  if (answer.kind === 'failed') return { wakeAtMs, undelivered: null };
  const { settlement, undelivered = null } = answer.value;
  if (settlement === null)
    return { wakeAtMs, undelivered, ...noteOverdueDelivery(context, undelivered, answer.atMs) };
  return { wakeAtMs, held: nothingOf(held), ledger: bookSettlement(ledger, held, settlement) };
}

/** The delivery is in the ledger. */
export const isSettlementBooked = ({ ledger }: RollContext): boolean => ledger.settlement !== null;

const readAtMs = ({ wakeAtMs }: RollContext): number => wakeAtMs - settlementEveryMs;

/**
 * Nothing of it was delivered: its owner closed it before, or the exchange has no record. The time alone does not prove
 * that: the account no longer holds the option, and it is not traded any more.
 */
export const isSettlementMissing = (context: RollContext): boolean =>
  readAtMs(context) >= context.held.expiryMs + settlementWithinMs &&
  context.undelivered !== null &&
  !isOptionAlive(context.undelivered);

const isOptionAlive = ({ qty, status }: Undelivered): boolean =>
  isPositive(qty) || status === 'Trading' || status === 'PreLaunch';

/** The clock was wrong when it was thought to have expired, and has been set right. */
export const hasNotExpired = (context: RollContext): boolean => readAtMs(context) < context.held.expiryMs;

/** Noted like an answer to the trigger: then the wait is short, and `task why` shows it. */
export const noteNotExpired = (context: RollContext): Partial<RollContext> => {
  const reason: RollReason = { code: 'notExpired', figures: { symbol: context.held.symbol } };
  const atMs = readAtMs(context);
  return {
    wakeAtMs: atMs,
    rules: restRules(context.rules, (place) =>
      Math.max(context.rules[place]?.restsUntilMs ?? 0, atMs + unconfirmedBackOffMs(1)),
    ),
    reasons: noteReason(context.reasons, { kind: 'alive', ...reason, atMs }),
  };
};

const overdueKind = 'overdue';

/** Not delivered though it should have been long ago, and still there: a person is alerted, now and every hour. */
function noteOverdueDelivery(
  { held, reasons }: RollContext,
  undelivered: Undelivered | null,
  atMs: number,
): Partial<RollContext> {
  if (undelivered === null || !isOptionAlive(undelivered)) return {};
  const { symbol, expiryMs } = held;
  const reason: RollReason = { code: 'deliveryOverdue', figures: { symbol, expiryMs, ...undelivered } };
  const later = noteReason(reasons, { kind: overdueKind, ...reason, atMs });
  return { reasons: isAlertDue(later) ? markAlerted(later) : later };
}

/** It was found just now, and its alert is due. */
export const mustReportDelay = (context: RollContext): boolean => {
  const [last] = context.reasons;
  const atMs = readAtMs(context);
  return last?.kind === overdueKind && last.atMs === atMs && last.alertedAtMs === atMs;
};
