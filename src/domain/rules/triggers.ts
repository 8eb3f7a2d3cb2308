/**
 * When a roll is due, and where a trigger stands after one. Whatever a condition speaks of, it comes down to
 * a level on one field that the market feed or the clock moves. Level, not edge: what is at or beyond it holds however it
 * got there, so a gap or a reconnect cannot miss it. What is not known holds nothing.
 */
import {
  compare,
  decimal,
  Decimal,
  isZero,
  multiply,
  onGrid,
  subtract,
  toText,
  type DecimalString,
} from '../money.ts';
import { entryPrice, type HeldOption } from '../market/held-option.ts';
import type { Quote } from '../market/order.ts';
import { dayMs } from '../units.ts';

/** Of the underlying's perpetual: its index, mark and last price. */
export type UnderlyingField = 'index' | 'mark' | 'last';
/** Of the option's own ticker: the exchange's delta, its mark price, and the index price it was marked at. */
export type OptionField = 'delta' | 'optionMark' | 'optionIndex';
/** `clock`: exchange time, ms since epoch. */
export type Field = UnderlyingField | OptionField | 'clock';

/** What is known of the market at one moment. */
export type Readings = Readonly<Partial<Record<Field, DecimalString>>>;

export type ConditionKind =
  UnderlyingField | 'delta' | 'optionMark' | 'profit' | 'moneyness' | 'daysToExpiry' | 'expiryDay';

/**
 * Holds while its value is at or beyond `level`. Units by kind: `index`, `mark`, `last` and `optionMark` in settle coin;
 * `delta` without its sign; `profit` a share of the premium taken in (of the premium paid, for a long); `moneyness` how
 * far in the money, as a share of the strike; `daysToExpiry` days; `expiryDay` ms since midnight UTC of the last day.
 */
export interface Condition {
  readonly kind: ConditionKind;
  readonly direction: 'above' | 'below';
  readonly level: DecimalString;
  /** How long it has to go on holding before it counts. */
  readonly holdMs: number;
}

export interface Combination {
  readonly kind: 'any' | 'all';
  readonly of: readonly Trigger[];
}

export type Trigger = Condition | Combination;

/** How a trigger on the underlying's price moves when the strike has moved. */
export type Follow = 'strike' | 'fixed' | 'percent';

/** `any` or `all` of other triggers. */
export const isCombination = (trigger: Trigger): trigger is Combination =>
  trigger.kind === 'any' || trigger.kind === 'all';

/** In the order of the spec. */
export const conditionsOf = (trigger: Trigger): readonly Condition[] =>
  isCombination(trigger) ? trigger.of.flatMap(conditionsOf) : [trigger];

/** A level on one field: `rising` is reached at or above it, `falling` at or below. */
export interface Watch {
  readonly field: Field;
  readonly direction: 'rising' | 'falling';
  readonly level: DecimalString;
}

/** What a condition means for the option held now. */
export function watchOf({ kind, direction, level }: Condition, held: HeldOption): Watch {
  const { optionType, strike, side, expiryMs } = held;
  const towards = direction === 'above' ? 'rising' : 'falling';
  switch (kind) {
    case 'delta':
      return optionType === 'call'
        ? { field: 'delta', direction: towards, level }
        : { field: 'delta', direction: opposite[towards], level: toText(decimal(level).negated()) };
    case 'profit': {
      const gained = side === 'Sell' ? decimal('1').minus(level) : decimal('1').plus(level);
      return {
        field: 'optionMark',
        direction: side === 'Sell' ? opposite[towards] : towards,
        level: toText(gained.times(entryPrice(held))),
      };
    }
    case 'moneyness': {
      const isCall = optionType === 'call';
      const away = isCall ? decimal('1').plus(level) : decimal('1').minus(level);
      return {
        field: 'optionIndex',
        direction: isCall ? towards : opposite[towards],
        level: toText(away.times(strike)),
      };
    }
    case 'daysToExpiry':
      return atTime(onGrid(toText(decimal(level).times(-dayMs).plus(expiryMs)), '1', 'up'));
    case 'expiryDay':
      return atTime(toText(decimal(level).plus(Math.floor(expiryMs / dayMs) * dayMs)));
    case 'index':
    case 'mark':
    case 'last':
    case 'optionMark':
      return { field: kind, direction: towards, level };
  }
}

