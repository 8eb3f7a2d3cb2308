/**
 * What a task says (docs/tasks.md): the form a person writes, short or with a list of rules, and the normal form that
 * everything else uses. Owns the combinations that make no sense; whether the position exists is the daemon's to find out.
 */
import { z } from 'zod';
import { parseInput } from '../bad-input.ts';
import { symbolMeant, type NamedOption, type SymbolRules } from '../market/exchange-rules.ts';
import { conditionsHeldAgain, isLegLeft } from '../rules/fires-again.ts';
import type { EmergencyStop } from '../rules/emergency-stop.ts';
import { whole, type Action, type RollAction, type Rule } from '../rules/rule.ts';
import type { Follow } from '../rules/triggers.ts';
import { approvalOf, approvalShape, type WrittenApproval } from './approval-shape.ts';
import { emergencyStopShape, nonsenseOfEmergencyStop } from './emergency-stop-shape.ts';
import { executionOf, executionShape } from './execution-shape.ts';
import { alertCooldownMs, guardsOf, guardsShape, ownGuards, type WrittenGuards } from './guards-shape.ts';
import { lateHoursIn } from './late-hours.ts';
import { choiceNonsense, targetNonsenseOfLegs } from './leg-choice.ts';
import { legNonsense } from './leg-nonsense.ts';
import { legsShape, optionsIn, qtyShape, spellOutLegs, symbolShape, type SpecLeg } from './legs-shape.ts';
import { defaultName, rulesShape, spellOutRule, spellOutWhen } from './rule-shape.ts';
import { targetNonsense } from './target-nonsense.ts';
import { closeShape, spellOutTarget, targetShape, type TargetOf } from './target-shape.ts';
import { orUnknownKey, wholeFrom1 } from './task-spec-words.ts';
import { triggerShape } from './trigger-shape.ts';
import { partsOf } from './spec-parts.ts';
import { assertSize } from './spec-size.ts';
import type { SpecHolding, WatchedLeg } from './watched-shape.ts';

export type { SpecLeg } from './legs-shape.ts';
export type { SpecHolding } from './watched-shape.ts';

export interface TaskSpec {
  /** The option held when the task is added, of a structure its first leg; where it stands later is in the task's context. */
  readonly symbol: string;
  /** Two or more options that are managed as one; absent in a task of one option. */
  readonly legs?: readonly SpecLeg[];
  /** What covers the options that are short; it is never traded. */
  readonly watched?: SpecHolding;
  /** A quantity in base coin, or `all`: the whole position found at adoption. */
  readonly qty: string;
  /** Judged in this order; one at least. */
  readonly rules: readonly Rule[];
  /** After so many rolls the task is over; `null`: never. */
  readonly rollsMax: number | null;
  /** The task may be added though a rule's trigger holds already, and then acts at once. */
  readonly evenIfTrue: boolean;
  readonly leg2: { readonly fallback: Leg2Fallback; readonly attemptsMax: number };
  /** A stop-loss at the exchange for when no daemon runs; absent where none is wanted. */
  readonly emergencyStop?: EmergencyStop;
  /** How a trigger on the underlying's price moves when the strike has moved. */
  readonly follow: Follow;
}

export type Leg2Fallback = 'keepTrying' | 'reopenLeg1' | 'stayFlat';

const leg2Shape = z.strictObject(
  {
    fallback: z
      .enum(['keepTrying', 'reopenLeg1', 'stayFlat'], { error: 'keepTrying, reopenLeg1 or stayFlat' })
      .default('keepTrying'),
    attempts: wholeFrom1.default(5),
  },
  orUnknownKey('an object like { fallback: keepTrying }', 'fallback, attempts'),
);

const shared = {
  qty: qtyShape.default('all'),
  evenIfTrue: z.boolean({ error: 'true or false' }).default(false),
  execution: executionShape.prefault({}),
  leg2: leg2Shape.prefault({}),
  follow: z.enum(['strike', 'fixed', 'percent'], { error: 'strike, fixed or percent' }).default('strike'),
  guards: guardsShape.prefault({}),
  approval: approvalShape.optional(),
  emergencyStop: emergencyStopShape.optional(),
};
const oneRule = { trigger: triggerShape, target: targetShape };
const onlyClose = { trigger: triggerShape, target: closeShape };
const ruleList = { rules: rulesShape };
const keys =
  'qty, trigger, target, rules, evenIfTrue, execution, leg2, follow, guards, approval, emergencyStop';
