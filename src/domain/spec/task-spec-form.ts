/** A spec written out in full, as a person would write it: what `parseTaskSpec` reads, with every default in its place. */
import type { DebitMax, Guards } from '../rules/guards.ts';
import { decimal, toText, type DecimalString } from '../money.ts';
import { isAlertRule, isWhole, type Action, type Execution, type Portion, type Rule } from '../rules/rule.ts';
import { approvalForm } from './approval-shape.ts';
import { emergencyStopForm } from './emergency-stop-shape.ts';
import { executionOf } from './execution-shape.ts';
import { alertCooldownMs, guardsOf } from './guards-shape.ts';
import { legChoiceForm } from './leg-choice.ts';
import { legsForm } from './legs-shape.ts';
import { defaultName } from './rule-shape.ts';
import { durationUnits } from './task-spec-words.ts';
import type { TaskSpec } from './task-spec.ts';
import { notDuringForm } from './blackout-shape.ts';
import { clockForm } from './clock-form.ts';
import { scheduleForm } from './schedule-shape.ts';
import { targetForm } from './target-form.ts';
import { watchedForm } from './watched-shape.ts';
import { isCombination, type ConditionKind, type Trigger } from '../rules/triggers.ts';

/** Reading it again gives the same spec. Prices and quantities stay texts: a YAML number may be a float. */
export function fullForm(spec: TaskSpec): object {
  const { qty, rules, rollsMax, evenIfTrue, leg2, follow, emergencyStop } = spec;
  const trading = rules.filter((rule) => !isAlertRule(rule));
  const common = commonIn(trading.map(settingsForm));
  const { execution, approval, perDay, ...guards } = common;
  const head = { ...managedForm(spec), qty };
  const tail = {
    evenIfTrue,
    ...(execution !== undefined && { execution }),
    leg2: { fallback: leg2.fallback, attempts: leg2.attemptsMax },
    follow,
    guards: { ...rollsForm(rollsMax, perDay), ...guards },
    ...(approval !== undefined && approval !== 'none' && { approval }),
    ...(emergencyStop && { emergencyStop: emergencyStopForm(emergencyStop) }),
  };
  const [only, ...others] = rules;
  const short = only && others.length === 0 ? shortForm(only) : null;
  if (short !== null) return { ...head, ...short, ...tail };
  return { ...head, rules: rules.map((rule) => ruleForm(rule, common)), ...tail };
}

/** What is managed, and what covers it. */
function managedForm({ symbol, legs, watched }: TaskSpec): object {
  if (watched) return { legs: [...(legs ? legsForm(legs) : [{ symbol }]), watchedForm(watched)] };
  return legs ? { legs: legsForm(legs) } : { symbol };
}

/** What a rule may have in common with others; the number of its own rolls never is. */
const settingsForm = ({ guards, execution, approval }: Rule): Form => ({
  ...(guards.rollsPerDayMax !== null && { perDay: guards.rollsPerDayMax }),
  ...guardsForm(guards),
  execution: executionForm(execution),
  approval: approvalForm(approval, { duration: durationText, share: shareText }),
});

/** @param common what holds for every rule that says nothing else */
function ruleForm(rule: Rule, common: Form): object {
  const { name, when, then, guards } = rule;
  const parts = { name, when: triggerForm(when), then: actionForm(then) };
  if (isAlertRule(rule)) {
    const { cooldownMs } = guards;
    return cooldownMs === alertCooldownMs
      ? parts
      : { ...parts, guards: { cooldown: durationText(cooldownMs) } };
  }
  const { execution, approval, perDay, ...others } = differing(settingsForm(rule), common);
  const asked = { ...rollsForm(guards.rollsMax, perDay), ...others };
  return {
    ...parts,
    ...(Object.keys(asked).length > 0 && { guards: asked }),
    ...(execution !== undefined && { execution }),
    ...(approval !== undefined && { approval }),
  };
}

const rollsForm = (max: number | null, perDay: unknown): object =>
  max === null && perDay === undefined
    ? {}
    : { rolls: { ...(max !== null && { max }), ...(perDay !== undefined && { perDay }) } };

/** One rule without a name or a quantity of its own is written as a trigger and a target; `null` for any other. */
function shortForm({ name, when, then, guards }: Rule): object | null {
  if (name !== defaultName(0) || guards.rollsMax !== null) return null;
  if (then.kind !== 'alert' && then.legs !== undefined) return null;
  if (then.kind === 'close')
    return isWhole(then.qty) ? { trigger: triggerForm(when), target: 'close' } : null;
  if (then.kind !== 'roll' || !isWhole(then.qty) || then.scale.length > 0) return null;
  return { trigger: triggerForm(when), target: targetForm(then.target) };
}

type Form = Readonly<Record<string, unknown>>;

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const byDefault = (): Form => ({
  ...guardsForm(guardsOf({})),
  execution: executionForm(executionOf({})),
  approval: 'none',
});

