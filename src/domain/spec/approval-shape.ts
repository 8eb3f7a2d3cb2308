/** How it is written that a rule asks before it trades, for the whole task or for one rule of it. */
import { z } from 'zod';
import { compare } from '../money.ts';
import type { Approval, Tolerance } from '../rules/approval.ts';
import { decimalText, duration, durationUnits, orUnknownKey, percent, reportIn } from './task-spec-words.ts';

const timeoutExpected = 'a duration from 30s to 24h, like 10m';
const toleranceExpected = 'an amount of settle coin from 0 up, like 10, or a share of the premium, like 5%';
const toleranceShape = z.union(
  [
    percent.transform((value): Tolerance => ({ kind: 'share', value })),
    decimalText(toleranceExpected)
      .refine((text) => compare(text, '0') >= 0, { error: toleranceExpected })
      .transform((value): Tolerance => ({ kind: 'amount', value })),
  ],
  { error: toleranceExpected },
);

const timeoutMinMs = 30 * durationUnits.s;
const timeoutMaxMs = 24 * durationUnits.h;
/** Without `none`. */
export const approvalParts = z.strictObject(
  {
    timeout: duration
      .refine((ms) => ms >= timeoutMinMs && ms <= timeoutMaxMs, { error: timeoutExpected })
      .optional(),
    otherwise: z.enum(['roll', 'skip'], { error: 'roll or skip' }).optional(),
    tolerance: toleranceShape.optional(),
  },
  orUnknownKey('none, or an object like { timeout: 10m, otherwise: skip }', 'timeout, otherwise, tolerance'),
);

/** `none`: it does not ask. */
export type WrittenApproval = 'none' | z.output<typeof approvalParts>;
export const approvalShape = z.unknown().transform((given, context): WrittenApproval => {
  if (given === 'none') return given;
  const read = approvalParts.safeParse(given);
  if (read.success) return read.data;
  reportIn(context, read.error, []);
  return z.NEVER;
});

/** What a rule asks: the task's, with its own in place of what it repeats; `null` when it does not ask. */
export function approvalOf(
  task: WrittenApproval | undefined,
  rule: WrittenApproval | undefined,
): Approval | null {
  const own = rule ?? task;
  if (own === undefined || own === 'none') return null;
  const whole = task === 'none' ? own : { ...task, ...own };
  return {
    timeoutMs: whole.timeout ?? 10 * durationUnits.m,
    otherwise: whole.otherwise ?? 'skip',
    tolerance: whole.tolerance ?? { kind: 'share', value: '0.05' },
  };
}

/** As it is written, with every default in its place. @param shareText a fraction as a percentage */
export const approvalForm = (
  approval: Approval | undefined,
  text: { readonly duration: (ms: number) => string; readonly share: (fraction: string) => string },
): object | 'none' =>
  approval === undefined
    ? 'none'
    : {
        timeout: text.duration(approval.timeoutMs),
        otherwise: approval.otherwise,
        tolerance:
          approval.tolerance.kind === 'share'
            ? text.share(approval.tolerance.value)
            : approval.tolerance.value,
      };