/** @param of the key that names what is managed */
const wholeSpec = (of: 'symbol' | 'legs') =>
  orUnknownKey(`a task spec: an object with ${of}, trigger and target`, `${of}, ${keys}`);

type OutputOf<Shape extends z.core.$ZodLooseShape> = z.output<z.ZodObject<Shape>>;
type Written = OutputOf<typeof shared> &
  (OutputOf<typeof oneRule> | OutputOf<typeof onlyClose> | OutputOf<typeof ruleList>) & {
    /** Of one option. */
    readonly symbol?: string | undefined;
    /** Of a structure. */
    readonly legs?: readonly (SpecLeg | WatchedLeg)[] | undefined;
  };

/** By the exchange whose options a spec may name: a task list reads many. */
const shapes = new WeakMap<SymbolRules, ReturnType<typeof shapesFor>>();

function shapesFor(rules: SymbolRules) {
  const refuse = (spec: Written, context: z.RefinementCtx): void => {
    for (const [path, message] of nonsenseIn(spec, rules))
      context.addIssue({ code: 'custom', path, message });
  };
  const option = z.strictObject({ symbol: symbolShape(rules), ...shared }, wholeSpec('symbol'));
  const noSymbol = z.undefined({ error: 'either symbol or legs' }).optional();
  const structure = z.strictObject(
    { symbol: noSymbol, legs: legsShape(rules), ...shared },
    wholeSpec('legs'),
  );
  return {
    option: {
      roll: option.extend(oneRule).superRefine(refuse),
      close: option.extend(onlyClose).superRefine(refuse),
      rules: option.extend(ruleList).superRefine(refuse),
    },
    structure: {
      roll: structure.extend(oneRule).superRefine(refuse),
      close: structure.extend(onlyClose).superRefine(refuse),
      rules: structure.extend(ruleList).superRefine(refuse),
    },
  };
}

/** What is read, of one option and of a structure. */
export function shapesOf(rules: SymbolRules): ReturnType<typeof shapesFor> {
  const known = shapes.get(rules) ?? shapesFor(rules);
  shapes.set(rules, known);
  return known;
}

/** Writes `trigger: 25500`, `target: +1000` and `then: close` out in full, and symbols as the exchange does. */
function spellOut(input: unknown, rules: SymbolRules): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const spec: Record<string, unknown> = { ...input };
  if (typeof spec['symbol'] === 'string') spec['symbol'] = symbolMeant(spec['symbol'], rules);
  if ('legs' in spec) spec['legs'] = spellOutLegs(spec['legs'], rules);
  const options = optionsIn(spec['legs'], rules);
  const held: TargetOf =
    'legs' in spec
      ? options.length === 1
        ? (options[0] ?? null)
        : options
      : typeof spec['symbol'] === 'string'
        ? rules.readSymbol(spec['symbol'])
        : null;
  if ('trigger' in spec) spec['trigger'] = spellOutWhen(spec['trigger'], held);
  if ('target' in spec) spec['target'] = spellOutTarget(spec['target'], held);
  if (Array.isArray(spec['rules']))
    spec['rules'] = spec['rules'].map((rule: unknown, place) => spellOutRule(rule, { place, held }));
  return spec;
}

type Path = (string | number)[];

/** Where the parts of a rule are written. */
interface Places {
  readonly when: Path;
  readonly then: Path;
  /** Which legs are traded. */
  readonly legs: Path;
  readonly guards: Path;
  readonly execution: Path;
}

const placesOf = (written: Partial<Written>, place: number): Places =>
  'rules' in written
    ? {
        when: ['rules', place, 'when'],
        then: ['rules', place, 'then', 'roll'],
        legs: ['rules', place, 'then', 'legs'],
        guards: ['rules', place, 'guards'],
        execution: ['rules', place, 'execution'],
      }
    : { when: ['trigger'], then: ['target'], legs: ['target'], guards: ['guards'], execution: ['execution'] };

/** Every rule says when it acts and what it does then. */
const hasWholeRules = (spec: Partial<Written>): boolean =>
  'rules' in spec
    ? Array.isArray(spec.rules) &&
      spec.rules.every(({ when, then }) => Object(when) === when && Object(then) === then)
    : 'trigger' in spec && Object(spec.trigger) === spec.trigger && spec.target !== undefined;

