/**
 * Alerts while something is closed and not opened again: for how long, what is missing, why, and what
 * happens next. The longer it lasts, the louder; news are alerted at once, reminders come between them.
 */
import type { Alert } from '../alert.ts';
import type { RefusalScope } from '../errors.ts';
import type { Margin, Side } from '../market/order.ts';
import { isPositive, isZero, sum, type DecimalString } from '../money.ts';
import type { Reason, ReasonOf } from '../reason.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import type { RollEvent } from './events.ts';
import { cannotGoBack, newsOf, plannedAtMs, timeOf } from './leg2.ts';
import { openInterval } from './both-held.ts';
import { quickRemindersMs } from '../orders/reminders.ts';
import { isStructure } from '../rules/structure.ts';
import { closedSymbols, leftToClose, missingOf, movesOf, type Missing, type Roll } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import { reasonOf, refusalOf } from './leg-plan.ts';
import type { PassedOver } from './roll-reasons.ts';

/** From here on a missing position may cost more than a person is willing to lose. */
const criticalAfterMs = quickRemindersMs[1];

/** The last failure since the old option was closed, and what a person needs to do something about it. */
export interface LastFailure {
  readonly reason: Reason;
  readonly refusal: RefusalScope | null;
  /** As the exchange showed it before the order, where margin was the reason. */
  readonly margin: Margin | null;
}

/** Why the old option cannot be opened again. */
export interface NoWayBackFigures {
  readonly alreadyGoingBack: { readonly symbol: string };
  readonly oldOptionExpired: { readonly symbol: string };
  readonly partlyOpen: { readonly qty: DecimalString };
  /** The same of a roll that opened first. */
  readonly alreadyClosingAgain: { readonly symbol: string };
  readonly partlyClosed: { readonly qty: DecimalString; readonly symbol: string };
}
export type NoWayBack = ReasonOf<NoWayBackFigures>;

/** What the task does when its tries are used up, unless it keeps trying. */
export type Fallback =
  | { readonly kind: 'noWayBack'; readonly noWayBack: NoWayBack }
  | {
      readonly kind: 'reopenLeg1' | 'stayFlat';
      readonly symbol: string;
      readonly triesLeft: number;
    };

export type NextStep =
  | {
      readonly kind: 'order';
      readonly linkId: string;
      readonly side: Side;
      readonly qty: DecimalString;
      readonly symbol: string;
    }
  | { readonly kind: 'retry'; readonly inMs: number; readonly fallback: Fallback | null };

interface Leg2Standing {
  readonly rollId: string;
  readonly missing: Missing;
  readonly forMs: number;
  readonly last: LastFailure | null;
  readonly next: NextStep;
}

interface Leg2GivenUp {
  readonly rollId: string;
  readonly missing: Missing;
  readonly last: LastFailure | null;
  /** The old option. */
  readonly symbol: string;
}

export interface Leg2AlertFigures {
  readonly leg2GoesElsewhere: {
    readonly rollId: string;
    readonly toSymbol: string | null;
    readonly wantedSymbol: string | null;
    readonly passedOver: readonly PassedOver[];
  };
  readonly leg2NotOpen: Leg2Standing;
  readonly leg2StillNotOpen: Leg2Standing;
  readonly personStillNeeded: {
    readonly symbol: string;
    readonly missing: Missing | null;
    readonly forMs: number;
    readonly reason: Reason | null;
  };
  readonly leg2GoesBack: Leg2GivenUp;
  /** Not every leg of a structure could be closed: what is closed is opened again. */
  readonly halfClosedGoesBack: Leg2GivenUp;
  readonly leg2StaysFlat: Leg2GivenUp;
}

const alert = (severity: Alert['severity'], reason: ReasonOf<Leg2AlertFigures>): EmittedAlert =>
  emitAlert(severity, reason);

/** Something happened in leg 2 that a person should know at once. */
export function leg2News(context: RollContext): EmittedAlert {
  const { roll, plan } = context;
  const atMs = plannedAtMs(context);
  if (plan?.kind === 'order') {
    const { toSymbol, passedOver } = plan;
    const figures = {
      rollId: rollIdOf(context),
      toSymbol,
      wantedSymbol: roll?.toSymbol ?? null,
      passedOver,
    };
    return alert('warning', { code: 'leg2GoesElsewhere', figures });
  }
  const isStuck = newsOf(context) === 'noWayBack';
  const severity = isStuck ? 'critical' : severityOf(context, atMs);
  return alert(severity, { code: 'leg2NotOpen', figures: standingOf(context, atMs) });
}

/** How leg 2 stands at a reminder. */
export function leg2Reminder(context: RollContext, event: RollEvent): EmittedAlert {
  const nowMs = timeOf(event);
  return alert(severityOf(context, nowMs), {
    code: 'leg2StillNotOpen',
    figures: standingOf(context, nowMs),
  });
}

