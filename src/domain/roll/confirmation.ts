/**
 * Whether a trigger that fired is believed. Nothing is closed on the word of one frame: what fired is looked for again just before
 * leg 1 is planned, in figures that another stream has told or that were asked for anew.
 *
 * | condition                                | fresh figure                                                           | may fall short by  |
 * | ---------------------------------------- | ---------------------------------------------------------------------- | ------------------ |
 * | `index`                                  | the index in the option's own quote, where no other condition needs the perpetual's ticker | 0.5 % of the level |
 * | `mark`, `last`                           | the perpetual's ticker; the index in the option's own quote is no more than 5 % away | 0.5 % of the level |
 * | `moneyness`                              | the index in the option's own quote; the perpetual's ticker is no more than 5 % away | 0.5 % of its level |
 * | `optionMark`, `profit`                   | the mark in the option's own quote                                     | 5 % of its level   |
 * | `delta`                                  | the delta in the option's own quote                                    | 0.02               |
 * | `theta`, `impliedVolatility`             | the figure in the option's own quote                                   | 5 % of its level   |
 * | `impliedVolatilityRank`                  | the rank it fired on, while the volatility in the option's own quote is no more than 5 % away | nothing |
 * | `realisedVolatility`                     | the one it fired on: it is read once an hour, by a request of its own  | nothing            |
 * | `extrinsicValue`                         | mark and index in the option's own quote; the perpetual's ticker is no more than 5 % away | 5 % of its level |
 * | `deviations`                             | index and volatility in the option's own quote; the perpetual's ticker is no more than 5 % away | 0.1 |
 * | `daysToExpiry`, `expiryDay`, `every`     | the exchange's clock, which believes no single answer                  | nothing            |
 *
 * A price that came back a little while it was asked for has reached its level all the same; one that is further away
 * was a wrong figure, or a moment that has passed. Then the task waits again, after some seconds, and a level that holds
 * really fires again at once.
 */
import type { RuleState } from '../rules/judging.ts';
import { add, compare, decimal, multiply, subtract, toText, type DecimalString } from '../money.ts';
import type { HeldOption } from '../market/held-option.ts';
import type { Quote } from '../market/order.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { backOffAfter } from './roll.ts';
import type { RollReason } from './roll-reasons.ts';
import { valueOf } from '../rules/condition-values.ts';
import { legName, readingsByLeg, standingOf, viewFor } from '../rules/leg-views.ts';
import { legsOf } from '../rules/structure.ts';
import { holdsWhere } from '../rules/trigger-judging.ts';
import {
  conditionsOf,
  fieldsOf,
  isOptionField,
  isReached,
  readingsOf,
  sourcesOf,
  volatilityDays,
  type Condition,
  type Field,
  type FieldReadings,
  type Holder,
  type Readings,
  type ReportedField,
  type Trigger,
  type Triggered,
  type Watch,
} from '../rules/triggers.ts';

const shares: Readonly<Partial<Record<Field, DecimalString>>> = {
  index: '0.005',
  mark: '0.005',
  last: '0.005',
  optionIndex: '0.005',
  optionMark: '0.05',
  theta: '0.05',
  volatility: '0.05',
  extrinsicValue: '0.05',
};
/** Of fields whose levels are near 0, so that no share of one is a measure. */
const slacks: Readonly<Partial<Record<Field, DecimalString>>> = { delta: '0.02', deviations: '0.1' };
/** Index, mark and last price of the perpetual and the option's index are prices of one thing. */
const contradictionShare = '0.05';

const underlyingFields: readonly ReportedField[] = ['index', 'mark', 'last'];
/** Prices of the underlying, whose confirmation takes two readings: the option's own quote and the perpetual's ticker. */
const pricesOfUnderlying: readonly ReportedField[] = [...underlyingFields, 'optionIndex'];

/** Whether prices of the underlying are a part of confirming the trigger. */
export const needsUnderlying = (trigger: Trigger): boolean =>
  fieldsOf(trigger).some((field) => pricesOfUnderlying.includes(field));

/** What has to be asked for anew, so that nothing is confirmed by the frame that it fired on. */
export interface AskedAnew {
  /** The perpetual's ticker; where it is not, the index in the option's own quote speaks of the underlying. */
  readonly ticker: boolean;
  /** The options' quotes, whatever their streams have told. */
  readonly quotes: boolean;
}

/** An index that fired came with the perpetual's stream, and that of options tells it, too. */
export const askedAnewFor = (trigger: Trigger): AskedAnew => {
  const fields = fieldsOf(trigger);
  return {
    ticker: fields.some((field) => field !== 'index' && pricesOfUnderlying.includes(field)),
    quotes: fields.some(isOptionField),
  };
};

/** Counting further would change nothing. */
export const unconfirmedMax = 4;

/** Wait before a trigger that was not confirmed may fire again: 1, 2, 5, then 10 s. */
export const unconfirmedBackOffMs = (unconfirmed: number): number =>
  backOffAfter(Math.min(unconfirmed, unconfirmedMax));

interface Fired extends Holder {
  readonly trigger: Trigger;
  readonly triggered: Triggered;
}

/** Why what fired is not believed, with its figures; `null` when it is. */
export function whyUnconfirmed(fired: Fired, reading: MarketReading, nowMs: number): RollReason | null {
  const { trigger, triggered } = fired;
  const fresh = freshReadings(fired, reading, nowMs);
  const isConfirmed = (condition: Condition, place: number): boolean =>
    triggered.places.includes(place) && isStillReached(condition, fired, freshFor(condition, fired, fresh));
  const conditions = conditionsOf(trigger);
  const confirmed = conditions.map(isConfirmed);
  if (holdsWhere(trigger, confirmed)) return null;
  const place = triggered.places.find((counted) => confirmed[counted] !== true);
  const condition = place === undefined ? undefined : conditions[place];
  return condition
    ? unconfirmed({
        condition,
        holder: fired,
        fired: { ...triggered.readings, clock: fresh.clock },
        fresh,
        isTickerKnown: reading.underlying !== undefined,
      })
    : { code: 'triggerUnconfirmed', figures: { trigger } };
}

