/**
 * What the saga decides between the legs: whether its tries are used up, whether it may go back, what there is to tell
 * and when. Pure; who is told and what happens next is the chart's.
 */
import type { RollEvent } from './events.ts';
import { isReminderDue, toldOf } from './naked-interval.ts';
import { isZero } from '../money.ts';
import type { RollContext } from './roll-context.ts';
import { refusalOf } from './roll-plan.ts';

type Leg2 = Pick<RollContext, 'spec' | 'held' | 'roll' | 'plan' | 'wakeAtMs'>;

const isExhausted = ({ spec, roll }: Leg2): boolean => (roll?.failedTries ?? 0) >= spec.leg2.attemptsMax;

/**
 * Going back is possible only while nothing is open at the new option, because a position is never split over two, and
 * only before the old one expires.
 */
export const canGoBack = ({ roll, held, wakeAtMs }: Leg2): boolean =>
  roll !== null && !roll.compensating && isZero(roll.opened.executedQty) && wakeAtMs < held.expiryMs;

export const goesBack = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'reopenLeg1' && isExhausted(context) && canGoBack(context);

export const staysFlat = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'stayFlat' && isExhausted(context) && !context.roll?.compensating;

/** The task would go back to the old option, but a part is open at the new one already, or the old one has expired. */
export const cannotGoBack = (context: Leg2): boolean =>
  context.spec.leg2.fallback === 'reopenLeg1' &&
  context.roll !== null &&
  !context.roll.compensating &&
  !canGoBack(context);

/** What happened in leg 2 that a person should hear at once, as a word that is told once in a gap; `null` for nothing. */
export function newsOf(context: Leg2): string | null {
  const { roll } = context;
  return (roll && happened(context).find((news) => !roll.gap?.told.includes(news))) ?? null;
}

function happened(context: Leg2): string[] {
  const { plan, roll } = context;
  if (plan === null || roll === null) return [];
  if (plan.kind === 'order')
    return plan.toSymbol === roll.toSymbol || roll.compensating ? [] : [plan.toSymbol ?? ''];
  const refusal = refusalOf(context);
  const failure = refusal === 'margin' || refusal === 'account' ? refusal : 'failure';
  return isExhausted(context) && cannotGoBack(context) ? ['no way back', failure] : [failure];
}

/** When the plan was made, or refused. */
export function plannedAtMs({ plan, reasons, wakeAtMs }: RollContext): number {
  if (plan?.kind === 'order') return plan.order.atMs;
  return plan === null ? wakeAtMs : (reasons[0]?.atMs ?? wakeAtMs);
}

const toldAt = (context: RollContext, atMs: number): Partial<RollContext> => {
  const { roll } = context;
  return roll?.gap ? { roll: { ...roll, gap: toldOf(roll.gap, atMs, newsOf(context)) } } : {};
};

/** A person has heard the news, and with it how leg 2 stands. */
export const toldNews = (context: RollContext): Partial<RollContext> => toldAt(context, plannedAtMs(context));

/** A person was reminded of how leg 2 stands. */
export const reminded = (context: RollContext, event: RollEvent): Partial<RollContext> =>
  toldAt(context, timeOf(event));

/** @param isAsked a person was asked already and did not come yet */
export const mustRemind = ({ roll }: RollContext, event: RollEvent, isAsked: boolean): boolean =>
  roll?.gap ? isReminderDue(roll.gap, timeOf(event), isAsked) : false;

export const timeOf = (event: RollEvent): number => ('atMs' in event ? event.atMs : 0);

/** What the reminder of a task watches: since when something is missing; `null` while nothing is. */
export const reminderOf = ({ roll }: RollContext): { sinceMs: number | null } => ({
  sinceMs: roll?.gap?.sinceMs ?? null,
});

/**
 * Every try counts again, every option may be tried again and every news is news again: a person stepped in, or the roll
 * goes another way. Once the old option has expired there is no way back to it, so the roll goes to the new one again.
 */
export function afresh({ roll, held, wakeAtMs }: RollContext): Partial<RollContext> {
  if (roll === null) return { wish: null };
  const gap = roll.gap && { ...roll.gap, told: [] };
  const compensating = roll.compensating && wakeAtMs < held.expiryMs;
  return {
    wish: null,
    roll: { ...roll, failures: 0, failedTries: 0, refusedOptions: [], compensating, gap },
  };
}

export function turnedBack(context: RollContext): Partial<RollContext> {
  const { roll } = afresh(context);
  return { wish: null, ...(roll && { roll: { ...roll, compensating: true } }) };
}
