/** The shape of an endpoint, and the schemas that inputs share. The endpoints themselves are in *-routes.ts. */
import { z } from 'zod';
import type { Account } from '../engine/account.ts';
import { failure, unknownKey, type Reply } from './answers.ts';
import type { ServerContext } from './context.ts';
import { dayMs } from '../../../domain/units.ts';

export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Signed; its handler gets the account. */
  readonly isPrivate: boolean;
  /** Requests per second and account (docs/exchange.md#rate-limits). */
  readonly perSecond: number;
  /** Order commands answer after `ackDelayMs`. */
  readonly isCommand: boolean;
  readonly handle: (input: unknown, context: ServerContext, account: Account | null) => Reply;
}

type Handler<S extends z.ZodType, A> = (input: z.output<S>, context: ServerContext, account: A) => Reply;

/** The exchange's answer to input that is not what the endpoint takes. */
export const parameterError = (error: z.ZodError): Reply => {
  const issue = error.issues[0];
  const where = issue?.path.join('.') ?? '';
  return failure(10001, `params error: ${where === '' ? '' : `${where} `}${issue?.message ?? 'invalid'}`);
};

export const publicGet = <S extends z.ZodType>(
  path: string,
  schema: S,
  handler: Handler<S, null>,
): Route => ({
  method: 'GET',
  path,
  isPrivate: false,
  perSecond: 120,
  isCommand: false,
  handle(input, context) {
    const parsed = schema.safeParse(input);
    return parsed.success ? handler(parsed.data, context, null) : parameterError(parsed.error);
  },
});

export const privateGet = <S extends z.ZodType>(
  { path, perSecond }: Pick<Route, 'path' | 'perSecond'>,
  schema: S,
  handler: Handler<S, Account>,
): Route => ({
  method: 'GET',
  path,
  isPrivate: true,
  perSecond,
  isCommand: false,
  handle(input, context, account) {
    if (!account) return unknownKey;
    const parsed = schema.safeParse(input);
    return parsed.success ? handler(parsed.data, context, account) : parameterError(parsed.error);
  },
});

/** An absent parameter and an empty one are the same thing in a query. */
export const text = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

/** Page sizes beyond the maximum are cut to it, as the exchange does. */
export const limit = (byDefault: number, max: number) =>
  z
    .string()
    .regex(/^0*[1-9]\d{0,8}$/, 'limit must be a whole number from 1 up')
    .default(String(byDefault))
    .transform((value) => Math.min(Number(value), max));

export const time = z
  .string()
  .regex(/^(\d{1,16})?$/, 'must be milliseconds')
  .optional()
  .transform((value) => (value === undefined || value === '' ? undefined : Number(value)));

export const category = z.enum(['option', 'linear', 'spot', 'inverse'], 'Illegal category');

/** Start and end of a query, by default the last `defaultDays`; null when they are more than `maxDays` apart. */
export function spanOf(
  range: { startTime: number | undefined; endTime: number | undefined },
  nowMs: number,
  { defaultDays, maxDays }: { defaultDays: number; maxDays: number },
): { fromMs: number; toMs: number } | null {
  const { startTime, endTime } = range;
  const fromMs = startTime ?? (endTime ?? nowMs) - defaultDays * dayMs;
  const toMs = endTime ?? (startTime === undefined ? nowMs : startTime + defaultDays * dayMs);
  return toMs - fromMs > maxDays * dayMs ? null : { fromMs, toMs };
}

export const spanTooLong = (days: number): Reply =>
  failure(10001, `The time range between startTime and endTime cannot exceed ${days} days`);