const opposite = { rising: 'falling', falling: 'rising' } as const;
const atTime = (level: DecimalString): Watch => ({ field: 'clock', direction: 'rising', level });
const released = (watch: Watch): Watch => ({ ...watch, direction: opposite[watch.direction] });

/** The field is at the level or beyond it; `false` while it is not known. */
export function isReached({ field, direction, level }: Watch, readings: Readings): boolean {
  const value = readings[field];
  if (value === undefined) return false;
  const order = compare(value, level);
  return direction === 'rising' ? order >= 0 : order <= 0;
}

/** By place in `conditionsOf`: since when a condition that must go on holding holds. */
export type HeldSince = Readonly<Record<string, number>>;

export interface Judgement {
  readonly holds: boolean;
  readonly heldSince: HeldSince;
  /** When it will hold if nothing changes but the time; `null`: not by waiting. */
  readonly dueAtMs: number | null;
  /** By place: the conditions that count then, or now. */
  readonly places: readonly number[];
}

interface Watched {
  readonly trigger: Trigger;
  readonly held: HeldOption;
  readonly heldSince: HeldSince;
}

/** @param atMs exchange time of the readings */
export function judge({ trigger, held, heldSince }: Watched, readings: Readings, atMs: number): Judgement {
  const known = { ...readings, clock: String(atMs) };
  const conditions = conditionsOf(trigger);
  const reached = conditions.map((condition) => isReached(watchOf(condition, held), known));
  const since: Record<string, number> = {};
  for (const [place, { holdMs }] of conditions.entries())
    if (holdMs > 0 && reached[place]) since[place] = heldSince[place] ?? atMs;
  const countsFromMs = conditions.map(({ holdMs }, place) =>
    reached[place] ? (since[place] ?? atMs) + holdMs : Number.POSITIVE_INFINITY,
  );
  const holdsAt = (ms: number): boolean => evaluate(trigger, countsFromMs.values(), ms);
  const dueAtMs = countsFromMs
    .filter((ms) => ms > atMs && Number.isFinite(ms))
    .sort((a, b) => a - b)
    .find(holdsAt);
  const holds = holdsAt(atMs);
  const countedAtMs = holds ? atMs : (dueAtMs ?? atMs);
  const places = [...countsFromMs.keys()].filter((place) => (countsFromMs[place] ?? 0) <= countedAtMs);
  return { holds, heldSince: since, dueAtMs: dueAtMs ?? null, places };
}

/** @param reached by place in `conditionsOf`: whether the condition holds */
export const holdsWhere = (trigger: Trigger, reached: readonly boolean[]): boolean =>
  evaluate(trigger, reached.map((isHeld) => (isHeld ? 0 : Number.POSITIVE_INFINITY)).values(), 0);

/** @param countsFromMs of each condition, in order; every one is taken, so that the next part begins at its own */
function evaluate(trigger: Trigger, countsFromMs: Iterator<number>, atMs: number): boolean {
  if (!isCombination(trigger)) return countsFromMs.next().value <= atMs;
  const parts = trigger.of.map((part) => evaluate(part, countsFromMs, atMs));
  return trigger.kind === 'any' ? parts.some(Boolean) : parts.every(Boolean);
}

/**
 * What may change a judgement: a condition that is not reached waits for its level, one that has to go on holding for its
 * release, and so do all of them while the trigger is being confirmed. The others need no watch: a task that is woken looks at
 * all of them. A trigger that holds keeps its levels, so that the next price asks again.
 */
export function watchesOf(
  watched: Watched,
  readings: Readings,
  { atMs, isConfirming }: { readonly atMs: number; readonly isConfirming: boolean },
): readonly Watch[] {
  const { trigger, held, heldSince } = watched;
  if (!isCombination(trigger) && !isConfirming) return [watchOf(trigger, held)];
  const known = { ...readings, clock: String(atMs) };
  const { holds } = judge(watched, readings, atMs);
  return conditionsOf(trigger).flatMap((condition, place) => {
    const level = watchOf(condition, held);
    const isHolding = heldSince[place] !== undefined;
    if (!isHolding && (holds || !isReached(level, known))) return [level];
    return (isHolding || isConfirming) && level.field !== 'clock' ? [released(level)] : [];
  });
}

