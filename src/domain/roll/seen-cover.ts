/**
 * What a task knows between rolls of the holding that it watches: what was seen of it last, and whether that covers what is short.
 * A person is alerted when it no longer does, and when it does again; nothing is traded because of it.
 */
import type { HeldPosition } from '../market/held-option.ts';
import { coverOf, isCovered, type CoverFigures, type SeenCover } from '../rules/cover.ts';
import { openLegs } from '../rules/structure.ts';
import { emitAlert, type EmittedAlert } from './alerts.ts';
import type { RollEvent } from './events.ts';
import type { RollContext } from './roll-context.ts';

export interface CoverAlertFigures {
  readonly uncovered: CoverFigures & { readonly short: readonly Pick<HeldPosition, 'symbol' | 'qty'>[] };
  readonly coveredAgain: CoverAlertFigures['uncovered'];
}

type Watching = Pick<RollContext, 'spec' | 'held' | 'others' | 'seenCover'>;

/** What the task would know with so much of the holding; `null` where that is nothing new, and where it watches none. */
export function newCover(task: Watching, qty: string, atMs: number): SeenCover | null {
  const { spec, seenCover } = task;
  if (!spec.watched) return null;
  const { symbol } = spec.watched;
  const cover = coverOf(openLegs(task), { symbol, qty });
  const now = { symbol, qty, isCovered: cover === null || isCovered(cover), atMs };
  const isKnown =
    seenCover?.symbol === symbol && seenCover.qty === qty && seenCover.isCovered === now.isCovered;
  return isKnown ? null : now;
}

const seenIn = (context: RollContext, event: RollEvent): SeenCover | null =>
  event.type === 'HOLDING_SEEN' && context.roll === null && event.symbol === context.spec.watched?.symbol
    ? newCover(context, event.qty, event.atMs)
    : null;

/** Between rolls, and not what was seen before. */
export const isCoverNews = (context: RollContext, event: RollEvent): boolean =>
  seenIn(context, event) !== null;

export function noteCover(context: RollContext, event: RollEvent): Partial<RollContext> {
  const seenCover = seenIn(context, event);
  return seenCover ? { seenCover } : {};
}

/** `null` where it goes on covering, or not covering; a task is made only where the holding covers it. */
export function coverAlert(context: RollContext, event: RollEvent): EmittedAlert | null {
  const seen = seenIn(context, event);
  const { seenCover } = context;
  const wasCovered = seenCover?.symbol === seen?.symbol ? (seenCover?.isCovered ?? true) : true;
  if (seen === null || seen.isCovered === wasCovered) return null;
  const legs = openLegs(context);
  const cover = coverOf(legs, seen);
  if (cover === null) return null;
  const short = legs
    .filter(({ side, optionType }) => side === 'Sell' && optionType === cover.optionType)
    .map(({ symbol, qty }) => ({ symbol, qty }));
  return seen.isCovered
    ? emitAlert('info', { code: 'coveredAgain', figures: { ...cover, short } })
    : emitAlert('critical', { code: 'uncovered', figures: { ...cover, short } });
}
