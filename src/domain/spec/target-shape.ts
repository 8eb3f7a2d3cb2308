/** How a target is written: a step like `+1000`, or a strike and an expiry; `close` for a task that does not roll. */
import { z } from 'zod';
import type { ExpiryTarget, Rung } from '../market/expiries.ts';
import type { NamedOption } from '../market/exchange-rules.ts';
import { rightWay } from '../market/option.ts';
import { compare, decimal, decimalPattern, isPositive, toText, type DecimalString } from '../money.ts';
import { isShort, orUnknownKey } from './task-spec-words.ts';
import { directionOf, type StrikeTarget, type Target } from '../rules/targets.ts';
import { preferences } from '../rules/target-rule.ts';

const number = String.raw`\d{1,15}(?:\.\d{1,12})?`;
const share = String.raw`0?\.\d{1,12}`;
const strikeExpected =
  'strike steps like "+2 steps" or "2 steps away", an amount like +1000 or -1000, a percentage like +5%, "strike 66000", "delta 0.25", "delta at most 0.30", "furthest for a credit of 0", "best credit within delta 0.10..0.30", "same distance from spot", or same';

/** Each form of a strike, and what its parts say. */
const strikeForms: readonly (readonly [RegExp, (...parts: readonly string[]) => StrikeTarget])[] = [
  [/^same$/, () => ({ kind: 'same' })],
  [/^same distance from spot$/, () => ({ kind: 'sameDistance' })],
  [/^([+-]?\d{1,4}) ?steps?$/, (steps = '') => ({ kind: 'steps', steps: Number(steps) })],
  [
    /^([+-]?\d{1,6}(?:\.\d{1,12})?)%$/,
    (percent = '') => ({ kind: 'percent', share: toText(plain(percent).dividedBy(100)) }),
  ],
  [form(`strike (${number})`), (at = '') => ({ kind: 'strike', strike: toText(decimal(at)) })],
  [form(`delta (${share})`), (delta = '') => ({ kind: 'delta', delta: toText(decimal(delta)) })],
  [
    form(`delta at most (${share})`),
    (delta = '') => ({ kind: 'deltaAtMost', delta: toText(decimal(delta)) }),
  ],
  [
    form(`furthest for a credit of ([+-]?${number})`),
    (credit = '') => ({ kind: 'furthest', creditMin: toText(plain(credit)) }),
  ],
  [
    form(String.raw`best credit within delta (${share})\.\.(${share})`),
    (least = '', most = '') => ({
      kind: 'bestCredit',
      deltaMin: toText(decimal(least)),
      deltaMax: toText(decimal(most)),
    }),
  ],
];

function form(text: string): RegExp {
  return new RegExp(`^${text}$`);
}
const plain = (text: string) => decimal(text.replace(/^\+/, ''));

/** A step without a sign, as it stays in a structure: `2 steps away`. */
function readAway(text: string): StrikeTarget | null {
  const [, step] = awayForm.exec(text) ?? [];
  const target = step === undefined ? null : readStrike(step);
  return target?.kind === 'steps' || target?.kind === 'amount' || target?.kind === 'percent'
    ? { ...target, away: true }
    : null;
}

function readStrike(text: string): StrikeTarget | null {
  const away = readAway(text);
  if (away !== null) return away;
  for (const [shape, read] of strikeForms) {
    const found = shape.exec(text);
    if (found) return read(...found.slice(1));
  }
  const amount = text.replace(/^\+/, '');
  return decimalPattern.test(amount) && isShort(amount) ? { kind: 'amount', amount } : null;
}

/** It names an option, or some way from the held one. */
function makesSense(target: StrikeTarget): boolean {
  switch (target.kind) {
    case 'delta':
    case 'deltaAtMost':
      return isPositive(target.delta);
    case 'bestCredit':
      return compare(target.deltaMin, target.deltaMax) < 0;
    case 'strike':
      return isPositive(target.strike);
    case 'steps':
    case 'amount':
    case 'percent':
      return directionOf(target) !== 0;
    case 'same':
    case 'furthest':
    case 'sameDistance':
      return true;
  }
}

/** A number that may be meant as a strike or as a step. */
class StrikeOrStep {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** As it was written, for the error. */
  toJSON(): number {
    return Number(this.text);
  }
}

const written = z
  .union([z.number(), z.string()], { error: strikeExpected })
  .transform((value) => readStrike(String(value).trim()))
  .refine((target) => target !== null && makesSense(target), { error: strikeExpected, abort: true })
  .transform((target) => target as StrikeTarget);

const strike = z.preprocess((value, context) => {
  if (!(value instanceof StrikeOrStep)) return value;
  const { text } = value;
  context.addIssue({
    code: 'custom',
    message: `strike ${text} (the absolute strike), or "+${text}" in quotes (a step)`,
  });
  return z.NEVER;
}, written);