/** Of what all of them say, what most say; the default, where it is among several that as many say. */
function commonIn(forms: readonly Form[]): Form {
  const [first = {}, ...others] = forms;
  return Object.fromEntries(
    Object.keys(first)
      .filter((key) => others.every((other) => key in other))
      .map((key) => [key, mostFrequent([...forms, byDefault()].map((form) => form[key]))]),
  );
}

/** The first of those that are there most often. */
function mostFrequent(values: readonly unknown[]): unknown {
  const timesOf = (value: unknown): number => values.filter((other) => isSame(other, value)).length;
  const most = Math.max(...values.map(timesOf));
  return values.find((value) => timesOf(value) === most);
}

const differing = (own: Form, common: Form): Form =>
  Object.fromEntries(Object.entries(own).filter(([key, value]) => !isSame(value, common[key])));

/** What a rule does, as `then` is written. */
function actionForm(action: Action): object | string {
  switch (action.kind) {
    case 'alert':
      return 'alert';
    case 'close':
      if (action.legs === undefined && isWhole(action.qty)) return 'close';
      return {
        ...(isWhole(action.qty) ? { close: 'all' } : { reduce: portionForm(action.qty) }),
        ...(action.legs && { legs: legChoiceForm(action.legs) }),
      };
    case 'roll':
      return {
        roll: targetForm(action.target),
        ...(!isWhole(action.qty) && { qty: portionForm(action.qty) }),
        ...(action.scale.length > 0 && { scale: action.scale.map(shareText) }),
        ...(action.legs && { legs: legChoiceForm(action.legs) }),
      };
  }
}

const portionForm = (portion: Portion): string =>
  portion.kind === 'share' ? shareText(portion.share) : portion.qty;

const executionForm = (execution: Execution): object => ({
  style: execution.style,
  every: durationText(execution.everyMs),
  steps: execution.steps,
  deadline: durationText(execution.deadlineMs),
  slippage: { max: shareText(execution.slippageMax) },
  ...(execution.legs && { legs: execution.legs }),
});

/** Conditions that are written in percent. */
const sharesOf: readonly ConditionKind[] = [
  'profit',
  'moneyness',
  'impliedVolatility',
  'impliedVolatilityRank',
  'realisedVolatility',
  'extrinsicShare',
];

function triggerForm(trigger: Trigger): object {
  if (isCombination(trigger)) return { [trigger.kind]: trigger.of.map(triggerForm) };
  const { kind, direction, level, holdMs, schedule, overDays, leg } = trigger;
  const ofLeg = leg !== undefined && { leg };
  if (schedule) return { every: { time: scheduleForm(schedule), within: durationText(schedule.withinMs) } };
  if (kind === 'expiryDay') return { ...ofLeg, expiryDay: { after: clockForm(Number(level)) } };
  const isShare = sharesOf.includes(kind);
  return {
    ...ofLeg,
    [kind === 'extrinsicShare' ? 'extrinsicValue' : kind]: {
      [direction]: isShare ? shareText(level) : level,
      ...(overDays !== undefined && { over: `${overDays}d` }),
      ...(holdMs > 0 && { for: durationText(holdMs) }),
    },
  };
}

/** Without `rolls`. */
const guardsForm = (guards: Guards): Form => ({
  ...(guards.netCreditMin !== undefined && { netCredit: { min: guards.netCreditMin } }),
  ...(guards.debitMax && { debit: { max: mostText(guards.debitMax) } }),
  ...(guards.spreadMax !== undefined && { spread: { max: shareText(guards.spreadMax) } }),
  ...(guards.openInterestMin !== undefined && { openInterest: { min: guards.openInterestMin } }),
  cooldown: durationText(guards.cooldownMs),
  maintenanceMargin: { max: shareText(guards.maintenanceMax) },
  notBeforeExpiry: durationText(guards.notBeforeExpiryMs),
  ...(guards.quietHours && {
    quietHours: `${clockForm(guards.quietHours.fromMs)}-${clockForm(guards.quietHours.toMs)}`,
  }),
  ...(guards.notDuring && { notDuring: notDuringForm(guards.notDuring) }),
  allowWrongWay: guards.allowWrongWay,
  strikeHighWaterMark: guards.strikeHighWaterMark,
  whenRefused: guards.whenRefused,
});

/** In the largest unit that divides it: `120000` is `2m`, `90000` is `90s`. */
export function durationText(ms: number): string {
  const units = Object.entries(durationUnits).reverse();
  const [unit, unitMs] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['s', durationUnits.s];
  return `${ms / unitMs}${unit}`;
}

const mostText = ({ kind, value }: DebitMax): string =>
  kind === 'amount' ? value : `${shareText(value)}${kind === 'spot' ? ' of spot' : ''}`;

/** As it is written in a spec, exactly. */
const shareText = (fraction: DecimalString): string => `${toText(decimal(fraction).times(100))}%`;
