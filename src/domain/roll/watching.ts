/** What a price means for a waiting task: whether its trigger holds, will hold, or did not last. */
import type { RollEvent } from './events.ts';
import { noteReason } from './reasons.ts';
import type { RollReason } from './roll-reasons.ts';
import type { RollContext } from './roll-context.ts';
import type { Trigger } from '../rules/triggers.ts';
import { isTradingRule, judgeRules, restRules, triggerOf, type RulesJudgement } from '../rules/judging.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import { dueTrades } from './planning.ts';

const judgementOf = (context: RollContext, event: RollEvent): RulesJudgement | null =>
  event.type === 'PRICE' ? judgeRules(context, event.readings, event.atMs) : null;

/** A price came on which a rule that trades is due; `false` for other events. */
export const isTradeDue = (context: RollContext, event: RollEvent): boolean =>
  judgementOf(context, event)?.due.some((place) => isTradingRule(context, place)) ?? false;

/** A rule that trades is due at this time, on the readings that were noted last. */
export const isTradeDueAt = (context: RollContext, atMs: number): boolean =>
  dueTrades(context, atMs).length > 0;

/** Places of the rules that only alert and are due. */
const dueAlerts = (context: RollContext, event: RollEvent): readonly number[] =>
  judgementOf(context, event)?.due.filter((place) => !isTradingRule(context, place)) ?? [];

/** A price came on which a rule that only alerts is due. */
export const isAlertRuleDue = (context: RollContext, event: RollEvent): boolean =>
  dueAlerts(context, event).length > 0;

export interface RuleAlertFigures {
  /** The trigger of a rule that only alerts holds. */
  readonly ruleHolds: { readonly symbol: string; readonly rule: string; readonly trigger: Trigger };
}

/** One alert for each rule that only alerts and is due. */
export const ruleAlerts = (context: RollContext, event: RollEvent): readonly EmittedAlert[] =>
  dueAlerts(context, event).map((place) => {
    const figures: RuleAlertFigures['ruleHolds'] = {
      symbol: context.held.symbol,
      rule: context.spec.rules[place]?.name ?? '',
      trigger: triggerOf(context.rules.slice(place, place + 1)),
    };
    return emitAlert('warning', { code: 'ruleHolds', figures });
  });

/** The rules whose alerts were sent rest for their cooldown. */
export function restAlertRules(context: RollContext, event: RollEvent): Partial<RollContext> {
  const due = dueAlerts(context, event);
  if (event.type !== 'PRICE') return {};
  return {
    rules: restRules(context.rules, (place) =>
      due.includes(place) ? event.atMs + (context.spec.rules[place]?.guards.cooldownMs ?? 0) : null,
    ),
  };
}

/** A rule is not due yet, but will be if nothing changes but the time. */
export const isRuleDueSoon = (context: RollContext, event: RollEvent): boolean =>
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
    figures: { trigger: triggerOf(context.rules), pricesAreStale },
  };
  return { reasons: noteReason(context.reasons, { kind: 'confirming', ...reason, atMs: event.atMs }) };
};
