/** Parts of requests that many routes share. */
import { z } from 'zod';
import { readDecimal } from '../../domain/money.ts';

/** A number in a query, within bounds. */
export const wholeNumber = (min: number, max: number): z.ZodType<number> =>
  z.coerce
    .number({ error: `a whole number from ${String(min)} to ${String(max)}` })
    .int({ error: `a whole number from ${String(min)} to ${String(max)}` })
    .min(min, { error: `a whole number from ${String(min)} to ${String(max)}` })
    .max(max, { error: `a whole number from ${String(min)} to ${String(max)}` });

/** `true` or `false` in a query. */
export const yesOrNo = z
  .enum(['true', 'false'], { error: 'true or false' })
  .transform((text) => text === 'true');

export const taskParams = z.strictObject({
  id: z.string().min(1).max(40).describe('Id of a task, or as much of it as no other task begins with'),
});

/** An account by its name, as on the command line. */
export const accountName = z.strictObject({
  name: z.string({ error: 'the name of an account' }).min(1).max(100),
  userName: z
    .string({ error: 'the name of a user' })
    .min(1)
    .max(100)
    .optional()
    .describe('Whose it is, where several have that name'),
});

const idsText = 'ids of tasks with commas between them, at most 500';
/** Many ids in a query. */
export const idList = z
  .string({ error: idsText })
  .max(20_000, { error: idsText })
  .transform((text) => text.split(',').filter((id) => id !== ''))
  .refine((ids) => ids.length <= 500, { error: idsText });

const ruleText = 'the name of a rule of the task';
export const ruleName = z
  .string({ error: ruleText })
  .min(1, { error: ruleText })
  .max(100, { error: ruleText });

const approvalText = 'the id of the question that was shown';
export const approvalId = z
  .string({ error: approvalText })
  .min(1, { error: approvalText })
  .max(64, { error: approvalText });

/** As a person writes it; what is wrong in it is said by the use case. */
export const spec = z
  .union([z.looseObject({}), z.string().max(3_500)], {
    error: 'a task as an object (symbol, trigger, target, …), or the YAML of one as a text',
  })
  .describe('A task, as in a file for rollkeeper task add; an object, or its YAML as a text');

const amountText = 'an amount as a text, like "0.3"';
const amount = z
  .string({ error: amountText })
  .max(40, { error: amountText })
  .transform((text, context) => {
    const value = readDecimal(text.trim());
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message: amountText });
    return z.NEVER;
  });

/** What the owner of a task says of an order of which nothing is known. */
export const orderWord = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('notPlaced').describe('The exchange never had it') }),
    z.strictObject({
      kind: z.literal('filled').describe('It has traded this much, and is over'),
      qty: amount.optional().describe('In base coin; 0 for nothing. Default: all of it'),
      price: amount.optional().describe('The average, in settle coin. Default: its limit price'),
      fee: amount.optional().describe('What that cost in fees, in settle coin. Default: 0'),
    }),
  ],
  { error: 'filled or notPlaced' },
);
