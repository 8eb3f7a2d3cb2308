/** The words a spec is written in, each read into the unit everything else uses: durations, percentages, amounts, hours. */
import { z } from 'zod';
import { decimal, decimalPattern, isPositive, toText, type DecimalString } from '../money.ts';

/** In ms, smallest first. */
export const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationShape = /^(\d{1,12})(ms|s|m|h|d)$/;

const durationMaxMs = 366 * durationUnits.d;

export const duration = z
  .string({ error: 'a duration like 5s, 2m or 1h' })
  .regex(durationShape, { error: 'a duration like 5s, 2m or 1h', abort: true })
  .transform((text) => {
    const [, amount, unit] = durationShape.exec(text) ?? [];
    return Number(amount) * durationUnits[unit as keyof typeof durationUnits];
  })
  .refine((ms) => ms <= durationMaxMs, {
    error: 'a duration like 5s, 2m or 1h, of at most 366d',
    abort: true,
  });

/** Below it, working an order would be a storm of requests. */
export const durationFrom = (minMs: number, expected: string) =>
  duration.refine((ms) => ms >= minMs, { error: expected, abort: true });

const plainNumber = { useGrouping: false, maximumFractionDigits: 20 } as const;

/** More digits than any price, quantity or amount has. */
export const isShort = (text: string): boolean => /^[+-]?\d{1,15}(\.\d{1,20})?$/.test(text);
export const shortExpected = 'at most 15 digits before the point and 20 after it';

/** A number or its text as a plain decimal, `+` left out. */
export const decimalText = (expected: string) =>
  z
    .union([z.number(), z.string()], { error: expected })
    .transform((value) =>
      typeof value === 'number' ? new Intl.NumberFormat('en', plainNumber).format(value) : value.trim(),
    )
    .transform((text) => text.replace(/^\+/, ''))
    .refine((text) => decimalPattern.test(text), { error: expected, abort: true })
    .refine(isShort, { error: `${expected}; ${shortExpected}`, abort: true });

/** A decimal above 0, given as a number or text. `expected` is what the error says would be right. */
export const positive = (expected: string) => decimalText(expected).refine(isPositive, { error: expected });
export const amount = decimalText('an amount of settle coin, like 0 or -12.5');
export const price = positive('a price above 0, like 25500');

/** A share with its sign: `"-12.5%"` → `"-0.125"`. */
export const signedPercent = (expected: string) =>
  z
    .string({ error: expected })
    .regex(/^[+-]?\d{1,6}(\.\d{1,12})?%$/, { error: expected, abort: true })
    .transform((text): DecimalString => toText(decimal(text.slice(0, -1).replace(/^\+/, '')).dividedBy(100)));

export const percent = z
  .string({ error: 'a percentage like 5%' })
  .regex(/^\d{1,6}(\.\d{1,12})?%$/, { error: 'a percentage like 5%' })
  .transform((text): DecimalString => toText(decimal(text.slice(0, -1)).dividedBy(100)));

const hourShape = /^([01]\d|2[0-3]):([0-5]\d)$/;
const msOfHour = (text: string): number => {
  const [, hours, minutes] = hourShape.exec(text) ?? [];
  return Number(hours) * durationUnits.h + Number(minutes) * durationUnits.m;
};

/** `06:30` UTC, as ms since midnight. */
export const hourOfDay = (expected: string) =>
  z.string({ error: expected }).regex(hourShape, { error: expected, abort: true }).transform(msOfHour);

/** `22:00-06:00` UTC. */
export const hours = z
  .string({ error: 'hours in UTC like 22:00-06:00' })
  .regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, { error: 'hours in UTC like 22:00-06:00', abort: true })
  .refine((text) => text.split('-').every((hour) => hourShape.test(hour)), {
    error: 'hours in UTC like 22:00-06:00',
    abort: true,
  })
  .refine((text) => new Set(text.split('-')).size === 2, { error: 'two different hours', abort: true })
  .transform((text) => {
    const [from = '', to = ''] = text.split('-');
    return { fromMs: msOfHour(from), toMs: msOfHour(to) };
  });

export const wholeFrom1 = z
  .int({ error: 'a whole number from 1 up' })
  .min(1, { error: 'a whole number from 1 up' })
  .max(1_000_000, { error: 'a whole number from 1 to 1000000' });

/** The message for a strict object: the wrong key's if there is one, else what the whole should be. */
export const orUnknownKey = (expected: string, known: string) => ({
  error: (issue: { code?: string | undefined }) =>
    issue.code === 'unrecognized_keys' ? `one of ${known}` : expected,
});

/** An object with one bound in it, like `{ max: 5% }`. */
export const oneBound = <Key extends 'min' | 'max', Value extends z.ZodType>(
  key: Key,
  value: Value,
  example: string,
) =>
  z.strictObject(
    { [key]: value } as Record<Key, Value>,
    orUnknownKey(`an object like { ${key}: ${example} }`, key),
  );

/** Reports what was wrong in a part that was read by itself. @param at where the part is */
export function reportIn(context: z.RefinementCtx, { issues }: z.ZodError, at: readonly PropertyKey[]): void {
  for (const issue of issues) {
    const wrong = issue.code === 'unrecognized_keys' ? issue.keys : [[]];
    for (const key of wrong)
      context.addIssue({
        code: 'custom',
        path: [...at, ...issue.path].concat(key),
        message: issue.message,
      });
  }
}
