/** How a target is written: a step like `+1000`, or a strike and an expiry; `close` for a task that does not roll. */
import { z } from 'zod';
import type { ExpiryTarget } from '../market/expiries.ts';
import { compare, decimal, decimalPattern, toText } from '../money.ts';
import { isShort, orUnknownKey } from './task-spec-words.ts';
import { directionOf, type StrikeTarget, type Target } from '../rules/targets.ts';

const stepsShape = /^([+-]?\d{1,4}) ?steps?$/;
const percentShape = /^([+-]?\d{1,6}(?:\.\d{1,12})?)%$/;
const deltaShape = /^delta (0?\.\d{1,12})$/;
const strikeExpected =
  'strike steps like "+2 steps", an amount like +1000 or -1000, a percentage like +5%, "delta 0.25", or same';

function readStrike(text: string): StrikeTarget | null {
  if (text === 'same') return { kind: 'same' };
  const steps = stepsShape.exec(text)?.[1];
  if (steps !== undefined) return { kind: 'steps', steps: Number(steps) };
  const percent = percentShape.exec(text)?.[1];
  if (percent !== undefined)
    return { kind: 'percent', share: toText(decimal(percent.replace(/^\+/, '')).dividedBy(100)) };
  const delta = deltaShape.exec(text)?.[1];
  if (delta !== undefined) return { kind: 'delta', delta: toText(decimal(delta)) };
  const amount = text.replace(/^\+/, '');
  return decimalPattern.test(amount) && isShort(amount) ? { kind: 'amount', amount } : null;
}

const goesSomewhere = (target: StrikeTarget): boolean =>
  target.kind === 'delta'
    ? compare(target.delta, '0') > 0
    : target.kind === 'same' || directionOf(target) !== 0;

const strike = z
  .union([z.number(), z.string()], { error: strikeExpected })
  .transform((value) => readStrike(String(value).trim()))
  .refine((target) => target !== null && goesSomewhere(target), { error: strikeExpected, abort: true })
  .transform((target) => target as StrikeTarget);

const expiryExpected = 'same, next-weekly, next-monthly, next-quarterly, or at least some days like "min 7d"';
const expiryShape = /^(?:same|next-(weekly|monthly|quarterly)|min (\d{1,4})d)$/;
const expiry = z
  .string({ error: expiryExpected })
  .regex(expiryShape, { error: expiryExpected, abort: true })
  .transform((text): ExpiryTarget => {
    const [, rung, days] = expiryShape.exec(text) ?? [];
    if (rung !== undefined) return { kind: 'next', rung: rung as 'weekly' | 'monthly' | 'quarterly' };
    return days === undefined ? { kind: 'same' } : { kind: 'min', days: Number(days) };
  });

const targetExpected = 'a step like +1000, { strike: +2 steps }, or close';

export const targetShape = z.strictObject(
  { strike, expiry: expiry.prefault('same') },
  orUnknownKey(targetExpected, 'strike, expiry'),
) satisfies z.ZodType<Target>;

/** Nothing is opened. */
export const closeShape = z.literal('close').transform(() => null);

/** `+1000` → `{ strike: +1000 }`. */
export const spellOutTarget = (target: unknown): unknown =>
  target !== 'close' && (typeof target === 'string' || typeof target === 'number')
    ? { strike: target }
    : target;
