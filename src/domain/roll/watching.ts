/** How a waiting task takes what it hears of the market: whether its trigger holds, will hold, or did not last. */
import type { RollEvent } from './events.ts';
import { noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import type { RollContext } from './roll-context.ts';
import { judge, type Judgement } from '../rules/triggers.ts';

const judged = (context: RollContext, event: RollEvent): Judgement | null =>
  event.type === 'PRICE' ? judge(context, event.readings, event.atMs) : null;

export const holdsAt = (context: RollContext, event: RollEvent): boolean =>
  judged(context, event)?.holds ?? false;

/** It does not hold yet, but will when nothing changes but the time. */
export const holdsSoonAt = (context: RollContext, event: RollEvent): boolean =>
  (judged(context, event)?.dueAtMs ?? null) !== null;

/** It will hold, but not when it was thought to. */
export const holdsAnotherTime = (context: RollContext, event: RollEvent): boolean => {
  const dueAtMs = judged(context, event)?.dueAtMs ?? null;
  return dueAtMs !== null && dueAtMs !== context.wakeAtMs;
};

/** Something that has to go on holding began to hold, or ended. */
export const holdingChanged = (context: RollContext, event: RollEvent): boolean => {
  const now = judged(context, event)?.heldSince;
  return now !== undefined && JSON.stringify(now) !== JSON.stringify(context.heldSince);
};

export const isHolding = ({ heldSince }: RollContext): boolean => Object.keys(heldSince).length > 0;

/** What holds now; `wakeAtMs` is when it counts, as far as waiting can bring that about. */
export function heard(context: RollContext, event: RollEvent): Partial<RollContext> {
  const judgement = judged(context, event);
  if (judgement === null || event.type !== 'PRICE') return {};
  return {
    heldSince: judgement.heldSince,
    wakeAtMs: judgement.dueAtMs ?? event.atMs,
    triggered: { readings: event.readings, places: judgement.places },
    triggeredPrice: event.readings.index ?? '',
  };
}

export const forgotten = (): Partial<RollContext> => ({ heldSince: {} });

/** It came near: the trigger held, but not for as long as it has to. */
export const didNotLast = (context: RollContext, event: RollEvent): Partial<RollContext> => {
  if (!('atMs' in event)) return {};
  const pricesAreStale = event.type === 'PRICES_STALE';
  const reason: RollReason = {
    code: 'didNotLast',
    figures: { trigger: context.trigger, pricesAreStale },
  };
  return { reasons: noteReason(context.reasons, { kind: 'confirming', ...reason, atMs: event.atMs }) };
};
