/**
 * Of which option a condition speaks, and what is known of it. In a task of one option that is the option. In a structure it
 * is the leg that the condition names; the leg that speaks for the tested or the untested side; the leg that is delivered
 * first; or the structure as one, as if it were a single option. What is not known of a leg is not known of a view of it.
 */
import { entryPrice, type HeldOption } from '../market/held-option.ts';
import { optionOf } from '../market/option.ts';
import { decimal, isZero, smaller, toText, type Decimal, type DecimalString } from '../money.ts';
import { decidingLeg, decidingLegs, legsOf, openLegs, testedType, type Legs } from './structure.ts';
import {
  conditionsOf,
  fieldOf,
  isOptionField,
  isSide,
  sideWords,
  watchOf,
  type Condition,
  type ConditionKind,
  type FieldReadings,
  type Holder,
  type Readings,
  type ReportedField,
  type Trigger,
  type Watch,
} from './triggers.ts';

export interface View {
  readonly held: HeldOption;
  /** Of the underlying and of `held`. */
  readonly readings: Readings;
  /** Of a structure: the symbol of the leg, or one of the views that are computed. */
  readonly of?: string;
}

/** What no single ticker says: the sides, because they change places, and the structure as one. */
export const computedViews = [...sideWords, 'structure'] as const;
export type ComputedView = (typeof computedViews)[number];

/** @param of whose field a level is on */
export const isComputed = (of: string | undefined): of is ComputedView => of === 'structure' || isSide(of);

/** Conditions that a structure as one has: of its net price, and of what its options lose or gain together. */
export const kindsOfStructure: readonly ConditionKind[] = ['profit', 'optionMark', 'theta', 'delta'];
/** Conditions that are of the underlying or of the time, whatever is held. */
export const kindsWithoutLeg: readonly ConditionKind[] = [
  'index',
  'mark',
  'last',
  'realisedVolatility',
  'every',
];
/** Conditions on the time that is left: without a leg, of the one that is delivered first. */
const kindsOfExpiry: readonly ConditionKind[] = ['daysToExpiry', 'expiryDay'];

/** Under which name the readings of a leg are kept. */
export const legName = ({ leg, symbol }: HeldOption): string => leg ?? symbol;

/**
 * What is known of the options of a task, in one place for all of them: flat for a task of one option, else by leg.
 * @param of what is known of an option; `null` when nothing is
 */
export function readingsByLeg(task: Legs, of: (leg: HeldOption) => FieldReadings | null): Readings {
  if (task.others === undefined) return of(task.held) ?? {};
  const known = legsOf(task).flatMap((leg): (readonly [string, FieldReadings])[] => {
    const readings = of(leg);
    return readings === null ? [] : [[legName(leg), readings]];
  });
  return { legs: Object.fromEntries(known) };
}

/** Of a structure: what is known of one leg alone. */
const ofLeg = (leg: HeldOption, { legs = {} }: Readings): FieldReadings => legs[legName(leg)] ?? {};

/**
 * What a condition looks at; `null` while it is not known of which leg it speaks, or when that leg is gone.
 * @param readings with `clock` in them
 */
export function viewFor(condition: Condition, task: Legs, readings: Readings): View | null {
  const { held, others } = task;
  if (others === undefined) return { held, readings };
  const { leg, kind } = condition;
  if (leg !== undefined)
    return isSide(leg)
      ? computedView(leg, task, readings)
      : viewOfLeg(openLegs(task).find((open) => legName(open) === leg) ?? null, readings);
  if (kindsWithoutLeg.includes(kind)) return { held, readings: withOptionIndex(readings) };
  if (kindsOfStructure.includes(kind)) return computedView('structure', task, readings);
  return kindsOfExpiry.includes(kind) ? viewOfLeg(firstDelivered(openLegs(task)), readings) : null;
}

/** One of the views that are computed of several legs; `null` while it is not known. */
export function computedView(of: ComputedView, task: Legs, readings: Readings): View | null {
  const open = openLegs(task);
  if (of === 'structure') return open.length === 0 ? null : viewOfStructure(open, readings);
  const deltaOf = (leg: HeldOption): DecimalString | null => ofLeg(leg, readings).delta ?? null;
  const tested = testedType(open, deltaOf);
  if (tested === null) return null;
  const untested = tested === 'call' ? 'put' : 'call';
  const view = viewOfLeg(decidingLeg(open, of === 'tested' ? tested : untested, deltaOf), readings);
  return view && { ...view, of };
}

const viewOfLeg = (leg: HeldOption | null, readings: Readings): View | null =>
  leg && { held: leg, readings: { ...readings, ...ofLeg(leg, readings) }, of: leg.symbol };

