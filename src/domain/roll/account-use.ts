/**
 * What a roll takes of its account's limits: reserved with its first order, counted order by order, and settled when it has
 * ended. It is told by what a turn has changed, so it is stored with the turn or not at all.
 */
import { compare, multiply, sum, type DecimalString } from '../money.ts';
import type { UseEntry, WantedUse } from '../rules/account-limits.ts';
import { movesOf, type Roll, type RollSummary } from './roll.ts';

/** Of a task: the roll that is under way, and the last one that has ended. */
interface Used {
  readonly roll: Roll | null;
  readonly lastRoll: RollSummary | null;
}

/** Orders that the roll has sent, or is about to. */
export const attemptsOf = (roll: Roll | null): number =>
  roll === null
    ? 0
    : movesOf(roll).reduce((total, { closed, opened }) => total + closed.attempts + opened.attempts, 0);

/** What the roll holds reserved; orders that were sent already count by themselves. */
function heldBy(roll: Roll | null): UseEntry | null {
  const { reserved } = roll ?? {};
  return reserved ? { ...reserved, orders: Math.max(0, reserved.orders - attemptsOf(roll)) } : null;
}

const negated = ({ atMs, rolls, debit, notional, orders }: UseEntry): UseEntry => ({
  atMs,
  rolls: -rolls,
  debit: multiply(debit, '-1'),
  notional: multiply(notional, '-1'),
  orders: -orders,
});

/** @returns what one turn has changed; empty for most @param atMs of the turn */
export function useOf(before: Used, after: Used, atMs: number): readonly UseEntry[] {
  if (before.roll === after.roll) return [];
  const isSameRoll = before.roll?.rollId === after.roll?.rollId;
  const sent = attemptsOf(after.roll) - (isSameRoll ? attemptsOf(before.roll) : 0);
  const [old, now] = [heldBy(before.roll), heldBy(after.roll)];
  const isSame = JSON.stringify(old) === JSON.stringify(now);
  const done = isSameRoll ? null : doneBy(before.roll, after.lastRoll);
  return [
    ...(old && !isSame ? [negated(old)] : []),
    ...(now && !isSame ? [now] : []),
    ...(sent > 0 ? [{ atMs, rolls: 0, debit: '0', notional: '0', orders: sent }] : []),
    ...(old && done ? [{ ...done, atMs: old.atMs }] : []),
  ];
}

/** What a roll that has ended came to; `null` when it has traded nothing. */
function doneBy(roll: Roll | null, last: RollSummary | null): WantedUse | null {
  const { reserved } = roll ?? {};
  if (roll === null || !reserved || last?.rollId !== roll.rollId) return null;
  if (reserved.rolls === 0) return null;
  const moves = [last, ...(last.others ?? [])];
  const debit = compare(last.netCredit, '0') < 0 ? multiply(last.netCredit, '-1') : '0';
  const notional = sum(moves.map(({ opened }) => multiply(opened.executedQty, reserved.index)));
  return { rolls: 1, debit, notional, orders: 0 };
}

/** What the roll has reserved of the account's use until now, as `judgeLimits` takes it. */
export const reservedBy = (roll: Roll): WantedUse | null => heldBy(roll);

/** What a roll of these orders takes. @param netCredit `null` where it cannot be known: then it is refused for that */
export const wantedUse = (
  orders: number,
  openings: readonly { readonly qty: DecimalString; readonly index: DecimalString }[],
  netCredit: DecimalString | null,
): WantedUse => ({
  rolls: openings.length > 0 ? 1 : 0,
  debit: netCredit !== null && compare(netCredit, '0') < 0 ? multiply(netCredit, '-1') : '0',
  notional: sum(openings.map(({ qty, index }) => multiply(qty, index))),
  orders,
});
