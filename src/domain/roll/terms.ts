/** What a roll is decided and executed by: the rule that made it due, or what a person asked for. */
import type { Approval } from '../rules/approval.ts';
import type { Guards } from '../rules/guards.ts';
import { isAlertRule, whole, type Asked, type Rule, type Terms, type TradeWish } from '../rules/rule.ts';
import type { TaskSpec } from '../spec/task-spec.ts';
import type { Roll } from './roll.ts';

/** What may be traded by, in the order in which it is tried. */
export interface DueTerms extends Terms {
  /** Place of the rule in the spec; `null` for what a person asked for. */
  readonly rule: number | null;
  /** How a person is asked first; absent when nobody is. */
  readonly approval?: Approval;
}

/** A person is there: nothing waits for another hour, and no count of rolls forbids it. */
const withoutWaits = ({ notDuring: _, ...guards }: Guards): Guards => ({
  ...guards,
  quietHours: null,
  rollsPerDayMax: null,
  notBeforeExpiryMs: 0,
  whenRefused: 'alert',
});

/** By what the roll may be executed: the rule that was chosen when its first order was frozen, else every one that is due. */
export function termsOf(spec: TaskSpec, { rule, rules, asked }: Roll): readonly DueTerms[] {
  if (asked !== null) return [askedTerms(spec, asked)];
  const places = rule === null ? rules : [rule];
  return places.flatMap((place) => termsOfRule(spec, place) ?? []);
}

/** `null` for a rule that trades nothing, or does not exist. */
export function termsOfRule({ rules }: TaskSpec, place: number): DueTerms | null {
  const rule = rules[place];
  if (rule === undefined || rule.then.kind === 'alert') return null;
  const { then: action, guards, execution, approval } = rule;
  return { rule: place, action, guards, execution, ...(approval && { approval }) };
}

/** What a person asked for, judged without the guards that wait for another time, and not left to rest in the book. */
export function askedTerms({ rules }: TaskSpec, { rule: place, action }: Asked): DueTerms {
  const rule = rules[place];
  if (rule === undefined) throw new Error(`the task has no rule ${place}`);
  const { guards, execution } = rule;
  const style = execution.style === 'rest' ? 'walk' : execution.style;
  return { rule: null, action, guards: withoutWaits(guards), execution: { ...execution, style } };
}

/** @returns `null` when the task has no rule to roll by */
export const askedFor = (rules: readonly Rule[], wish: TradeWish): Asked | null =>
  wish.kind === 'closeNow' ? closeNow(rules) : rollNow(rules, wish.rule);

/** To close everything now, with the execution of the first rule that trades. */
const closeNow = (rules: readonly Rule[]): Asked => ({
  rule: Math.max(
    rules.findIndex((rule) => !isAlertRule(rule)),
    0,
  ),
  action: { kind: 'close', qty: whole },
});

/** To roll now as a rule says. @returns `null` when that rule does not roll */
function rollNow(rules: readonly Rule[], name: string | null): Asked | null {
  const place = rules.findIndex(({ name: own, then }) => then.kind === 'roll' && (name ?? own) === own);
  const action = rules[place]?.then;
  return action?.kind === 'roll' ? { rule: place, action } : null;
}
