/**
 * What a task knows of the stops that stand at the exchange on its options: those of its owner, and its emergency stop. They are
 * shown, and a person is alerted when an emergency stop does not stand; nothing is traded because of them.
 */
import type { StandingStop } from '../market/stops.ts';
import type { MarketReading, ReadAnswer, Stamped } from '../orders/outcomes.ts';
import { openLegs, type Legs } from '../rules/structure.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import { isDoubled, protectedOption } from './both-held.ts';
import type { RollEvent } from './events.ts';
import { holdingsOf } from './holdings.ts';
import type { Roll } from './roll.ts';
import type { RollContext } from './roll-context.ts';
import type { EmergencyStopProblem, SeenStops, StopsSeen } from './stop-facts.ts';

export interface SeenStopAlertFigures {
  readonly emergencyStopMissing: { readonly symbol: string; readonly reason: EmergencyStopProblem };
  readonly emergencyStopStands: { readonly symbol: string; readonly mark: string };
}

/** Of all stops of an account those on what the task holds, in a fixed order; of both options while both are held. */
export const stopsOn = (
  legs: Legs & { readonly roll?: Roll | null },
  stops: readonly StandingStop[],
): readonly StandingStop[] =>
  (isDoubled(legs.roll ?? null) ? holdingsOf({ ...legs, roll: legs.roll ?? null }) : openLegs(legs))
    .flatMap(({ symbol }) => stops.filter((stop) => stop.symbol === symbol))
    .sort((a, b) => (a.symbol + a.kind < b.symbol + b.kind ? -1 : 1));

const known = ({ seenStops }: Pick<RollContext, 'seenStops'>): StopsSeen => ({
  stops: seenStops?.stops ?? [],
  emergency: seenStops?.emergency ?? null,
  problem: seenStops?.problem ?? null,
});

/** What the task would know then; `null` where that is nothing new. */
export function newStops(
  task: Pick<RollContext, 'seenStops'>,
  { stops, emergency, problem }: StopsSeen,
  atMs: number,
): SeenStops | null {
  const now: StopsSeen = { stops, emergency, problem };
  if (JSON.stringify(known(task)) === JSON.stringify(now)) return null;
  return { ...now, atMs, addedAtMs: task.seenStops?.addedAtMs ?? atMs };
}

const seenIn = (context: RollContext, event: RollEvent): SeenStops | null =>
  event.type === 'STOPS_SEEN' && protectedOption(context) !== null
    ? newStops(context, event, event.atMs)
    : null;

/** Between rolls or while both options are held, and not what was seen before. */
export const areStopsNews = (context: RollContext, event: RollEvent): boolean =>
  seenIn(context, event) !== null;

export function noteStops(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seenStops = seenIn(context, event);
  return seenStops ? { seenStops } : {};
}

/** That the emergency stop does not stand, or stands again; `null` for other news. */
export function stopsAlert(context: RollContext, event: RollEvent): EmittedAlert | null {
  const seen = seenIn(context, event);
  const before = known(context).problem;
  if (seen === null || seen.problem?.code === before?.code) return null;
  if (seen.problem !== null) {
    const { symbol } = seen.problem.figures;
    return emitAlert('warning', { code: 'emergencyStopMissing', figures: { symbol, reason: seen.problem } });
  }
  return seen.emergency && emitAlert('info', { code: 'emergencyStopStands', figures: { ...seen.emergency } });
}

/** What a reading before leg 1 has shown of them; where it shows none, that is left to the look between rolls. */
export function noteRead(
  context: RollContext,
  answer: Stamped<ReadAnswer<MarketReading>>,
): Partial<RollContext> {
  if (answer.kind === 'failed' || !answer.value.stops) return {};
  const seenStops = newStops(context, { ...known(context), stops: answer.value.stops }, answer.atMs);
  return seenStops ? { seenStops } : {};
}
