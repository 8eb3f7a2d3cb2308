/** How the execution of orders is written, for the whole task or for one rule of it. */
import { z } from 'zod';
import { legOrders, type Execution } from '../rules/rule.ts';
import { durationFrom, oneBound, orUnknownKey, percent } from './task-spec-words.ts';

export const executionShape = z.strictObject(
  {
    style: z.enum(['walk', 'cross', 'rest'], { error: 'walk, cross or rest' }).optional(),
    every: durationFrom(100, 'a duration from 100ms up, like 3s').optional(),
    steps: z.int({ error: 'a whole number from 1 to 100' }).min(1).max(100).optional(),
    deadline: durationFrom(1_000, 'a duration from 1s up, like 2m').optional(),
    slippage: oneBound('max', percent, '5%').optional(),
    legs: z.enum(['closeFirst', ...legOrders], { error: 'closeFirst, openFirst or auto' }).optional(),
  },
  orUnknownKey(
    'an object like { style: walk, deadline: 2m }',
    'style, every, steps, deadline, slippage, legs',
  ),
);
export type WrittenExecution = z.output<typeof executionShape>;

/** With the defaults in their place; the steps of a walk end at the far touch before its deadline. */
export function executionOf(written: WrittenExecution): Execution {
  const { style = 'walk', every: everyMs = 3_000, steps = 5, deadline: deadlineMs = 120_000 } = written;
  const stepsMax = Math.max(Math.ceil(deadlineMs / everyMs) - 1, 1);
  const slippageMax = written.slippage?.max ?? '0.05';
  const execution = { style, everyMs, steps: Math.min(steps, stepsMax), deadlineMs, slippageMax };
  const { legs = 'closeFirst' } = written;
  return legs === 'closeFirst' ? execution : { ...execution, legs };
}
