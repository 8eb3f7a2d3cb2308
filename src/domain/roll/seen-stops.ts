/**
 * What a task knows of the stops that stand at the exchange on its options: those of its owner, and its emergency stop. They are
 * shown; nothing is traded because of them.
 */
import type { StandingStop } from '../market/stops.ts';
import type { MarketReading, ReadAnswer, Stamped } from '../orders/outcomes.ts';
import { openLegs, type Legs } from '../rules/structure.ts';
import type { RollEvent } from './events.ts';
import type { RollContext } from './roll-context.ts';
import type { SeenStops } from './stopped-out.ts';

/** Of all stops of an account those on what the task holds, in a fixed order. */
export const stopsOn = (legs: Legs, stops: readonly StandingStop[]): readonly StandingStop[] =>
  openLegs(legs)
    .flatMap(({ symbol }) => stops.filter((stop) => stop.symbol === symbol))
    .sort((a, b) => (a.symbol + a.kind < b.symbol + b.kind ? -1 : 1));

/** What the task would know with these stops in its account; `null` where that is nothing new. */
export function newStops(task: Pick<RollContext, 'held' | 'others' | 'seenStops'>, stops: readonly StandingStop[], atMs: number): SeenStops | null {
  const { seenStops } = task;
  const own = stopsOn(task, stops);
  if (JSON.stringify(seenStops?.stops ?? []) === JSON.stringify(own)) return null;
  return { stops: own, atMs, addedAtMs: seenStops?.addedAtMs ?? atMs };
}

const seenIn = (context: RollContext, event: RollEvent): SeenStops | null =>
  event.type === 'STOPS_SEEN' && context.roll === null ? newStops(context, event.stops, event.atMs) : null;

/** Between rolls, and not what was seen before. */
export const areStopsNews = (context: RollContext, event: RollEvent): boolean => seenIn(context, event) !== null;

export function noteStops(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seenStops = seenIn(context, event);
  return seenStops ? { seenStops } : {};
}

/** What a reading before leg 1 has shown of them; where it shows none, that is left to the look between rolls. */
export function noteRead(
  context: RollContext,
  answer: Stamped<ReadAnswer<MarketReading>>,
): Partial<RollContext> {
  if (answer.kind === 'failed' || !answer.value.stops) return {};
  const seenStops = newStops(context, answer.value.stops, answer.atMs);
  return seenStops ? { seenStops } : {};
}
