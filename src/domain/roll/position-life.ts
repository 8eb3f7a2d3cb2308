/**
 * What happens to a position outside of rolls: its owner trades it, or its option is delivered. A task never trades
 * against its owner: it notices the change, reports it and manages what is left. Of a structure it happens leg by leg.
 */
import type { RollEvent } from './events.ts';
import type { HeldOption } from '../market/held-option.ts';
import { bookSettlement, premiumOf, type Ledger } from './ledger.ts';
import { add, compare, isPositive, isZero, subtract, type DecimalString } from '../money.ts';
import type { Settlement } from '../market/order.ts';
import type { ReadAnswer, Stamped, Undelivered } from '../orders/outcomes.ts';
import { isEvidence, listsLagMs } from './position-evidence.ts';
import { isAlertDue, markAlerted, noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import { summarize, type Move, type Roll } from './roll.ts';
import { bookGone, stopIn } from './stopped-out.ts';
import type { StoppedOut } from './stop-facts.ts';
import type { LegPlan } from './leg-plan.ts';
import { movedLegs } from './turns.ts';
import { legsInOrder, rulesAfterTrade, type RollContext } from './roll-context.ts';
import { restRules, triggerOf } from '../rules/judging.ts';
import { firstDelivered, isStructure, openLegs } from '../rules/structure.ts';
import { inOrderOfSpec, turnTo } from './turns.ts';
import { unconfirmedBackOffMs } from './confirmation.ts';

/** `null` when the lists prove nothing: a roll moves the position, or it moved after they were asked for, or shortly before. */
const seenIn = (event: RollEvent, { heldAsOfMs, roll }: RollContext) =>
  event.type === 'POSITION_SEEN' && roll === null && isEvidence(event, heldAsOfMs) ? event : null;

type PositionSeen = NonNullable<ReturnType<typeof seenIn>>;

/** What was seen, and the task with the turn at the leg of which it was; `null` as above, and of a leg that is gone. */
function legSeenIn(
  event: RollEvent,
  context: RollContext,
): { readonly seen: PositionSeen; readonly task: RollContext } | null {
  const seen = seenIn(event, context);
  if (seen === null || !isStructure(context)) return seen && { seen, task: context };
  const task = turnTo(context, seen.symbol ?? '');
  return task.held.symbol === seen.symbol && isPositive(task.held.qty) ? { seen, task } : null;
}

/** The change of the leg whose turn it is, with the legs in the order of the spec again. */
function changed(task: RollContext, change: Partial<RollContext>): Partial<RollContext> {
  if (!isStructure(task)) return change;
  const { held, others } = inOrderOfSpec({ ...task, ...change });
  return { ...change, held, ...(others && { others }) };
}

/** Something is held besides the leg whose turn it is. */
const areOthersOpen = ({ others = [] }: RollContext): boolean => others.some(({ qty }) => isPositive(qty));

/** Nothing of the leg is there any more, or its position has turned. */
const isGone = (seen: PositionSeen, { held }: RollContext): boolean =>
  seen.side !== held.side || !isPositive(seen.qty);

/** Nothing of what the task manages is there any more, or the position has turned. */
export const isClosedByOwner = (context: RollContext, event: RollEvent): boolean => {
  const found = legSeenIn(event, context);
  return found !== null && isGone(found.seen, found.task) && !areOthersOpen(found.task);
};

/** One leg of a structure is not there any more, and others are. */
export const isLegClosedByOwner = (context: RollContext, event: RollEvent): boolean => {
  const found = legSeenIn(event, context);
  return found !== null && isGone(found.seen, found.task) && areOthersOpen(found.task);
};

/** A part of the position is gone. */
export function isReducedByOwner(context: RollContext, event: RollEvent): boolean {
  const found = legSeenIn(event, context);
  if (found === null || isGone(found.seen, found.task)) return false;
  return compare(found.seen.qty, found.task.held.qty) < 0;
}

/** The position is larger than what the task manages: that is reported, and the rest left alone. */
export function hasPositionGrown(context: RollContext, event: RollEvent): boolean {
  const found = legSeenIn(event, context);
  if (found === null) return false;
  const { seen, task } = found;
  if (seen.side !== task.held.side || compare(seen.qty, task.held.qty) <= 0) return false;
  const { code, figures } = growth(task.held, seen.qty);
  const known = isStructure(context) ? context.reasons : context.reasons.slice(0, 1);
  return !known.some(
    (reason) => reason.code === code && JSON.stringify(reason.figures) === JSON.stringify(figures),
  );
}

const growth = ({ symbol, qty }: HeldOption, foundQty: DecimalString): RollReason => ({
  code: 'positionGrown',
  figures: { symbol, qty, foundQty },
});

/** Notes that the account holds more than the task manages, as alerted. */
export function noteGrowth(context: RollContext, event: RollEvent): Partial<RollContext> {
  const found = legSeenIn(event, context);
  if (found === null) return {};
  const { seen, task } = found;
  const reason = growth(task.held, seen.qty);
  const kind = ['grown', ...(task.held.leg === undefined ? [] : [task.held.leg])].join(' ');
  return { reasons: markAlerted(noteReason(context.reasons, { kind, ...reason, atMs: seen.atMs })) };
}

/** Manages from now on what the account was seen to hold; the difference is booked as a change by the owner. */
export function takePositionAsSeen(context: RollContext, event: RollEvent): Partial<RollContext> {
  const found = legSeenIn(event, context);
  if (found === null) return {};
  const { seen, task } = found;
  // What the same two lists show of other legs is still to be taken from them.
  const heldAsOfMs = isStructure(task) ? seen.firstAskedAtMs - listsLagMs : seen.askedAtMs;
  const change = withQty(task.held, task.ledger, { qty: seen.qty, stop: seen.stop ?? null });
  return { ...changed(task, change), heldAsOfMs };
}

const withQty = (
  held: HeldOption,
  ledger: Ledger,
  { qty, stop }: { readonly qty: DecimalString; readonly stop: StoppedOut | null },
): Partial<RollContext> => ({
  held: { ...held, qty, premium: premiumOf(held, qty) },
  ledger: bookGone(ledger, held, { qty: subtract(held.qty, qty), stop }),
});

const nothingOf = (held: HeldOption): HeldOption => ({ ...held, qty: '0', premium: '0' });

/** A roll that was about to begin has found that only a part is still there. */
export const isPositionSmaller = ({ plan, held }: RollContext): boolean =>
  plan?.kind === 'mismatch' && plan.found.side === held.side;

/** Manages from now on what a roll that was about to begin has found. */
export function takePositionAsFound(context: RollContext): Partial<RollContext> {
  const { plan, held, ledger, wakeAtMs } = context;
  if (plan?.kind !== 'mismatch') return {};
  return { ...withQty(held, ledger, { qty: plan.found.qty, stop: stopIn(plan) }), heldAsOfMs: wakeAtMs };
}

/** The position, of a structure the leg of the event or else the one whose turn it is, is gone, and no task has closed it. */
export function dropPosition(context: RollContext, event: RollEvent): Partial<RollContext> {
  const found = legSeenIn(event, context);
  const task = found?.task ?? context;
  const stop = found ? (found.seen.stop ?? null) : stopIn(context.plan);
  return {
    ...changed(task, dropped(task.held, task.ledger, stop)),
    ...(stop && !areOthersOpen(task) && { stoppedOut: stop }),
  };
}

const dropped = (held: HeldOption, ledger: Ledger, stop: StoppedOut | null = null): Partial<RollContext> => ({
  held: nothingOf(held),
  ledger: bookGone(ledger, held, { qty: held.qty, stop }),
});

const leftAfterClosing = (held: HeldOption, { closed }: Move): HeldOption => ({
  ...held,
  qty: subtract(held.qty, closed.executedQty),
  premium: subtract(held.premium, premiumOf(held, closed.executedQty)),
});

/** A structure is only to be closed, and its owner has closed the leg whose turn it is. */
export const isLegToCloseLost = ({ plan, others, roll }: RollContext): boolean =>
  plan?.kind === 'gone' && others !== undefined && roll?.closesOnly === true;

/** What is left of the leg whose turn it is, is its owner's doing: nothing of it is to be closed any more. */
export function dropLostLeg({ held, roll, ledger }: RollContext): Partial<RollContext> {
  if (roll === null) return {};
  const qty = roll.closed.executedQty;
  return {
    held: { ...held, qty, premium: premiumOf(held, qty) },
    roll: { ...roll, qty },
    ledger: { ...ledger, changedByOwner: add(ledger.changedByOwner, subtract(qty, held.qty)) },
    plan: null,
  };
}

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

const stoppedIn = (plan: LegPlan | null): Pick<RollContext, 'stoppedOut'> => {
  const stoppedOut = stopIn(plan);
  return stoppedOut ? { stoppedOut } : {};
};

/** A stop has closed what leg 1 had not closed yet: nothing more is opened, and what is open already is managed on. */
export const isRestStopped = ({ plan, others }: RollContext): boolean =>
  others === undefined && plan?.kind === 'gone' && stopIn(plan) !== null;

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
    ...(plan?.kind === 'gone' ? dropped(left, ledger, stopIn(plan)) : inOrder),
    ...stoppedIn(plan),
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
export const settlementEveryMs = 60_000;
export const settlementWithinMs = 2 * 3_600_000;

/** Its turn is the leg that is delivered first. */
const atDelivery = (context: RollContext): RollContext =>
  isStructure(context) ? turnTo(context, firstDelivered(context).symbol) : context;

/** The option whose delivery is looked for: of a structure the leg that is delivered first. */
export const deliveredOption = (
  context: RollContext,
): { readonly symbol: string; readonly expiryMs: number } => {
  const { symbol, expiryMs } = atDelivery(context).held;
  return { symbol, expiryMs };
};

/**
 * Books the delivery, if it is on record; `wakeAtMs` is when to look again. A leg of a structure that is gone without a
 * record is given up, so that the others go on.
 */
export function bookSettledPosition(context: RollContext, answer: SettlementAnswer): Partial<RollContext> {
  const task = atDelivery(context);
  const { held, ledger } = task;
  const wakeAtMs = answer.atMs + settlementEveryMs;
  const noLeg = isStructure(task) ? { settledLeg: null } : {};
  if (answer.kind === 'failed') return { wakeAtMs, undelivered: null, ...noLeg };
  const { settlement, undelivered = null } = answer.value;
  if (settlement !== null) {
    const booked = { wakeAtMs, held: nothingOf(held), ledger: bookSettlement(ledger, held, settlement) };
    if (!isStructure(task)) return booked;
    const settledLeg = { symbol: held.symbol, isOnRecord: true };
    return changed(task, { ...booked, undelivered: null, settledLeg });
  }
  if (isStructure(task) && isNeverDelivered({ ...task, wakeAtMs, undelivered })) {
    const settledLeg = { symbol: held.symbol, isOnRecord: false };
    return changed(task, { wakeAtMs, undelivered: null, ...dropped(held, ledger), settledLeg });
  }
  return { wakeAtMs, undelivered, ...noLeg, ...noteOverdueDelivery(task, undelivered, answer.atMs) };
}

/** The delivery is in the ledger. */
export const isSettlementBooked = (context: RollContext): boolean =>
  isStructure(context) ? context.settledLeg?.isOnRecord === true : context.ledger.settlement !== null;

const readAtMs = ({ wakeAtMs }: Pick<RollContext, 'wakeAtMs'>): number => wakeAtMs - settlementEveryMs;

type Looked = Pick<RollContext, 'held' | 'undelivered' | 'wakeAtMs'>;

export const isNeverDelivered = ({ held, undelivered, wakeAtMs }: Looked): boolean =>
  readAtMs({ wakeAtMs }) >= held.expiryMs + settlementWithinMs &&
  undelivered !== null &&
  !isOptionAlive(undelivered);

/**
 * Nothing of it was delivered: its owner closed it before, or the exchange has no record. The time alone does not prove
 * that: the account no longer holds the option, and it is not traded any more.
 */
export const isSettlementMissing = (context: RollContext): boolean =>
  isStructure(context) ? context.settledLeg?.isOnRecord === false : isNeverDelivered(context);

/** A leg is settled, and others of the structure are held. */
export const areOtherLegsHeld = (context: RollContext): boolean =>
  isStructure(context) && context.settledLeg != null && openLegs(context).length > 0;

/** Another one is delivered, too. */
export const isAnotherDelivered = (context: RollContext): boolean =>
  areOtherLegsHeld(context) && firstDelivered(context).expiryMs <= readAtMs(context);

const isOptionAlive = ({ qty, status }: Undelivered): boolean =>
  isPositive(qty) || status === 'Trading' || status === 'PreLaunch';

/** The clock was wrong when it was thought to have expired, and has been set right. */
export const hasNotExpired = (context: RollContext): boolean =>
  readAtMs(context) < atDelivery(context).held.expiryMs;

/** Noted like an answer to the trigger: then the wait is short, and `task why` shows it. */
export const noteNotExpired = (context: RollContext): Partial<RollContext> => {
  const reason: RollReason = { code: 'notExpired', figures: { symbol: atDelivery(context).held.symbol } };
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