const expiryExpected =
  'same, next-weekly, next-monthly, next-quarterly, "min 7d", "nearest 45d", "between 30d and 60d" (each also with "from held"), or "+14d"';
const days = String.raw`(\d{1,4})d`;
const expiryForms: readonly (readonly [RegExp, (...parts: readonly string[]) => ExpiryTarget])[] = [
  [/^same$/, () => ({ kind: 'same' })],
  [/^next-(weekly|monthly|quarterly)$/, (rung) => ({ kind: 'next', rung: rung as Rung })],
  [form(String.raw`\+${days}`), (count) => ({ kind: 'nearest', days: Number(count), from: 'held' })],
  [
    form(`(min|nearest) ${days}( from held| from now)?`),
    (kind, count, from) => ({
      kind: kind as 'min' | 'nearest',
      days: Number(count),
      ...(from === ' from held' && { from: 'held' }),
    }),
  ],
  [
    form(`between ${days} and ${days}( from held| from now)?`),
    (least, most, from) => ({
      kind: 'between',
      daysMin: Number(least),
      daysMax: Number(most),
      ...(from === ' from held' && { from: 'held' }),
    }),
  ],
];

function readExpiry(text: string): ExpiryTarget | null {
  for (const [shape, read] of expiryForms) {
    const found = shape.exec(text);
    if (found) return read(...found.slice(1));
  }
  return null;
}

const expiry = z
  .string({ error: expiryExpected })
  .transform((text) => readExpiry(text.trim()))
  .refine((target) => target !== null, { error: expiryExpected, abort: true })
  .transform((target) => target)
  .refine((target) => target.kind !== 'between' || target.daysMin <= target.daysMax, {
    error: 'the smaller number of days first, like "between 30d and 60d"',
    abort: true,
  });

const preferExpected = `a list of ${preferences.join(', ')}, the most important first`;
const prefer = z
  .array(z.enum(preferences, { error: preferExpected }), { error: preferExpected })
  .min(1, { error: preferExpected })
  .refine((wanted) => new Set(wanted).size === wanted.length, { error: 'each of them once' });

const targetExpected = 'a step like +1000, { strike: +2 steps }, or close';

export const targetShape = z
  .strictObject(
    { strike, expiry: expiry.prefault('same'), prefer: prefer.optional() },
    orUnknownKey(targetExpected, 'strike, expiry, prefer'),
  )
  .transform(({ strike, expiry, prefer }): Target => ({ strike, expiry, ...(prefer && { prefer }) }));

/** Nothing is opened. */
export const closeShape = z.literal('close').transform(() => null);

/** Whose target it is: an option, `null` when it is not known; or the legs of a structure. */
export type TargetOf = NamedOption | null | readonly NamedOption[];

const areLegs = (held: TargetOf): held is readonly NamedOption[] => Array.isArray(held);

export const optionsOf = (held: TargetOf): readonly NamedOption[] =>
  areLegs(held) ? held : held === null ? [] : [held];

/**
 * `+1000` → `{ strike: +1000 }`. A number without a sign, half as large as the held strike or larger, is marked as one
 * that the shape refuses with a question: as a step it would be nonsense, and a strike may be meant. `1000 away` gets the sign of
 * the way in which the option is rolled; in a structure it stays as it is, and so does a step without a sign.
 */
export function spellOutTarget(target: unknown, held: TargetOf): unknown {
  if (target === 'close') return target;
  if (typeof target === 'string' || typeof target === 'number') return { strike: orQuestion(target, held) };
  if (typeof target !== 'object' || target === null || !('strike' in target)) return target;
  return { ...target, strike: orQuestion(target.strike, held) };
}

function orQuestion(given: unknown, held: TargetOf): unknown {
  const strike = signed(given, held);
  const text = typeof strike === 'number' || typeof strike === 'string' ? String(strike).trim() : '';
  const [first] = optionsOf(held);
  if (first && /^\d/.test(text) && decimalPattern.test(text) && isShort(text))
    if (isHalfOf(text, first.strike)) return new StrikeOrStep(text);
  return areLegs(held) && unsignedForm.test(text) ? `${text} away` : strike;
}

const unsigned = String.raw`(\d{1,4} ?steps?|\d{1,6}(?:\.\d{1,12})?%|\d{1,15}(?:\.\d{1,12})?)`;
const awayForm = form(`${unsigned} away`);
const unsignedForm = form(unsigned);

/** `2 steps away` → `+2 steps` for a call, `-2 steps` for a put. */
function signed(strike: unknown, held: TargetOf): unknown {
  if (areLegs(held)) return strike;
  const [, step] = typeof strike === 'string' ? (awayForm.exec(strike.trim()) ?? []) : [];
  if (step === undefined) return strike;
  return held !== null && rightWay(held.optionType) < 0 ? `-${step}` : `+${step}`;
}

const isHalfOf = (amount: DecimalString, strike: DecimalString): boolean =>
  decimal(amount).times(2).greaterThanOrEqualTo(strike);
