/**
 * What a stop at the exchange has closed of a task's option. A stop means out: what it has closed is not opened again, and a roll
 * under way opens nothing more. The exchange's own record of its order says so, so that it is not taken for a trade of the owner.
 */
import type { HeldOption } from '../market/held-option.ts';
import { opposite } from '../market/order.ts';
import type { StopFill } from '../market/stops.ts';
import { compare, decimal, divide, isPositive, subtract, sum, toText, type DecimalString } from '../money.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { dayMs } from '../units.ts';
import { bookClosing, type Ledger } from './ledger.ts';
import type { LegPlan } from './leg-plan.ts';
import type { SeenStops, StoppedOut } from './stop-facts.ts';
import { hasClosed, hasRest, leftToClose, type Roll } from './roll.ts';

/** What is asked of a task to tell its stops from older ones. */
export interface StopsSince {
  readonly heldAsOfMs: number;
  readonly roll: Pick<Roll, 'startedAtMs'> | null;
  readonly seenStops?: SeenStops;
}

/** Stops that fired since then have closed something of what the task holds; exchange time in ms. */
export const stopsCountFromMs = ({ heldAsOfMs, roll, seenStops }: StopsSince, nowMs: number): number =>
  Math.max(
    // A part that the roll itself has closed may have ended after the stop.
    Math.min(heldAsOfMs, roll?.startedAtMs ?? heldAsOfMs),
    seenStops?.addedAtMs ?? nowMs - dayMs,
  );

/** @param missing of the option, in base coin; a stop of the whole account's position may have closed more */
export function stopOutOf(
  fills: readonly StopFill[],
  { symbol, side }: Pick<HeldOption, 'symbol' | 'side'>,
  { missing, sinceMs }: { readonly missing: DecimalString; readonly sinceMs: number },
): StoppedOut | null {
  const own = fills.filter(
    (fill) => fill.symbol === symbol && fill.side === opposite(side) && fill.atMs >= sinceMs,
  );
  const last = own.reduce<StopFill | null>((a, b) => (a === null || b.atMs >= a.atMs ? b : a), null);
  if (last === null || !isPositive(missing)) return null;
  const qty = sum(own.map((fill) => fill.qty));
  if (!isPositive(qty)) return null;
  const part = compare(qty, missing) > 0 ? missing : qty;
  const share = (whole: DecimalString): DecimalString =>
    compare(part, qty) === 0 ? whole : toText(decimal(whole).times(part).dividedBy(qty).toDecimalPlaces(8));
  const value = share(sum(own.map((fill) => fill.value)));
  const fee = share(sum(own.map((fill) => fill.fee)));
  return { kind: last.kind, qty: part, value, fee, atMs: last.atMs };
}

export const stopPrice = ({ value, qty }: Pick<StoppedOut, 'value' | 'qty'>): DecimalString =>
  divide(value, qty);

/** The stop that a plan was given up for; `null` where it was not one. */
export const stopIn = (plan: LegPlan | null): StoppedOut | null =>
  (plan?.kind === 'gone' || plan?.kind === 'mismatch') && plan.reason.code === 'stoppedOut'
    ? plan.reason.figures.stop
    : null;

/** A reading with only those executions of stops that concern the task. */
export function withOwnStops(reading: MarketReading, task: StopsSince, nowMs: number): MarketReading {
  const { stopFills } = reading;
  if (!stopFills) return reading;
  const fromMs = stopsCountFromMs(task, nowMs);
  return { ...reading, stopFills: stopFills.filter(({ atMs }) => atMs >= fromMs) };
}

/**
 * A stop has closed what leg 1 had not closed yet: nothing more is opened. Of one option; what becomes of the other legs of a
 * structure is a person's to decide.
 */
export function stoppedRest(
  {
    held,
    others,
    roll,
  }: { readonly held: HeldOption; readonly others?: unknown; readonly roll: Roll | null },
  { stopFills = [] }: MarketReading,
): LegPlan | null {
  if (roll === null || others !== undefined || roll.closesOnly || !hasClosed(roll) || !hasRest(roll))
    return null;
  const left = subtract(held.qty, roll.closed.executedQty);
  const stop = stopOutOf(stopFills, held, { missing: left, sinceMs: 0 });
  if (stop === null || compare(stop.qty, leftToClose(roll)) < 0) return null;
  return { kind: 'gone', reason: { code: 'stoppedOut', figures: { symbol: held.symbol, stop } } };
}

/** What is not there any more of an option, in base coin, and what a stop has closed of that. */
interface Gone {
  readonly qty: DecimalString;
  readonly stop: StoppedOut | null;
}

/** The ledger once so much is gone: what a stop has closed was traded at a known price, the rest is its owner's doing. */
export function bookGone(ledger: Ledger, held: HeldOption, { qty, stop }: Gone): Ledger {
  const booked =
    stop === null
      ? ledger
      : bookClosing(ledger, held, {
          order: { executedQty: stop.qty, value: stop.value, fee: stop.fee },
          closedBefore: '0',
        });
  return { ...booked, changedByOwner: subtract(booked.changedByOwner, subtract(qty, stop?.qty ?? '0')) };
}
