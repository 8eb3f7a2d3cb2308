/**
 * Which rules of a task are due. Each rule is judged by its own trigger; one that rests after a try, or has rolled as often
 * as it may, waits for nothing until its rest is over.
 */
import type { HeldOption } from '../market/held-option.ts';
import { isAlertRule, type Rule } from './rule.ts';
import { judge, watchesOf, type Judgement } from './trigger-judging.ts';
import {
  conditionsOf,
  type HeldSince,
  type Holder,
  type Readings,
  type Trigger,
  type Watch,
} from './triggers.ts';

/** A rule as it stands in a task. */
export interface RuleState {
  /** Where its trigger is now: what it says of the underlying's price moves with the strike. */
  readonly trigger: Trigger;
  /** Before this time it does not act; exchange time in ms. */
  readonly restsUntilMs: number;
  /** It rests until its account may have room again; what else it waits for would be shorter. */
  readonly restsForLimit?: true;
  readonly rollsDone: number;
}

/** The rules of a task at one moment. */
export interface RulesInForce {
  readonly spec: { readonly rules: readonly Rule[] };
  /** By place in the spec. */
  readonly rules: readonly RuleState[];
  readonly held: HeldOption;
  /** The other legs of a structure. */
  readonly others?: readonly HeldOption[];
  readonly lastRoll?: Holder['lastRoll'];
  /** By place in `conditionsOf(triggerOf(…))`. */
  readonly heldSince: HeldSince;
}

export interface RulesJudgement extends Omit<Judgement, 'holds'> {
  /** Places of the rules that are due, in the order of the spec. */
  readonly due: readonly number[];
}

/** What all of them wait for, as one trigger: something is due when any of them holds. */
export function triggerOf(rules: readonly { readonly trigger: Trigger }[]): Trigger {
  const [only, ...others] = rules;
  return only && others.length === 0
    ? only.trigger
    : { kind: 'any', of: rules.map(({ trigger }) => trigger) };
}

interface PlacedRule {
  readonly place: number;
  readonly trigger: Trigger;
  readonly heldSince: HeldSince;
  /** Place of its first condition among those of all rules. */
  readonly firstCondition: number;
}

/** The rule has rolled as often as it may. */
const isUsedUp = ({ guards }: Rule, { rollsDone }: RuleState): boolean =>
  guards.rollsMax !== null && rollsDone >= guards.rollsMax;

/** Every rule has, and none will ever act again. */
export const areRulesUsedUp = ({ spec, rules }: Pick<RulesInForce, 'spec' | 'rules'>): boolean =>
  rules.every((state, place) => {
    const rule = spec.rules[place];
    return rule !== undefined && isUsedUp(rule, state);
  });

/** The rules that may act at this time. */
function activeRules({ spec, rules, heldSince }: RulesInForce, atMs: number): readonly PlacedRule[] {
  let firstCondition = 0;
  return rules.flatMap((state, place) => {
    const first = firstCondition;
    const { length } = conditionsOf(state.trigger);
    firstCondition += length;
    const rule = spec.rules[place];
    if (rule === undefined || isUsedUp(rule, state) || state.restsUntilMs > atMs) return [];
    return [
      { place, trigger: state.trigger, heldSince: part(heldSince, first, length), firstCondition: first },
    ];
  });
}

function part(heldSince: HeldSince, first: number, length: number): HeldSince {
  const own: Record<string, number> = {};
  for (let place = 0; place < length; place += 1) {
    const since = heldSince[first + place];
    if (since !== undefined) own[place] = since;
  }
  return own;
}

/** Since when conditions of the rule at this place hold, by their place in it. */
export function heldSinceOf(
  { rules, heldSince }: Pick<RulesInForce, 'rules' | 'heldSince'>,
  place: number,
): HeldSince {
  const first = rules.slice(0, place).flatMap(({ trigger }) => conditionsOf(trigger)).length;
  const own = rules[place];
  return part(heldSince, first, own ? conditionsOf(own.trigger).length : 0);
}

const holderOf = ({ held, others, lastRoll = null }: RulesInForce): Holder =>
  others === undefined ? { held, lastRoll } : { held, others, lastRoll };

/** @param atMs exchange time of the readings */
export function judgeRules(inForce: RulesInForce, readings: Readings, atMs: number): RulesJudgement {
  const holder = holderOf(inForce);
  const judged = activeRules(inForce, atMs).map(({ place, firstCondition, ...own }) => ({
    place,
    firstCondition,
    ...judge({ ...own, ...holder }, readings, atMs),
  }));
  const heldSince: Record<string, number> = {};
  for (const { firstCondition, heldSince: own } of judged)
    for (const [place, since] of Object.entries(own)) heldSince[firstCondition + Number(place)] = since;
  const due = judged.filter(({ holds }) => holds);
  const dueTimes = judged.flatMap(({ dueAtMs }) => dueAtMs ?? []);
  const counted = due.length > 0 ? due : judged;
  return {
    due: due.map(({ place }) => place),
    heldSince,
    dueAtMs: dueTimes.length > 0 ? Math.min(...dueTimes) : null,
    places: counted.flatMap(({ firstCondition, places }) => places.map((place) => firstCondition + place)),
  };
}

/** What may change the judgement: the levels of the rules that may act, and the end of the first rest. */
export function watchesOfRules(
  inForce: RulesInForce,
  readings: Readings,
  at: { readonly atMs: number; readonly isConfirming: boolean },
): readonly Watch[] {
  const holder = holderOf(inForce);
  const levels = activeRules(inForce, at.atMs).flatMap((rule) =>
    watchesOf({ ...rule, ...holder }, readings, at),
  );
  const restsUntilMs = nextRestEnd(inForce, at.atMs);
  return restsUntilMs === null
    ? levels
    : [...levels, { field: 'clock', direction: 'rising', level: String(restsUntilMs) }];
}

/** When the first rule that rests may act again; `null` when none rests. */
export function nextRestEnd(
  { spec, rules }: Pick<RulesInForce, 'spec' | 'rules'>,
  atMs: number,
): number | null {
  const ends = rules.flatMap((state, place) => {
    const rule = spec.rules[place];
    return rule && !isUsedUp(rule, state) && state.restsUntilMs > atMs ? [state.restsUntilMs] : [];
  });
  return ends.length > 0 ? Math.min(...ends) : null;
}

/** A rule that trades may act at this time. */
export const mayTrade = (inForce: RulesInForce, atMs: number): boolean =>
  activeRules(inForce, atMs).some(({ place }) => isTradingRule(inForce, place));

/** A rule may act at this time. */
export const mayAct = (inForce: RulesInForce, atMs: number): boolean => activeRules(inForce, atMs).length > 0;

/** The rule at this place closes or rolls. */
export const isTradingRule = ({ spec }: Pick<RulesInForce, 'spec'>, place: number): boolean => {
  const rule = spec.rules[place];
  return rule !== undefined && !isAlertRule(rule);
};

/** The rules rest, each for as long as it is told. @param untilMs by place; exchange time in ms */
export const restRules = (
  rules: readonly RuleState[],
  untilMs: (place: number) => number | null,
): readonly RuleState[] =>
  rules.map((rule, place) => {
    const restsUntilMs = untilMs(place);
    return restsUntilMs === null ? rule : { ...withoutLimitRest(rule), restsUntilMs };
  });

const withoutLimitRest = ({ restsForLimit: _, ...rule }: RuleState): RuleState => rule;
