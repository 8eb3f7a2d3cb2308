/**
 * What an account may do within a day or a minute, over all of its tasks: judged before the first order of a roll, and never of
 * one that is under way. A day is one of UTC; money is in settle coin, whichever coin that is.
 */
import { add, compare, multiply, type DecimalString } from '../money.ts';
import { dayMs, minuteMs } from '../units.ts';

/** `null` or absent: no limit. */
export interface AccountLimits {
  /** Rolls that have begun, also such as went back to the old option. */
  readonly rollsPerDay?: number | null;
  /** What rolls have cost: each for itself, so that the credit of one makes no room for another. */
  readonly netDebitPerDay?: DecimalString | null;
  /** Index price of what rolls have opened. */
  readonly notionalOpenedPerDay?: DecimalString | null;
  /** New orders of both legs; a roll has to find room for all of its orders before it sends the first. */
  readonly ordersPerMinute?: number | null;
}

/** What a roll takes of the limits; `orders` are those that it will have sent in the end. */
export interface WantedUse {
  readonly debit: DecimalString;
  readonly notional: DecimalString;
  readonly orders: number;
  /** 1 of a roll, 0 of a close. */
  readonly rolls: number;
}

/** A change of what an account has used, at a moment; negative when less was used than was reserved. */
export interface UseEntry extends WantedUse {
  readonly atMs: number;
}

/** What is used by all tasks of the account, as the limits are judged by it. */
export interface AccountUse {
  readonly rolls: number;
  readonly debit: DecimalString;
  readonly notional: DecimalString;
  /** Moments of the orders of the last minute, oldest first; asked for where they are limited. */
  readonly ordersMs: readonly number[];
}

/** As it is put into a reading of the market. */
export interface AccountStanding {
  readonly limits: AccountLimits;
  readonly used: AccountUse;
}

export interface LimitFigures {
  readonly used: DecimalString;
  readonly wanted: DecimalString;
  readonly limit: DecimalString;
  /** From when on there may be room again. */
  readonly freeAtMs: number;
}

/** The names are those of `AccountLimits`, with the account before. */
export interface AccountLimitFigures {
  readonly 'account.rollsPerDay': LimitFigures;
  readonly 'account.netDebitPerDay': LimitFigures;
  readonly 'account.notionalOpenedPerDay': LimitFigures;
  readonly 'account.ordersPerMinute': LimitFigures;
}

export type AccountLimitName = keyof AccountLimitFigures;
export const accountLimitNames = [
  'account.rollsPerDay',
  'account.netDebitPerDay',
  'account.notionalOpenedPerDay',
  'account.ordersPerMinute',
] as const satisfies readonly AccountLimitName[];

export interface LimitVerdict {
  readonly code: AccountLimitName;
  readonly passes: boolean;
  readonly figures: LimitFigures;
}

const noUse: WantedUse = { debit: '0', notional: '0', orders: 0, rolls: 0 };

/**
 * Each limit that is set. A close is judged by the orders alone: what only makes a position smaller is held up by nothing else.
 * @param own what the roll itself has reserved already, and counts in `used`
 */
export function judgeLimits(
  { limits, used }: AccountStanding,
  { wanted, own }: { readonly wanted: WantedUse; readonly own: WantedUse | null },
  nowMs: number,
): readonly LimitVerdict[] {
  const mine = own ?? noUse;
  const nextDayMs = (Math.floor(nowMs / dayMs) + 1) * dayMs;
  const { rollsPerDay, netDebitPerDay, notionalOpenedPerDay, ordersPerMinute } = limits;
  const verdicts: LimitVerdict[] = [];
  const judge = (code: AccountLimitName, limit: DecimalString | number, figures: [string, string]): void => {
    const [usedOf, wantedOf] = figures;
    const passes = compare(add(usedOf, wantedOf), String(limit)) <= 0;
    const freeAtMs =
      code === 'account.ordersPerMinute' ? freeOrdersMs(used, wanted, Number(limit)) : nextDayMs;
    const known = { used: usedOf, wanted: wantedOf, limit: String(limit), freeAtMs: freeAtMs ?? nextDayMs };
    verdicts.push({ code, passes, figures: known });
  };
  if (wanted.rolls > 0) {
    if (rollsPerDay != null)
      judge('account.rollsPerDay', rollsPerDay, [String(used.rolls - mine.rolls), '1']);
    if (netDebitPerDay != null)
      judge('account.netDebitPerDay', netDebitPerDay, [less(used.debit, mine.debit), wanted.debit]);
    if (notionalOpenedPerDay != null)
      judge('account.notionalOpenedPerDay', notionalOpenedPerDay, [
        less(used.notional, mine.notional),
        wanted.notional,
      ]);
  }
  if (ordersPerMinute != null) {
    const sent = Math.max(0, used.ordersMs.length - mine.orders);
    judge('account.ordersPerMinute', ordersPerMinute, [String(sent), String(wanted.orders)]);
  }
  return verdicts;
}

const less = (from: DecimalString, what: DecimalString): DecimalString => add(from, multiply(what, '-1'));

/** When enough orders are older than a minute; `null` when even none would leave room. */
function freeOrdersMs({ ordersMs }: AccountUse, { orders }: WantedUse, limit: number): number | null {
  const tooMany = ordersMs.length + orders - limit;
  const oldestMs = ordersMs[tooMany - 1];
  return oldestMs === undefined ? null : oldestMs + minuteMs;
}
