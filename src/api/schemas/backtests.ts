/** What the routes of backtests take. */
import { z } from 'zod';
import { spec } from './common.ts';

const number = (example: string): z.ZodType<string> =>
  z
    .string({ error: `a number as a text, like ${JSON.stringify(example)}` })
    .max(40, { error: 'at most 40 characters' })
    .meta({ examples: [example] });
const moment = z
  .number({ error: 'milliseconds since 1970' })
  .int({ error: 'milliseconds since 1970' })
  .min(0, { error: 'milliseconds since 1970' })
  .max(253_402_300_799_000, { error: 'milliseconds since 1970' });

export const backtestOrder = z.strictObject({
  spec,
  qty: number('1').default('1').describe('Size of the position where the task says all, base coin'),
  side: z.enum(['short', 'long'], { error: 'short or long' }).default('short'),
  cash: number('100000').default('100000').describe('On the account at the beginning, settle coin'),
  volatility: number('0.55').default('0.55').describe('At-the-money, as a fraction per year'),
  prices: z
    .string({ error: 'a tape or a price file, as listTapes names them' })
    .min(1)
    .max(64)
    .describe('Name of a tape, or id of a price file that was sent'),
  fromMs: moment.optional(),
  toMs: moment.optional().describe('Exclusive'),
  approvals: z
    .enum(['roll', 'skip', 'default'], { error: 'roll, skip or default' })
    .default('default')
    .describe('What is answered where the task asks first'),
  sweep: z
    .array(z.string().min(1).max(400), { error: 'a list of texts like "trigger=24000..27000:500"' })
    .max(2, { error: 'at most two places' })
    .default([])
    .describe('Places in the task with their values: trigger=24000..27000:500, target=1,2,3'),
});

export const backtestParams = z.strictObject({
  id: z.string().min(1).max(64).describe('As startBacktest answered'),
});

export const priceFileQuery = z.strictObject({
  name: z.string().min(1).max(200).default('prices').describe('What the file is called'),
});
