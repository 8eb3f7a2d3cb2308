/**
 * What conditions say. Whatever one speaks of, it comes down to a level on one field that the market feed or the clock
 * moves. Level, not edge: what is at or beyond it holds however it got there, so a gap or a reconnect cannot miss it. What is
 * not known holds nothing. An hour that comes again holds for a while, and once: not after a roll that began in that while.
 */
import { compare, decimal, isPositive, multiply, onGrid, toText, type DecimalString } from '../money.ts';
import { entryPrice, type HeldOption } from '../market/held-option.ts';
import type { Option } from '../market/option.ts';
import type { Quote } from '../market/order.ts';
import { dayMs } from '../units.ts';
import { deviations, extrinsicValue } from './option-figures.ts';
import { windowAt, type Schedule, type Window } from './schedules.ts';

/** Of the underlying's perpetual: its index, mark and last price. */
export type UnderlyingField = 'index' | 'mark' | 'last';
/**
 * Of the option's own ticker: the exchange's delta, theta (per day) and implied volatility (a fraction per year), its mark
 * price, and the index price it was marked at.
 */
export type OptionField = 'delta' | 'theta' | 'volatility' | 'optionMark' | 'optionIndex';
/** Where the option's implied volatility stands within what was seen of it, from 0 to 1; the runtime adds it to a ticker. */
export type RankField = 'volatilityRank';
/** Computed of an option's fields and the option itself; no feed reports them (option-figures.ts). */
export type DerivedField = 'extrinsicValue' | 'deviations';
/** Days over which realised volatility is published. */
export const volatilityDays = [7, 14, 21, 30, 60, 90, 180, 270] as const;
export type VolatilityDays = (typeof volatilityDays)[number];
/** Realised volatility of the underlying over so many days, a fraction per year; read now and then, never streamed. */
export type VolatilityField = `realised${VolatilityDays}`;
/** What a feed reports. `clock`: exchange time, ms since epoch. */
export type ReportedField = UnderlyingField | OptionField | RankField | VolatilityField | 'clock';
export type Field = ReportedField | DerivedField;

/** What one source reports at one moment. */
export type FieldReadings = Readonly<Partial<Record<ReportedField, DecimalString>>>;

/** What is known of the market at one moment. */
export interface Readings extends FieldReadings {
  /** Of a structure alone: what the tickers of its options say, by the names of the legs. */
  readonly legs?: Readonly<Record<string, FieldReadings>>;
}

export type ConditionKind =
  | UnderlyingField
  | 'delta'
  | 'theta'
  | 'impliedVolatility'
  | 'impliedVolatilityRank'
  | 'realisedVolatility'
  | 'optionMark'
  | 'extrinsicValue'
  | 'extrinsicShare'
  | 'profit'
  | 'moneyness'
  | 'deviations'
  | 'daysToExpiry'
  | 'expiryDay'
  | 'every';

/**
 * Holds while its value is at or beyond `level`. Units by kind: `index`, `mark`, `last`, `optionMark` and `extrinsicValue`
 * in settle coin; `delta` without its sign; `theta` what one unit loses in a day, in settle coin; `impliedVolatility` and
 * `realisedVolatility` a fraction per year; `impliedVolatilityRank` from 0 at the lowest to 1 at the highest that was seen; `profit` and `extrinsicShare` shares of the premium taken in (of the premium paid, for a long);
 * `moneyness` how far in the money, as a share of the strike; `deviations` how far out of the money, in standard
 * deviations; `daysToExpiry` days; `expiryDay` ms since midnight UTC of the last day; `every` ms until its next hour.
 */
export interface Condition {
  readonly kind: ConditionKind;
  readonly direction: 'above' | 'below';
  readonly level: DecimalString;
  /** How long it has to go on holding before it counts. */
  readonly holdMs: number;
  /** Of `realisedVolatility` alone: over how many days. */
  readonly overDays?: VolatilityDays;
  /** Of `every` alone. */
  readonly schedule?: Schedule;
  /** Of a structure: the leg of this name, or the one that speaks for the `tested` or the `untested` side. */
  readonly leg?: string;
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
  /** From then on it is not reached any more, exchange time; absent where it goes on. */
  readonly untilMs?: number;
  /** Of a structure: whose field it is (leg-views.ts); absent in a task of one option. */
  readonly of?: string;
}

/** The sides of a structure, as a condition names them in place of a leg; deltas say which is which. */
export const sideWords = ['tested', 'untested'] as const;
export type SideWord = (typeof sideWords)[number];
export const isSide = (leg: string | undefined): leg is SideWord => leg === 'tested' || leg === 'untested';

/** Of whom a condition speaks. */
export interface Holder {
  readonly held: HeldOption;
  /** The other legs of a structure. */
  readonly others?: readonly HeldOption[];
  /** The last roll that has ended; an hour that came before it began is used up. */
  readonly lastRoll?: { readonly startedAtMs: number } | null;
}

/**
 * What a condition means for the option held now; of a structure, for the leg that it speaks of.
 * @param atMs exchange time: of an hour that comes again, the window that is open then or comes next is meant
 */