interface FiredRules extends Fired {
  readonly rules: readonly RuleState[];
  /** Places of the rules that were due. */
  readonly due: readonly number[];
}

/** Places of the rules whose triggers are confirmed, of those that were due. */
export function confirmedRules(fired: FiredRules, reading: MarketReading, nowMs: number): readonly number[] {
  const { rules, triggered, due } = fired;
  const fresh = freshReadings(fired, reading, nowMs);
  let place = 0;
  return rules.flatMap(({ trigger }, rule) => {
    const confirmed = conditionsOf(trigger).map(
      (condition) =>
        triggered.places.includes(place++) &&
        isStillReached(condition, fired, freshFor(condition, fired, fresh)),
    );
    return due.includes(rule) && holdsWhere(trigger, confirmed) ? [rule] : [];
  });
}

/** Of a structure each leg is looked for in its own quote. */
function freshReadings(
  { held, others, triggered }: Pick<Fired, 'held' | 'others' | 'triggered'>,
  { chain, underlying }: MarketReading,
  nowMs: number,
): Readings & { clock: string } {
  const fired = triggered.readings;
  const legs = { held, ...(others && { others }) };
  const firedOf = (leg: HeldOption): FieldReadings =>
    others === undefined ? fired : (fired.legs?.[legName(leg)] ?? {});
  const quoteOf = ({ symbol }: HeldOption): Quote | null =>
    chain.find(({ instrument }) => instrument.symbol === symbol)?.quote ?? null;
  const ofLegs = readingsByLeg(legs, (leg) => {
    const quote = quoteOf(leg);
    return quote && { ...rankOf(firedOf(leg), quote), ...readingsOf(quote) };
  });
  const quoted = legsOf(legs).flatMap((leg) => quoteOf(leg) ?? [])[0];
  const prices = underlying ?? (quoted && { index: quoted.index });
  return { ...slowReadings(fired), ...prices, ...ofLegs, clock: String(nowMs) };
}

/** The rank is made of what was seen for days; of what makes it now, the option's own quote speaks. */
function rankOf({ volatilityRank, volatility: fired }: FieldReadings, quote: Quote): FieldReadings {
  const fresh = quote.greeks?.volatility ?? null;
  if (volatilityRank === undefined || fired === undefined || fresh === null) return {};
  const apart = toText(decimal(fresh).minus(fired).abs());
  return compare(apart, multiply(fired, shares.volatility ?? '0')) > 0 ? {} : { volatilityRank };
}

/** What is read once an hour is no single frame's word, and would be no other if it were read again. */
const slowReadings = (fired: Readings): Readings =>
  Object.fromEntries(
    volatilityDays.flatMap((days) => {
      const value = fired[`realised${days}`];
      return value === undefined ? [] : [[`realised${days}`, value]];
    }),
  );

/** @param fresh as it is now */
const freshFor = (
  { schedule }: Condition,
  { triggered: { askedAtMs } }: Pick<Fired, 'triggered'>,
  fresh: Readings & { clock: string },
): Readings & { clock: string } =>
  schedule && askedAtMs !== undefined ? { ...fresh, clock: String(askedAtMs) } : fresh;

function isStillReached(condition: Condition, holder: Holder, fresh: Readings & { clock: string }): boolean {
  const standing = standingOf(condition, holder, { readings: fresh, atMs: Number(fresh.clock) });
  if (standing === null) return false;
  const { watch, view } = standing;
  const isContradicted = sourcesOf(condition).some((field) => isContradictedIn(field, view.readings));
  return isReached(withSlack(watch), view.held, view.readings) && !isContradicted;
}

function withSlack({ field, direction, level }: Watch): Watch {
  const share = shares[field] ?? '0';
  const slack = slacks[field] ?? toText(decimal(multiply(level, share)).abs());
  return { field, direction, level: direction === 'rising' ? subtract(level, slack) : add(level, slack) };
}

function isContradictedIn(field: ReportedField, fresh: Readings): boolean {
  const { [field]: value, optionIndex, index } = fresh;
  const other = field === 'optionIndex' ? index : optionIndex;
  if (!pricesOfUnderlying.includes(field) || value === undefined || other === undefined) return false;
  const apart = toText(decimal(value).minus(other).abs());
  return compare(apart, multiply(other, contradictionShare)) > 0;
}

interface Unconfirmed {
  readonly condition: Condition;
  readonly holder: Holder;
  readonly fired: Readings;
  readonly fresh: Readings;
  readonly isTickerKnown: boolean;
}

function unconfirmed({ condition, holder, fired, fresh, isTickerKnown }: Unconfirmed): RollReason {
  const fields = sourcesOf(condition);
  const seen = viewFor(condition, holder, fresh)?.readings ?? {};
  const other = fields.includes('optionIndex') ? seen.index : seen.optionIndex;
  const takesTwo = fields.some((field) => pricesOfUnderlying.includes(field));
  return {
    code: 'unconfirmed',
    figures: {
      kind: condition.kind,
      ...(condition.leg !== undefined && { leg: condition.leg }),
      fired: valueOf(condition, holder, fired),
      fresh: valueOf(condition, holder, fresh),
      otherIndex: takesTwo && isTickerKnown ? (other ?? null) : null,
      ...(takesTwo && !isTickerKnown && { byQuoteAlone: true }),
    },
  };
}
