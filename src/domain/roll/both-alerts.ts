/**
 * Alerts of a roll that opens first, while both options are held: what was opened, how much is open twice, for how long and why,
 * and what happens next. The longer it lasts, the louder, as where something is missing.
 */
import type { Alert } from '../alert.ts';
import type { Side } from '../market/order.ts';
import { isZero, subtract, type DecimalString } from '../money.ts';
import { averagePrice } from '../orders/order-progress.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import { delivered, emitAlert, rollResult, type AlertingTask, type EmittedAlert } from './alerts.ts';
import { closingOption, leftDoubled, newPart, oldRest, openInterval } from './both-held.ts';
import type { RollEvent } from './events.ts';
import { newsOf, plannedAtMs, timeOf } from './leg2.ts';
import { lastFailureOf, nextStepOf, severityAfter, type LastFailure, type NextStep } from './leg2-alerts.ts';
import { reasonOf } from './leg-plan.ts';
import type { Roll } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { stoppedOut } from './stop-alerts.ts';
import { stopIn } from './stopped-out.ts';

/** What is open twice. Quantity in base coin. */
export interface Twice {
  readonly qty: DecimalString;
  /** Of the option that is to be closed. */
  readonly symbol: string;
  /** The one that stays. */
  readonly staysSymbol: string;
}

interface BothStanding {
  readonly rollId: string;
  readonly twice: Twice;
  readonly forMs: number;
  readonly last: LastFailure | null;
  readonly next: NextStep;
}

export interface BothAlertFigures {
  readonly leg2OpenedFirst: {
    readonly rollId: string;
    readonly side: Side;
    readonly qty: DecimalString;
    readonly symbol: string;
    readonly averagePrice: DecimalString;
    readonly fromSymbol: string;
  };
  readonly leg1NotClosed: BothStanding;
  readonly leg1StillNotClosed: BothStanding;
  readonly leg1GoesBack: Pick<BothStanding, 'rollId' | 'twice' | 'last'>;
  readonly bothStillHeld: {
    readonly twice: Twice;
    readonly forMs: number;
    readonly reason: Reason | null;
  };
  /** What was opened first is closed again. */
  readonly openedInVain: {
    readonly rollId: string;
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly netCredit: DecimalString;
    readonly fee: DecimalString;
  };
  /** Its owner has closed a part of one of the two options. */
  readonly oneOfBothClosed: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly otherSymbol: string;
  };
  /** The task goes on with the new option, and the rest of the old one is its owner's. */
  readonly newKept: {
    readonly symbol: string;
    readonly qty: DecimalString;
    readonly fromSymbol: string;
    readonly leftQty: DecimalString;
  };
}

const alert = (severity: Alert['severity'], reason: ReasonOf<BothAlertFigures>): EmittedAlert =>
  emitAlert(severity, reason);

type Rolling = RollContext & { readonly roll: Roll };

/** @throws Error when no roll is under way */
function rolling(context: RollContext): Rolling {
  const { roll } = context;
  if (roll === null) throw new Error(`no roll of ${context.held.symbol} is under way`);
  return { ...context, roll };
}

const twiceIn = ({ held, roll }: Pick<Rolling, 'held' | 'roll'>): Twice => {
  const { symbol } = closingOption(held, roll);
  const staysSymbol = symbol === roll.fromSymbol ? (roll.toSymbol ?? '') : roll.fromSymbol;
  return { qty: leftDoubled(roll), symbol, staysSymbol };
};

/** The new option is open, in whole or in part, and the old one is closed for it next. */
export function leg2OpenedFirst(context: RollContext): EmittedAlert {
  const { held, roll } = rolling(context);
  const { rollId, opened, toSymbol, fromSymbol } = roll;
  const { executedQty: qty, value } = opened;
  const price = averagePrice(value, qty);
  const figures = { rollId, side: held.side, qty, symbol: toSymbol ?? '', averagePrice: price, fromSymbol };
  return alert('info', { code: 'leg2OpenedFirst', figures });
}

function standingOf(context: RollContext, nowMs: number): BothStanding {
  const { roll } = rolling(context);
  const forMs = Math.max(nowMs - (openInterval(roll)?.sinceMs ?? nowMs), 0);
  return {
    rollId: roll.rollId,
    twice: twiceIn(rolling(context)),
    forMs,
    last: lastFailureOf(context),
    next: nextStepOf(context, nowMs),
  };
}