/** The reminder that a person has to decide, and what is missing for how long. */
export const personStillNeeded = (context: RollContext, event: RollEvent): EmittedAlert =>
  alert('critical', {
    code: 'personStillNeeded',
    figures: {
      symbol: context.held.symbol,
      missing: context.roll && missingOf(context.roll),
      forMs: missingForMs(context, timeOf(event)),
      reason: reasonOf(context),
    },
  });

/** Leg 2 is given up: the old option is opened again. */
export function leg2GoesBack(context: RollContext): EmittedAlert {
  const isHalfClosed =
    isStructure(context) &&
    context.roll !== null &&
    movesOf(context.roll).some((move) => isPositive(leftToClose(move)));
  const code = isHalfClosed ? 'halfClosedGoesBack' : 'leg2GoesBack';
  return alert('critical', { code, figures: givenUp(context) });
}

/** Leg 2 is given up: the position stays closed. */
export const leg2StaysFlat = (context: RollContext): EmittedAlert =>
  alert('critical', { code: 'leg2StaysFlat', figures: givenUp(context) });

const rollIdOf = ({ roll }: RollContext): string => roll?.rollId ?? '';
const nothingMissing: Missing = { qty: '0', symbol: null, closedQty: '0', fromSymbol: '' };
const missingIn = ({ roll }: RollContext): Missing => (roll === null ? nothingMissing : missingOf(roll));

const standingOf = (context: RollContext, nowMs: number): Leg2Standing => ({
  rollId: rollIdOf(context),
  missing: missingIn(context),
  forMs: missingForMs(context, nowMs),
  last: lastFailureOf(context),
  next: nextStepOf(context, nowMs),
});

const givenUp = (context: RollContext): Leg2GivenUp => ({
  rollId: rollIdOf(context),
  missing: missingIn(context),
  last: lastFailureOf(context),
  symbol: context.roll ? closedSymbols(context.roll) : '',
});

export function lastFailureOf(context: RollContext): LastFailure | null {
  const { reasons, roll, margin } = context;
  const [lastReason] = reasons;
  const isRecent = lastReason !== undefined && lastReason.atMs >= (openInterval(roll)?.sinceMs ?? Infinity);
  const reason =
    reasonOf(context) ?? (isRecent ? { code: lastReason.code, figures: lastReason.figures } : null);
  if (reason === null) return null;
  const refusal = refusalOf(context);
  return { reason, refusal, margin: refusal === 'margin' ? margin : null };
}

export function nextStepOf(context: RollContext, nowMs: number): NextStep {
  const { plan, wakeAtMs } = context;
  if (plan?.kind !== 'order')
    return { kind: 'retry', inMs: Math.max(wakeAtMs - nowMs, 0), fallback: fallbackOf(context) };
  const { linkId, side, qty, symbol } = plan.order;
  return { kind: 'order', linkId, side, qty, symbol };
}

/** Why the old option cannot be opened again; only meaningful when it cannot. */
export function whyNoWayBack({ held, roll }: Pick<RollContext, 'held' | 'roll'>): NoWayBack {
  if (roll?.opensFirst) return whyNotClosedAgain(roll);
  const { symbol } = held;
  if (roll?.compensating) return { code: 'alreadyGoingBack', figures: { symbol } };
  const qty = roll === null ? '0' : sum(movesOf(roll).map(({ opened }) => opened.executedQty));
  return isZero(qty)
    ? { code: 'oldOptionExpired', figures: { symbol } }
    : { code: 'partlyOpen', figures: { qty } };
}

function whyNotClosedAgain({ compensating, toSymbol, fromSymbol, closed }: Roll): NoWayBack {
  const symbol = toSymbol ?? '';
  if (compensating) return { code: 'alreadyClosingAgain', figures: { symbol } };
  return isZero(closed.executedQty)
    ? { code: 'oldOptionExpired', figures: { symbol } }
    : { code: 'partlyClosed', figures: { qty: closed.executedQty, symbol: fromSymbol } };
}

function fallbackOf(context: RollContext): Fallback | null {
  const { spec, roll } = context;
  if (roll === null || roll.compensating || spec.leg2.fallback === 'keepTrying') return null;
  if (cannotGoBack(context)) return { kind: 'noWayBack', noWayBack: whyNoWayBack(context) };
  const triesLeft = Math.max(spec.leg2.attemptsMax - roll.failedTries, 1);
  const symbol = roll.opensFirst ? (roll.toSymbol ?? '') : roll.fromSymbol;
  return { kind: spec.leg2.fallback, symbol, triesLeft };
}

/** A person has to act: at once when the account is barred, soon when it lacks margin. */
const severityOf = (context: RollContext, nowMs: number): Alert['severity'] =>
  severityAfter(context, missingForMs(context, nowMs));

export function severityAfter(context: RollContext, forMs: number): Alert['severity'] {
  const refusal = refusalOf(context);
  const bearableMs = refusal === 'account' ? 0 : refusal === 'margin' ? 60_000 : criticalAfterMs;
  return forMs >= bearableMs ? 'critical' : 'warning';
}

const missingForMs = ({ roll }: RollContext, nowMs: number): number =>
  Math.max(nowMs - (roll?.nakedInterval?.sinceMs ?? nowMs), 0);