function firstDelivered(open: readonly HeldOption[]): HeldOption | null {
  const [first = null, ...others] = open;
  return others.reduce(
    (earliest, leg) => (earliest && leg.expiryMs >= earliest.expiryMs ? earliest : leg),
    first,
  );
}

/** The index in an option's ticker is that of every leg. */
function withOptionIndex(readings: Readings): Readings {
  for (const { optionIndex } of Object.values(readings.legs ?? {}))
    if (optionIndex !== undefined) return { ...readings, optionIndex };
  return readings;
}

/**
 * Several options as if they were one. Its quantity is the smallest of theirs; its premium what the shorts brought less what the
 * longs cost: a credit makes it a short, whose mark is what it costs to close, a debit makes it a long.
 * @param open one at least
 */
export function asOneOption(open: readonly HeldOption[]): HeldOption {
  const [first] = open;
  if (first === undefined) throw new Error('a structure has a leg');
  const premium = open.reduce(
    (total, leg) => (leg.side === 'Sell' ? total.plus(leg.premium) : total.minus(leg.premium)),
    decimal('0'),
  );
  return {
    ...optionOf(first),
    // Its delta is known without a sign, like that of a call.
    optionType: 'call',
    side: premium.isNegative() ? 'Buy' : 'Sell',
    qty: open.reduce((least, { qty }) => smaller(least, qty), first.qty),
    premium: toText(premium.abs()),
  };
}

function viewOfStructure(open: readonly HeldOption[], readings: Readings): View {
  const held = asOneOption(open);
  const net = (field: ReportedField): Decimal | null => {
    let total = decimal('0');
    for (const leg of open) {
      const value = ofLeg(leg, readings)[field];
      if (value === undefined) return null;
      const share = decimal(leg.qty).dividedBy(held.qty).times(value);
      total = leg.side === held.side ? total.plus(share) : total.minus(share);
    }
    return total;
  };
  const [mark, theta, delta] = [net('optionMark'), net('theta'), net('delta')];
  return {
    held,
    readings: {
      ...readings,
      ...(mark && { optionMark: toText(mark) }),
      ...(theta && { theta: toText(theta) }),
      ...(delta && { delta: toText(delta.abs()) }),
    },
    of: 'structure',
  };
}

/** A condition at one moment: what it looks at, and the level that it comes down to there. */
export interface Standing {
  readonly view: View;
  readonly watch: Watch;
}

/** @param moment the readings with `clock` in them @returns `null` while it is not known of what the condition speaks */
export function standingOf(
  condition: Condition,
  task: Holder,
  { readings, atMs }: { readonly readings: Readings; readonly atMs: number },
): Standing | null {
  const view = viewFor(condition, task, readings);
  if (view === null) return null;
  if (task.others === undefined) return { view, watch: watchOf(condition, task, atMs) };
  // Of a structure that was taken for nothing no share is known.
  if (condition.kind === 'profit' && isZero(entryPrice(view.held))) return null;
  const watch = watchOf(condition, { held: view.held, lastRoll: task.lastRoll ?? null }, atMs);
  return { view, watch: view.of === undefined ? watch : { ...watch, of: view.of } };
}

/** The options whose tickers a condition needs. */
export function legsNeeded(condition: Condition, task: Legs): readonly HeldOption[] {
  const isOfOption = isOptionField(fieldOf(condition));
  if (task.others === undefined) return isOfOption ? [task.held] : [];
  const { leg } = condition;
  const open = openLegs(task);
  if (isSide(leg)) return decidingLegs(open);
  if (!isOfOption) return [];
  return leg === undefined ? open : open.filter((each) => legName(each) === leg);
}

/** The options whose tickers a trigger needs, each once. */
export const optionsNeeded = (trigger: Trigger, task: Legs): readonly HeldOption[] => [
  ...new Set(conditionsOf(trigger).flatMap((condition) => legsNeeded(condition, task))),
];

/** The options whose rank of implied volatility a trigger looks at, each once. */
export const ranksNeeded = (trigger: Trigger, task: Legs): readonly HeldOption[] => [
  ...new Set(
    conditionsOf(trigger).flatMap((condition) =>
      condition.kind === 'impliedVolatilityRank' ? legsNeeded(condition, task) : [],
    ),
  ),
];

/** The views of a trigger that are computed of several legs, each once. */
export const computedViewsOf = (trigger: Trigger, task: Legs): readonly ComputedView[] => [
  ...new Set(conditionsOf(trigger).flatMap((condition) => computedFor(condition, task) ?? [])),
];

function computedFor({ leg, kind }: Condition, { others }: Legs): ComputedView | null {
  if (others === undefined) return null;
  if (leg !== undefined) return isSide(leg) ? leg : null;
  return kindsOfStructure.includes(kind) ? 'structure' : null;
}
