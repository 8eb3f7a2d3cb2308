/**
 * What a person hears while something is closed and not opened again: for how long, what is missing, why, and what
 * happens next. The longer it lasts, the louder; news are told at once, reminders come between them.
 */
import type { Alert } from '../alert.ts';
import { durationText } from './duration-text.ts';
import type { RollEvent } from '../roll/events.ts';
import { criticalAfterMs } from '../roll/naked-interval.ts';
import { cannotGoBack, newsOf, plannedAtMs, timeOf } from '../roll/leg2.ts';
import { isZero, percentText } from '../money.ts';
import type { Margin } from '../market/order.ts';
import type { RollContext } from '../roll/roll-context.ts';
import { missing, tell, type Telling } from './roll-messages.ts';
import { describePassedOver, reasonOf, refusalOf } from '../roll/roll-plan.ts';

export function news(context: RollContext): Telling {
  const { roll, plan } = context;
  const atMs = plannedAtMs(context);
  if (plan?.kind === 'order')
    return tell(
      'warning',
      `Leg 2 of ${rollIdOf(context)} goes to ${plan.toSymbol} instead of ${roll?.toSymbol ?? ''}: ${describePassedOver(plan.passedOver)}.`,
    );
  const isStuck = newsOf(context) === 'no way back';
  return tell(
    isStuck ? 'critical' : severityOf(context, atMs),
    `Leg 2 of ${rollIdOf(context)} is not open: ${standing(context, atMs)}`,
  );
}

export const reminder = (context: RollContext, event: RollEvent): Telling =>
  tell(
    severityOf(context, timeOf(event)),
    `Leg 2 of ${rollIdOf(context)} is still not open: ${standing(context, timeOf(event))}`,
  );

export const stillNeeded = (context: RollContext, event: RollEvent): Telling =>
  tell(
    'critical',
    `The task on ${context.held.symbol} still needs a person: ${missing(context.roll)}, for ${missingFor(context, timeOf(event))} now. Last: ${reasonOf(context)}. Nothing happens until it is retried, reopened or accepted as flat.`,
  );

export const goesBack = (context: RollContext): Telling =>
  tell(
    'critical',
    `Leg 2 of ${rollIdOf(context)} could not be opened: ${missing(context.roll)}. ${because(context)}Opening ${context.roll?.fromSymbol ?? ''} again.`,
  );

export const staysFlat = (context: RollContext): Telling =>
  tell(
    'critical',
    `Leg 2 of ${rollIdOf(context)} could not be opened: ${missing(context.roll)}. ${because(context)}Staying flat, as the task says.`,
  );

const rollIdOf = ({ roll }: RollContext): string => roll?.rollId ?? '';

const standing = (context: RollContext, nowMs: number): string =>
  `${missing(context.roll)}, for ${missingFor(context, nowMs)} now. ${because(context)}${nextStep(context, nowMs)}`;

/** The last failure since the old option was closed, and what a person can do about it. */
function because(context: RollContext): string {
  const { plan, reasons, roll } = context;
  const [lastReason] = reasons;
  const isRecent = lastReason !== undefined && lastReason.atMs >= (roll?.gap?.sinceMs ?? Infinity);
  const reason = reasonOf(context) || (isRecent ? lastReason.text : '');
  const refusal = refusalOf({ plan });
  const help =
    refusal === 'margin'
      ? ` ${marginText(context.margin)} Free margin or deposit.`
      : refusal === 'account'
        ? ' The account may not trade; only a person can end that.'
        : '';
  return reason === '' ? '' : `Last: ${reason}.${help} `;
}

/** As the exchange showed it before the order; what the order would have needed it does not tell. */
function marginText(margin: Margin | null): string {
  if (margin === null) return '';
  const { available, equity, maintenanceRate } = margin;
  const rate = maintenanceRate === null ? '' : `, maintenance margin ${percentText(maintenanceRate)}`;
  return `Available ${available} of ${equity} equity${rate}.`;
}

function nextStep(context: RollContext, nowMs: number): string {
  const { plan, wakeAtMs } = context;
  if (plan?.kind === 'order') {
    const { linkId, side, qty, symbol } = plan.order;
    return `Order ${linkId} to ${side} ${qty} ${symbol} is under way.`;
  }
  const waitMs = wakeAtMs - nowMs;
  const next = waitMs > 0 ? `Next try in ${durationText(waitMs)}` : 'Trying again now';
  return `${next}, for as long as it takes${fallbackText(context)}.`;
}

/** Why the old option cannot be opened again. */
export function noWayBack({ held, roll }: Pick<RollContext, 'held' | 'roll'>): string {
  if (roll?.compensating) return `${held.symbol} is being opened again already`;
  return isZero(roll?.opened.executedQty ?? '0')
    ? `${held.symbol} has expired`
    : `${roll?.opened.executedQty ?? ''} is open there already`;
}

/** What the task's fallback will do, when it is not to keep trying. */
function fallbackText(context: RollContext): string {
  const { spec, roll } = context;
  if (roll === null || roll.compensating || spec.leg2.fallback === 'keepTrying') return '';
  if (cannotGoBack(context)) return `: ${noWayBack(context)}, so it cannot go back`;
  const triesLeft = Math.max(spec.leg2.attemptsMax - roll.failedTries, 1);
  const then = spec.leg2.fallback === 'reopenLeg1' ? `${roll.fromSymbol} is opened again` : 'it stays flat';
  return ` or until ${then} after ${triesLeft} more failed ${triesLeft === 1 ? 'try' : 'tries'}`;
}

/** A person has to act: at once when the account is barred, soon when it lacks margin. */
function severityOf(context: RollContext, nowMs: number): Alert['severity'] {
  const refusal = refusalOf(context);
  const forMs = missingForMs(context, nowMs);
  const bearableMs = refusal === 'account' ? 0 : refusal === 'margin' ? 60_000 : criticalAfterMs;
  return forMs >= bearableMs ? 'critical' : 'warning';
}

const missingForMs = ({ roll }: RollContext, nowMs: number): number =>
  Math.max(nowMs - (roll?.gap?.sinceMs ?? nowMs), 0);
const missingFor = (context: RollContext, nowMs: number): string =>
  durationText(missingForMs(context, nowMs));
