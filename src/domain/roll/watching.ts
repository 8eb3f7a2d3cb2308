/** What a price means for a waiting task: whether its trigger holds, will hold, or did not last. */
import type { RollEvent } from './events.ts';
import { noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import type { RollContext } from './roll-context.ts';
import { judge, type Judgement } from '../rules/triggers.ts';

const judgementOf = (context: RollContext, event: RollEvent): Judgement | null =>
  event.type === 'PRICE' ? judge(context, event.readings, event.atMs) : null;

/** A price came on which the whole trigger holds; `false` for other events. */
export const triggerHolds = (context: RollContext, event: RollEvent): boolean =>
  judgementOf(context, event)?.holds ?? false;

/** The trigger does not hold yet, but will if nothing changes but the time. */
export const triggerHoldsSoon = (context: RollContext, event: RollEvent): boolean =>
  (judgementOf(context, event)?.dueAtMs ?? null) !== null;

/** The trigger will hold, but at another time than `wakeAtMs`. */
export const dueTimeChanged = (context: RollContext, event: RollEvent): boolean => {
  const dueAtMs = judgementOf(context, event)?.dueAtMs ?? null;
  return dueAtMs !== null && dueAtMs !== context.wakeAtMs;
};

/** A condition that has to hold for a while began to hold, or ended. */
export const holdingConditionsChanged = (context: RollContext, event: RollEvent): boolean => {
  const now = judgementOf(context, event)?.heldSince;
  return now !== undefined && JSON.stringify(now) !== JSON.stringify(context.heldSince);
};

/** A condition that has to hold for a while holds. */
export const isConditionHolding = ({ heldSince }: RollContext): boolean => Object.keys(heldSince).length > 0;

/** Notes what holds now; `wakeAtMs` is when it will count if nothing changes but the time. */
export function noteHolding(context: RollContext, event: RollEvent): Partial<RollContext> {
  const judgement = judgementOf(context, event);
  if (judgement === null || event.type !== 'PRICE') return {};
  return {
    heldSince: judgement.heldSince,
    wakeAtMs: judgement.dueAtMs ?? event.atMs,
    triggered: { readings: event.readings, places: judgement.places },
    triggeredPrice: event.readings.index ?? '',
  };
}

/** Forgets since when conditions hold: prices were stale, or the task is paused. */
export const forgetHolding = (): Partial<RollContext> => ({ heldSince: {} });

/** Notes that the trigger came near: it held, but not for as long as it has to. */
export const noteTriggerDidNotLast = (context: RollContext, event: RollEvent): Partial<RollContext> => {
  if (!('atMs' in event)) return {};
  const pricesAreStale = event.type === 'PRICES_STALE';
  const reason: RollReason = {
    code: 'didNotLast',
    figures: { trigger: context.trigger, pricesAreStale },
  };
  return { reasons: noteReason(context.reasons, { kind: 'confirming', ...reason, atMs: event.atMs }) };
};
