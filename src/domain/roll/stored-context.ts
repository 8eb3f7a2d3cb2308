/**
 * Whether what is stored of a task is the context of a roll machine, looked at before anything works with it. Only its outline: a
 * row that a person or another program has changed must not end whatever reads it.
 */
import { z } from 'zod';
import type { RollContext } from './roll-context.ts';

const option = z.object({
  symbol: z.string(),
  side: z.enum(['Buy', 'Sell']),
  qty: z.string(),
  baseCoin: z.string(),
  settleCoin: z.string(),
  strike: z.string(),
  expiryMs: z.number(),
});
const trigger = z.object({ kind: z.string() });
const something = z.object({});

const contextShape = z.object({
  taskId: z.string(),
  spec: z.object({ rules: z.array(z.object({ when: trigger, then: something })).min(1) }),
  held: option,
  others: z.array(option).exactOptional(),
  rules: z.array(z.object({ trigger, restsUntilMs: z.number(), rollsDone: z.number() })).min(1),
  heldSince: something,
  heldAsOfMs: z.number(),
  rollsDone: z.number(),
  rollsOnDay: something,
  farthestStrike: z.string(),
  roll: z.object({ rollId: z.string(), closed: something, opened: something }).nullable(),
  plan: z.object({ kind: z.string() }).nullable(),
  missingSinceMs: z.number().nullable(),
  margin: something.nullable(),
  triggered: something.nullable(),
  unconfirmed: z.number(),
  triggeredPrice: z.string(),
  wakeAtMs: z.number(),
  pauseWanted: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), figures: something, atMs: z.number() })),
  lastRoll: something.nullable(),
  ledger: something,
});

/** Where it is no context first, like `context.held`; `null` where it is one. */
export function wrongPlaceIn(context: unknown): string | null {
  const parsed = contextShape.safeParse(context);
  return parsed.success ? null : ['context', ...(parsed.error.issues[0]?.path ?? [])].join('.');
}

export const isContext = (context: unknown): context is RollContext => wrongPlaceIn(context) === null;