const alertCooldownMinMs = 1_000;

/** Combinations that make no sense: where, and what would be right. A part that is wrong in itself may be missing. */
function* nonsenseIn(spec: Partial<Written>, rules: SymbolRules): Generator<[Path, string]> {
  const { follow, guards, execution } = spec;
  const { symbol, legs } = partsOf(spec);
  const held = legs ? null : rules.readSymbol(symbol);
  if (!guards || !execution || !follow || !hasWholeRules(spec)) return;
  yield* approvalOfAlerts(spec);
  yield* legNonsense({ ...spec, legs }, rules);
  if (legs && spec.emergencyStop)
    yield [['emergencyStop'], 'a task of one option: a stop closes one leg alone'];
  yield* nonsenseOfEmergencyStop(spec.emergencyStop, rulesOf(spec as Written));
  for (const [place, rule] of rulesOf(spec as Written).entries()) {
    const at = placesOf(spec, place);
    yield* lateHoursIn(rule.when, rules, at.when);
    yield* nonsenseOfExecution(rule, at);
    if (legs && rule.execution.legs)
      yield [
        [...at.execution, 'legs'],
        'closeFirst: the legs of a structure cover each other, so its shorts are closed first and opened last',
      ];
    const choice = rule.then.kind === 'alert' ? undefined : rule.then.legs;
    const right = choiceNonsense(choice, legs, rules);
    if (right !== null) yield [at.legs, right];
    else if (rule.then.kind === 'roll' && legs)
      for (const [path, message] of targetNonsenseOfLegs(
        rule.then.target,
        { legs, choice, rules },
        rule.guards,
      ))
        yield [[...at.then, ...path], message];
    if (rule.then.kind === 'roll')
      yield* nonsenseOfRoll(rule, rule.then, { at, held, legs, follow, rollsMax: guards.rolls?.max, rules });
    else if (rule.then.kind === 'close' && rule.guards.whenRefused === 'close')
      yield [
        [...at.guards, 'whenRefused'],
        'skip or alert: a task that only closes has no roll to be refused',
      ];
    else if (rule.then.kind === 'alert' && rule.guards.cooldownMs < alertCooldownMinMs)
      yield [
        [...at.guards, 'cooldown'],
        '1s or more: as long as its trigger holds, the rule alerts so often',
      ];
  }
}

/** An alert trades nothing, so it has nothing to ask. */
function* approvalOfAlerts(spec: Partial<Written>): Generator<[Path, string]> {
  const rules = 'rules' in spec && Array.isArray(spec.rules) ? spec.rules : [];
  for (const [place, { then, approval }] of rules.entries())
    if (Object(then) === then && then.kind === 'alert' && approval !== undefined && approval !== 'none')
      yield [['rules', place, 'approval'], 'roll, close or reduce: a rule that only alerts asks nothing'];
}

function* nonsenseOfExecution({ execution }: Rule, at: Places): Generator<[Path, string]> {
  if (execution.style === 'walk' && execution.deadlineMs <= execution.everyMs)
    yield [
      [...at.execution, 'deadline'],
      'longer than execution.every, so that a walk reaches the far touch',
    ];
}

interface RollPlace {
  readonly at: Places;
  /** `null` while the symbol is wrong, and in a structure. */
  readonly held: NamedOption | null;
  /** Of a structure. */
  readonly legs: readonly Pick<SpecLeg, 'name' | 'symbol'>[] | undefined;
  readonly rules: SymbolRules;
  readonly follow: Follow;
  /** Of the task. */
  readonly rollsMax: number | undefined;
}

/** A leg that is not among those of these names is delivered first, or with the first. */
function leavesFirst(
  legs: readonly Pick<SpecLeg, 'name' | 'symbol'>[],
  choice: RollAction['legs'],
  { namedDeliveryMs }: SymbolRules,
): boolean {
  if (typeof choice !== 'object') return false;
  const deliveries = legs.map(({ symbol }) => namedDeliveryMs(symbol) ?? Infinity);
  const first = Math.min(...deliveries);
  return legs.some(({ name }, place) => !choice.includes(name) && deliveries[place] === first);
}