/** Something happened in leg 1 that a person should know at once. */
export function leg1News(context: RollContext): EmittedAlert {
  const atMs = plannedAtMs(context);
  const figures = standingOf(context, atMs);
  const severity = newsOf(context) === 'noWayBack' ? 'critical' : severityAfter(context, figures.forMs);
  return alert(severity, { code: 'leg1NotClosed', figures });
}

/** How leg 1 stands at a reminder. */
export function leg1Reminder(context: RollContext, event: RollEvent): EmittedAlert {
  const figures = standingOf(context, timeOf(event));
  return alert(severityAfter(context, figures.forMs), { code: 'leg1StillNotClosed', figures });
}

/** Leg 1 is given up: what was opened is closed again. */
export function leg1GoesBack(context: RollContext): EmittedAlert {
  const { rollId, twice, last } = standingOf(context, plannedAtMs(context));
  return alert('critical', { code: 'leg1GoesBack', figures: { rollId, twice, last } });
}

/** The reminder that a person has to decide, with what is open twice for how long. */
export function bothStillHeld(context: RollContext, event: RollEvent): EmittedAlert {
  const { twice, forMs } = standingOf(context, timeOf(event));
  return alert('critical', { code: 'bothStillHeld', figures: { twice, forMs, reason: reasonOf(context) } });
}

/** How the roll ended. */
export function bothResult(task: AlertingTask): EmittedAlert {
  const { lastRoll } = task;
  if (!lastRoll?.openedFirst || !lastRoll.compensated) return rollResult(task);
  const { rollId, fromSymbol, qty, netCredit, fee } = lastRoll;
  return alert('warning', {
    code: 'openedInVain',
    figures: { rollId, symbol: fromSymbol, qty, netCredit, fee },
  });
}

/** An owner, or a stop, has closed a part of one of the two. @param after as it is taken over */
export function oneOfBothGone(context: RollContext, after: Pick<RollContext, 'held' | 'roll'>): EmittedAlert {
  const before = rolling(context);
  const now = { ...before, ...after, roll: after.roll ?? before.roll };
  const [oldBefore, newBefore] = [oldRest(before.held, before.roll), newPart(before.held, before.roll)];
  const [oldNow, newNow] = [oldRest(now.held, now.roll), newPart(now.held, now.roll)];
  const ofOld = subtract(oldBefore.qty, oldNow.qty);
  const isOld = !isZero(ofOld);
  const [gone, left] = isOld ? [oldBefore, newNow] : [newBefore, oldNow];
  const stop = stopIn(context.plan);
  if (stop)
    return stoppedOut(stop, {
      symbol: gone.symbol,
      closedQty: isOld === before.roll.compensating ? '0' : before.roll.closed.executedQty,
      leftQty: isOld ? oldNow.qty : newNow.qty,
      goesOnAt: { symbol: left.symbol, qty: left.qty },
    });
  const qty = isOld ? ofOld : subtract(newBefore.qty, newNow.qty);
  return alert('warning', {
    code: 'oneOfBothClosed',
    figures: { symbol: gone.symbol, qty, otherSymbol: left.symbol },
  });
}

/** The option that was to be closed was delivered. @param after as it is booked */
export function deliveredOfBoth(context: RollContext, after: RollContext): EmittedAlert {
  const before = rolling(context);
  const { symbol, staysSymbol } = twiceIn(before);
  const isOnRecord = after.ledger.settlement?.symbol === symbol;
  const alerted = delivered({ ...after, settledLeg: { symbol, isOnRecord } });
  return { ...alerted, figures: { ...alerted.figures, goesOnWith: [staysSymbol] } };
}

/** A person has both left as they are. */
export function newKept(context: RollContext): EmittedAlert {
  const { held, roll } = rolling(context);
  const { symbol, qty } = newPart(held, roll);
  const rest = oldRest(held, roll);
  const figures = { symbol, qty, fromSymbol: rest.symbol, leftQty: rest.qty };
  return alert('warning', { code: 'newKept', figures });
}
