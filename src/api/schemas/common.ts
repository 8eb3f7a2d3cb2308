/** Parts of requests that many routes share. */
import { z } from 'zod';

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
