/** How long a delivery waits after a failed attempt, and when it is given up. */
import { hourMs, minuteMs } from '../domain/units.ts';

export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** After so many attempts a delivery is given up. */
  readonly triesMax: number;
  /** So old a delivery is given up, too, if it has had `triesMin` attempts: they are few after a daemon was away. */
  readonly ageMaxMs: number;
  readonly triesMin: number;
}

/** About six hours of attempts, so that a receiver may be away for a night's part. */
export const usualBackOff: BackOff = {
  firstMs: 1_000,
  maxMs: 15 * minuteMs,
  triesMax: 40,
  ageMaxMs: 6 * hourMs,
  triesMin: 5,
};

/** A receiver that asks for more is asked again after this. */
const retryAfterMaxMs = hourMs;

/**
 * @param failures in a row, this one included
 * @param chance from 0 to 1: waits are shortened by up to a half, so that many of them do not end at once
 */
export const waitMsAfter = (failures: number, { firstMs, maxMs }: BackOff, chance: number): number =>
  Math.round(Math.min(maxMs, firstMs * 2 ** Math.min(30, failures - 1)) * (1 - chance / 2));

/** Never shorter than the receiver asked for, up to an hour. */
export const obeyed = (retryAfterMs: number, chance: number): number =>
  Math.round(Math.min(retryAfterMaxMs, Math.max(0, retryAfterMs)) + chance * 250);

/** @param tries attempts that were made, the last one included */
export const isGivenUp = (
  { tries, ageMs }: { readonly tries: number; readonly ageMs: number },
  { triesMax, triesMin, ageMaxMs }: BackOff,
): boolean => tries >= triesMax || (tries >= triesMin && ageMs >= ageMaxMs);