export function watchOf(condition: Condition, { held, lastRoll }: Holder, atMs: number): Watch {
  const { kind, direction, level } = condition;
  const { optionType, strike, side, expiryMs } = held;
  const towards = direction === 'above' ? 'rising' : 'falling';
  switch (kind) {
    case 'delta':
      return optionType === 'call'
        ? { field: 'delta', direction: towards, level }
        : { field: 'delta', direction: opposite[towards], level: toText(decimal(level).negated()) };
    case 'theta':
      return { field: 'theta', direction: opposite[towards], level: toText(decimal(level).negated()) };
    case 'impliedVolatility':
    case 'impliedVolatilityRank':
    case 'realisedVolatility':
      return { field: fieldOf(condition), direction: towards, level };
    case 'extrinsicShare': {
      const bound = multiply(level, entryPrice(held));
      return { field: 'extrinsicValue', direction: towards, level: bound };
    }
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
    case 'every': {
      const { fromMs, untilMs } = windowOf(condition, lastRoll, atMs);
      return { ...atTime(String(fromMs)), untilMs };
    }
    case 'index':
    case 'mark':
    case 'last':
    case 'optionMark':
    case 'extrinsicValue':
    case 'deviations':
      return { field: kind, direction: towards, level };
  }
}

/** The window of a condition `every` that is open at that moment or comes next. */
export function windowOf({ schedule }: Condition, lastRoll: Holder['lastRoll'], atMs: number): Window {
  if (!schedule) throw new Error('a condition every has a schedule');
  return windowAt(schedule, atMs, lastRoll?.startedAtMs ?? -Infinity);
}

const opposite = { rising: 'falling', falling: 'rising' } as const;
const atTime = (level: DecimalString): Watch => ({ field: 'clock', direction: 'rising', level });
/** Reached as soon as the level is left again. */
export const released = (watch: Watch): Watch => ({ ...watch, direction: opposite[watch.direction] });

/** @param readings with `clock` in them @returns `null` while it is not known */
export function readField(field: Field, option: Option, readings: Readings): DecimalString | null {
  const { optionMark: mark, optionIndex: index, volatility, clock } = readings;
  if (field === 'extrinsicValue')
    return mark === undefined || index === undefined ? null : extrinsicValue(option, { mark, index });
  if (field !== 'deviations') return readings[field] ?? null;
  return index === undefined || volatility === undefined || clock === undefined
    ? null
    : deviations(option, { index, volatility }, Number(clock));
}

/**
 * The field is at the level or beyond it; `false` while it is not known.
 * @param readings with `clock` in them
 */
export function isReached({ field, direction, level }: Watch, held: Option, readings: Readings): boolean {
  const value = readField(field, held, readings);
  if (value === null) return false;
  const order = compare(value, level);
  return direction === 'rising' ? order >= 0 : order <= 0;
}

/** By place in `conditionsOf`: since when a condition that must go on holding holds. */
export type HeldSince = Readonly<Record<string, number>>;

/** The fields that the feed and the clock have to report for a trigger to be judged. */
export const fieldsOf = (trigger: Trigger): readonly ReportedField[] => [
  ...new Set(
    conditionsOf(trigger).flatMap((condition) =>
      isSide(condition.leg) ? [...sourcesOf(condition), 'delta' as const] : sourcesOf(condition),
    ),
  ),
];
/** What a condition comes down to. */
export function fieldOf({ kind, overDays }: Condition): Field {
  if (kind !== 'realisedVolatility') return fields[kind];
  if (overDays === undefined) throw new Error('a realised volatility is one over some days');
  return `realised${overDays}`;
}
/** The reported fields that a condition's value is made of. */
export const sourcesOf = (condition: Condition): readonly ReportedField[] => {
  const field = fieldOf(condition);
  if (field === 'volatilityRank') return [field, 'volatility'];
  return isDerived(field) ? sources[field] : [field];
};
const fields: Readonly<Record<Exclude<ConditionKind, 'realisedVolatility'>, Field>> = {
  index: 'index',
  mark: 'mark',
  last: 'last',
  delta: 'delta',
  theta: 'theta',
  impliedVolatility: 'volatility',
  impliedVolatilityRank: 'volatilityRank',
  optionMark: 'optionMark',
  extrinsicValue: 'extrinsicValue',
  extrinsicShare: 'extrinsicValue',
  profit: 'optionMark',
  moneyness: 'optionIndex',
  deviations: 'deviations',
  daysToExpiry: 'clock',
  expiryDay: 'clock',
  every: 'clock',
};
const sources: Readonly<Record<DerivedField, readonly OptionField[]>> = {
  extrinsicValue: ['optionMark', 'optionIndex'],
  deviations: ['optionIndex', 'volatility'],
};
/** In the order in which they are compared with a tick. */
export const derivedFields: readonly DerivedField[] = ['extrinsicValue', 'deviations'];
const isDerived = (field: Field): field is DerivedField => Object.hasOwn(sources, field);

const optionFields: readonly Field[] = [
  'delta',
  'theta',
  'volatility',
  'volatilityRank',
  'optionMark',
  'optionIndex',
  ...derivedFields,
];
/** It comes from the option's own ticker, alone or together with the option. */
export const isOptionField = (field: Field): field is OptionField | RankField | DerivedField =>
  optionFields.includes(field);

/** It is the underlying's realised volatility. */
export const isVolatilityField = (field: Field): field is VolatilityField => field.startsWith('realised');

/** What an option's quote says of it. A volatility of 0 is one that the exchange does not say. */
export const readingsOf = ({ mark, index, greeks }: Quote): Readings => ({
  optionMark: mark,
  optionIndex: index,
  ...(greeks && { delta: greeks.delta, theta: greeks.theta }),
  ...(greeks?.volatility && isPositive(greeks.volatility) && { volatility: greeks.volatility }),
});

/** What a trigger fired on: everything known then, and which of its conditions counted, by their place. */
export interface Triggered {
  readonly readings: Readings;
  readonly places: readonly number[];
  /** An hour that had come by then counts, though its window may be over: a person was asked meanwhile. */
  readonly askedAtMs?: number;
}