/** The feed's fields that a trigger looks at. */
export const fieldsOf = (trigger: Trigger): readonly Field[] => [
  ...new Set(conditionsOf(trigger).map(({ kind }) => fields[kind])),
];
/** What a condition comes down to. */
export const fieldOf = ({ kind }: Condition): Field => fields[kind];
const fields: Readonly<Record<ConditionKind, Field>> = {
  index: 'index',
  mark: 'mark',
  last: 'last',
  delta: 'delta',
  optionMark: 'optionMark',
  profit: 'optionMark',
  moneyness: 'optionIndex',
  daysToExpiry: 'clock',
  expiryDay: 'clock',
};

const optionFields: readonly Field[] = ['delta', 'optionMark', 'optionIndex'];
/** It comes from the option's own ticker. */
export const isOptionField = (field: Field): field is OptionField => optionFields.includes(field);

/** What an option's quote says of it. */
export const readingsOf = ({ mark, index, greeks }: Quote): Readings => ({
  optionMark: mark,
  optionIndex: index,
  ...(greeks && { delta: greeks.delta }),
});

/** What the condition speaks of as it is now, in its own unit; `null` while it is not known. */
export function valueOf({ kind }: Condition, held: HeldOption, readings: Readings): DecimalString | null {
  const reading = readings[fields[kind]];
  if (reading === undefined) return null;
  const { optionType, strike } = held;
  const value = decimal(reading);
  switch (kind) {
    case 'delta':
      return toText(value.abs());
    case 'profit': {
      const entry = entryPrice(held);
      // Of a position that was taken for nothing, or is gone, no share is known.
      if (isZero(entry)) return null;
      const rise = value.dividedBy(entry).minus(1);
      return toText((held.side === 'Sell' ? rise.negated() : rise).toDecimalPlaces(6));
    }
    case 'moneyness': {
      const rise = value.dividedBy(strike).minus(1);
      return toText((optionType === 'call' ? rise : rise.negated()).toDecimalPlaces(6));
    }
    case 'daysToExpiry':
      return toText(value.minus(held.expiryMs).dividedBy(-dayMs).toDecimalPlaces(4));
    case 'expiryDay':
      return toText(value.minus(Math.floor(held.expiryMs / dayMs) * dayMs));
    case 'index':
    case 'mark':
    case 'last':
    case 'optionMark':
      return reading;
  }
}

/** How far the value still has to go, in the condition's unit; 0 or negative once it is reached. */
export function distanceOf(condition: Condition, value: DecimalString): DecimalString {
  const rises = condition.direction === 'above';
  return rises ? subtract(condition.level, value) : subtract(value, condition.level);
}

/** A level that keeps its share of the strike need not end as a decimal; so many digits are a billionth of any price. */
const levelDigits = 10;

/** How a trigger follows, in which roll. */
export interface Following {
  readonly follow: Follow;
  readonly oldStrike: DecimalString;
  readonly newStrike: DecimalString;
}

/** The trigger of the next roll: levels on the underlying's price move with the strike, the others speak of the new option. */
export function followStrike(trigger: Trigger, following: Following): Trigger {
  if (isCombination(trigger))
    return { ...trigger, of: trigger.of.map((part) => followStrike(part, following)) };
  const { follow, oldStrike, newStrike } = following;
  if (follow === 'fixed' || !['index', 'mark', 'last'].includes(trigger.kind)) return trigger;
  const level = decimal(trigger.level);
  if (follow === 'strike') return { ...trigger, level: toText(level.plus(newStrike).minus(oldStrike)) };
  const moved = decimal(multiply(trigger.level, newStrike)).dividedBy(oldStrike);
  // Rounded away from the price, so that a level never holds at once only because it was rounded.
  const rounding = trigger.direction === 'above' ? Decimal.ROUND_UP : Decimal.ROUND_DOWN;
  return { ...trigger, level: toText(moved.toSignificantDigits(levelDigits, rounding)) };
}