function* nonsenseOfRoll(
  { when, guards }: Rule,
  { target, legs: choice }: RollAction,
  { at, held, legs, follow, rollsMax, rules }: RollPlace,
): Generator<[Path, string]> {
  if (held !== null)
    for (const [path, right] of targetNonsense(target, held, guards)) yield [[...at.then, ...path], right];
  if (target.strike.kind === 'same' && target.expiry.kind === 'same') return;
  // A number of rolls was thought of: the repetition is meant.
  if ((guards.rollsMax ?? guards.rollsPerDayMax ?? rollsMax ?? null) !== null) return;
  const roll = {
    target,
    follow,
    legs: choice,
    isOfStructure: legs !== undefined,
    leavesFirst: leavesFirst(legs ?? [], choice, rules),
  };
  for (const condition of conditionsHeldAgain(when, roll)) {
    const { kind } = condition;
    const isOfTime = kind === 'daysToExpiry' || kind === 'expiryDay';
    const where = `${at.when.join('.')}.${kind} does not hold at once again`;
    if (isLegLeft(condition, roll))
      yield [
        at.then,
        `legs, or a target, at which ${where}, or guards.rolls with max or perDay: the rule would roll again and again`,
      ];
    else if (isOfTime) yield [[...at.then, 'expiry'], `an expiry at which ${where}, like next-weekly`];
    else
      yield [
        at.then,
        `a target at which ${where}, or guards.rolls with max or perDay: the rule would roll again and again`,
      ];
  }
}

/** @param spec as it was read, with nothing missing */
function rulesOf(spec: Written): readonly Rule[] {
  if ('rules' in spec)
    return spec.rules.map(({ name, when, then, guards, execution, approval }) =>
      then.kind === 'alert'
        ? { name, when, then, ...settingsOfAlert(guards) }
        : {
            name,
            when,
            then,
            guards: guardsOf(ownGuards(spec.guards, guards)),
            execution: executionOf({ ...spec.execution, ...execution }),
            ...askedFirst(spec.approval, approval),
          },
    );
  const { trigger: when, target } = spec;
  const then: Action =
    target === null ? { kind: 'close', qty: whole } : { kind: 'roll', target, qty: whole, scale: [] };
  const guards = guardsOf(ownGuards(spec.guards, {}));
  const execution = executionOf(spec.execution);
  return [{ name: defaultName(0), when, then, guards, execution, ...askedFirst(spec.approval) }];
}

function askedFirst(task?: WrittenApproval, rule?: WrittenApproval): Pick<Rule, 'approval'> {
  const approval = approvalOf(task, rule);
  return approval === null ? {} : { approval };
}

/** Of an alert only the cooldown counts, and it is not repeated as fast as a refused roll is tried again. */
const settingsOfAlert = ({
  cooldown = alertCooldownMs,
}: WrittenGuards): Pick<Rule, 'guards' | 'execution'> => ({
  guards: guardsOf({ cooldown }),
  execution: executionOf({}),
});

/**
 * Reads a spec in short or full form.
 * @param rules of the exchange whose option it names
 * @throws BadInput naming every wrong value with its path
 */
export function parseTaskSpec(input: unknown, rules: SymbolRules): TaskSpec {
  assertSize(input);
  const written = spellOut(input, rules);
  const spec: Written = parseInput(shapeFor(written, rules), written, 'The task spec is not valid');
  const { evenIfTrue, leg2, follow, guards } = spec;
  const { symbol, legs, watched, qty } = partsOf(spec);
  return {
    symbol,
    ...(legs && { legs }),
    ...(watched && { watched }),
    qty,
    rules: rulesOf(spec),
    rollsMax: guards.rolls?.max ?? null,
    evenIfTrue,
    leg2: { fallback: leg2.fallback, attemptsMax: leg2.attempts },
    ...(spec.emergencyStop && { emergencyStop: spec.emergencyStop }),
    follow,
  };
}

function shapeFor(written: unknown, rules: SymbolRules): z.ZodType<Written> {
  const { option, structure } = shapesOf(rules);
  const {
    target,
    rules: given,
    legs,
  } = Object(written) as { target?: unknown; rules?: unknown; legs?: unknown };
  const { roll, close, rules: list } = legs === undefined ? option : structure;
  if (given !== undefined) return list;
  return target === 'close' ? close : roll;
}
