/**
 * What the saga decides between the legs: whether its tries are used up, whether it may go back, what has to be reported
 * and when. Pure; the chart says what is sent and what happens next.
 */
import type { RollEvent } from './events.ts';
import { isReminderDue, isSteadyReminderDue, markReported } from '../orders/reminders.ts';
import { isPositive, isZero } from '../money.ts';
import { canCloseNew, openInterval, withInterval } from './both-held.ts';
import type { RollContext } from './roll-context.ts';
import { refusalOf } from './leg-plan.ts';
import { hasOpened, leftToClose, movesOf, type Roll } from './roll.ts';
import { movedLegs } from './turns.ts';

type Leg2 = Pick<RollContext, 'spec' | 'held' | 'others' | 'roll' | 'plan' | 'wakeAtMs'>;

const isExhausted = ({ spec, roll }: Leg2): boolean => (roll?.failedTries ?? 0) >= spec.leg2.attemptsMax;

/**
 * Going back is possible only while nothing is open at the new option, because a position is never split over two, and
 * only before the old one expires; where the new one was opened first, only while nothing is closed of the old one.
 */
export const canGoBack = (context: Leg2): boolean => {
  const { roll, wakeAtMs } = context;
  if (roll === null || roll.compensating) return false;
  return isOldThere(context) && (roll.opensFirst ? canCloseNew(roll, wakeAtMs) : !hasOpened(roll));
};

/** What was closed is not delivered yet. */
const isOldThere = ({ held, others, roll, wakeAtMs }: Leg2): boolean =>
  roll !== null &&
  (others === undefined
    ? wakeAtMs < held.expiryMs
    : movedLegs({ held, others }, roll).every(
        ({ held: leg, move }) => isZero(move.closed.executedQty) || wakeAtMs < leg.expiryMs,
      ));

/** The tries are used up, and the fallback is to open the old option again. */
export const mustGoBack = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'reopenLeg1' && isExhausted(context) && canGoBack(context);

/** The tries are used up, and the fallback is to leave the position closed. */
export const mustStayFlat = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'stayFlat' && isExhausted(context) && !context.roll?.compensating;

/** The task would go back to the old option, but a part is open at the new one already, or the old one has expired. */
export const cannotGoBack = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'reopenLeg1' &&
  context.roll !== null &&
  !context.roll.compensating &&
  !canGoBack(context);

/** What happened in leg 2 that is reported at once, as a word that is reported once in a naked interval; `null` for nothing. */
export function newsOf(context: Leg2): string | null {
  const { roll } = context;
  return (roll && eventsOf(context).find((news) => !openInterval(roll)?.reported.includes(news))) ?? null;
}

function eventsOf(context: Leg2): string[] {
  const { plan, roll } = context;
  if (plan === null || roll === null) return [];
  if (plan.kind === 'order' && roll.opensFirst) return [];
  if (plan.kind === 'order')
    return plan.toSymbol === roll.toSymbol || roll.compensating ? [] : [plan.toSymbol ?? ''];
  const refusal = refusalOf(context);
  const failure = refusal === 'margin' || refusal === 'account' ? refusal : 'failure';
  // That a leg could not be closed is other news than that nothing can be opened.
  const news = isHalfClosed(context, roll) ? `${failure}ToClose` : failure;
  return isExhausted(context) && cannotGoBack(context) ? ['noWayBack', news] : [news];
}

/** A leg of the structure is still to be closed. */
const isHalfClosed = ({ others }: Leg2, roll: Roll): boolean =>
  others !== undefined && movesOf(roll).some((move) => isPositive(leftToClose(move)));

/** When the plan was made, or refused. */
export function plannedAtMs({ plan, reasons, wakeAtMs }: RollContext): number {
  if (plan?.kind === 'order') return plan.order.atMs;
  return plan === null ? wakeAtMs : (reasons[0]?.atMs ?? wakeAtMs);
}

const markAlertedAt = (context: RollContext, atMs: number): Partial<RollContext> => {
  const { roll } = context;
  const interval = openInterval(roll);
  if (roll === null || interval === null) return {};
  return { roll: withInterval(roll, markReported(interval, atMs, newsOf(context))) };
};

/** The news was reported, and with it how leg 2 stands. */
export const markNewsAlerted = (context: RollContext): Partial<RollContext> =>
  markAlertedAt(context, plannedAtMs(context));

/** Notes that a person was reminded of how leg 2 stands. */
export const markReminded = (context: RollContext, event: RollEvent): Partial<RollContext> =>
  markAlertedAt(context, timeOf(event));

/** How leg 2 stands has to be reported again. */
export const mustRemind = ({ roll }: RollContext, event: RollEvent): boolean => {
  const interval = openInterval(roll);
  return interval !== null && isReminderDue(interval, timeOf(event));
};

/** A person was asked to decide and has not, and the next reminder is due. */
export const mustRemindOfDecision = ({ roll }: RollContext, event: RollEvent): boolean => {
  const interval = openInterval(roll);
  return interval !== null && isSteadyReminderDue(interval, timeOf(event));
};

/** Exchange time of the event in ms; 0 of one that carries none. */
export const timeOf = (event: RollEvent): number => ('atMs' in event ? event.atMs : 0);

/** What the reminder of a task watches: since when something is missing or open twice; `null` while nothing is. */
export const reminderOf = ({ roll }: RollContext): { sinceMs: number | null } => ({
  sinceMs: openInterval(roll)?.sinceMs ?? null,
});

/**
 * Tries are counted from 0 again, every option may be tried again and news is reported again: a person stepped in, or the
 * roll goes another way. Once the old option has expired there is no way back to it, so the roll goes to the new one again.
 */
export function startAgain(context: RollContext): Partial<RollContext> {
  const { roll } = context;
  if (roll === null) return { wish: null };
  const interval = openInterval(roll);
  const compensating = roll.compensating && (roll.opensFirst === true || isOldThere(context));
  const again = { ...roll, failures: 0, failedTries: 0, refusedOptions: [], compensating };
  return { wish: null, roll: interval ? withInterval(again, { ...interval, reported: [] }) : again };
}

/** The roll goes back to the old option, with its tries counted from 0. */
export function turnBack(context: RollContext): Partial<RollContext> {
  const { roll } = startAgain(context);
  return { wish: null, ...(roll && { roll: { ...roll, compensating: true } }) };
}
