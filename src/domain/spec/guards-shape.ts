/** How guards are written, for the whole task or for one rule of it, and what is asked where nothing is written. */
import { z } from 'zod';
import type { Guards } from '../rules/guards.ts';
import { notDuringShape } from './blackout-shape.ts';
import {
  amount,
  duration,
  hours,
  oneBound,
  orUnknownKey,
  percent,
  positive,
  wholeFrom1,
} from './task-spec-words.ts';

const mostExpected = 'an amount above 0, like 50, a share of the premium, like 10%, or 1% of spot';
const ofSpot = z
  .string()
  .regex(/%\s+of\s+spot$/)
  .transform((text) => text.replace(/\s+of\s+spot$/, ''));
const most = z.union(
  [
    ofSpot.pipe(percent).transform((value) => ({ kind: 'spot', value }) as const),
    percent.transform((value) => ({ kind: 'share', value }) as const),
    positive(mostExpected).transform((value) => ({ kind: 'amount', value }) as const),
  ],
  { error: mostExpected },
);
const yesOrNo = z.boolean({ error: 'true or false' });

const guardShapes = {
  netCredit: oneBound('min', amount, '0').optional(),
  debit: oneBound('max', most, '50').optional(),
  spread: oneBound('max', percent, '20%').optional(),
  openInterest: oneBound('min', positive('an amount of base coin above 0, like 5'), '5').optional(),
  rolls: z
    .strictObject(
      { max: wholeFrom1.optional(), perDay: wholeFrom1.optional() },
      orUnknownKey('an object like { max: 6, perDay: 2 }', 'max, perDay'),
    )
    .refine(({ max, perDay }) => max !== undefined || perDay !== undefined, {
      error: 'max, perDay or both',
    })
    .optional(),
  cooldown: duration.optional(),
  maintenanceMargin: oneBound('max', percent, '85%').optional(),
  notBeforeExpiry: duration.optional(),
  quietHours: hours.optional(),
  notDuring: notDuringShape.optional(),
  allowWrongWay: yesOrNo.optional(),
  strikeHighWaterMark: yesOrNo.optional(),
  whenRefused: z.enum(['skip', 'close', 'alert'], { error: 'skip, close or alert' }).optional(),
};

export const guardsShape = z.strictObject(
  guardShapes,
  orUnknownKey('an object like { cooldown: 15m }', Object.keys(guardShapes).join(', ')),
);
export type WrittenGuards = z.output<typeof guardsShape>;

/** What a rule asks: the task's guards, with its own in place of those that it repeats. */
export const ownGuards = (task: WrittenGuards, rule: WrittenGuards): WrittenGuards => ({
  ...task,
  ...rule,
  rolls: { ...task.rolls, ...rule.rolls, max: rule.rolls?.max },
});

/** Of a rule that only alerts, where it says none. */
export const alertCooldownMs = 86_400_000;

/** With the defaults in their place. */
export const guardsOf = (guards: WrittenGuards): Guards => ({
  ...(guards.netCredit && { netCreditMin: guards.netCredit.min }),
  ...(guards.debit && { debitMax: guards.debit.max }),
  ...(guards.spread && { spreadMax: guards.spread.max }),
  ...(guards.openInterest && { openInterestMin: guards.openInterest.min }),
  rollsMax: guards.rolls?.max ?? null,
  rollsPerDayMax: guards.rolls?.perDay ?? null,
  cooldownMs: guards.cooldown ?? 300_000,
  maintenanceMax: guards.maintenanceMargin?.max ?? '0.85',
  notBeforeExpiryMs: guards.notBeforeExpiry ?? 300_000,
  quietHours: guards.quietHours ?? null,
  ...(guards.notDuring && { notDuring: guards.notDuring }),
  allowWrongWay: guards.allowWrongWay ?? false,
  strikeHighWaterMark: guards.strikeHighWaterMark ?? false,
  whenRefused: guards.whenRefused ?? 'alert',
});
