/** What the price chart shows, as rows of bars: times without prices kept, stretches in which the index was silent, the strike held at each. Pure. */
import type { PriceHistory, RollTiming } from '../../../api/contract.ts';
import { readSymbol } from '../../format/symbols.ts';

export interface Bar {
  /** Beginning, ms. */
  readonly atMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Slot {
  readonly atMs: number;
  /** `null`: no price in that time. */
  readonly bar: Bar | null;
  readonly isStale: boolean;
}

/** A hole that is longer is drawn so long. */
const holeMax = 120;

/** Every bar in its place, and the time between them, so that a silence takes the room that it took. */
export function slotsOf({ bars, barMs, stale }: PriceHistory, nowMs: number): readonly Slot[] {
  const slots: Slot[] = [];
  const isStale = (atMs: number): boolean =>
    stale.some(({ fromMs, toMs }) => fromMs < atMs + barMs && (toMs ?? nowMs) > atMs);
  const addHole = (fromMs: number, toMs: number): void => {
    const missing = Math.min(holeMax, Math.round((toMs - fromMs) / barMs));
    const stepMs = Math.max(barMs, Math.floor((toMs - fromMs) / Math.max(1, missing) / barMs) * barMs);
    for (let atMs = fromMs, done = 0; done < missing && atMs < toMs; atMs += stepMs, done += 1)
      slots.push({ atMs, bar: null, isStale: isStale(atMs) });
  };
  for (const [atMs, open, high, low, close] of bars) {
    const last = slots.at(-1);
    if (last && atMs - last.atMs > barMs) addHole(last.atMs + barMs, atMs);
    const bar = { atMs, open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
    slots.push({ atMs, bar, isStale: isStale(atMs) && isSilent(bar) });
  }
  const last = slots.at(-1);
  const endMs = stale.some(({ toMs }) => toMs === null) ? nowMs : null;
  if (last && endMs !== null && endMs - last.atMs > barMs) addHole(last.atMs + barMs, endMs);
  return slots;
}

/** A bar with one price only may be the last one before a silence. */
const isSilent = ({ open, high, low, close }: Bar): boolean => open === close && high === low;

/** The newest bar with one price more; a new bar where that begins one. @param last the newest that is known */
export function withPrice(
  last: Bar | null,
  price: number,
  { atMs, barMs }: { readonly atMs: number; readonly barMs: number },
): Bar | null {
  const from = Math.floor(atMs / barMs) * barMs;
  if (last === null || from > last.atMs)
    return { atMs: from, open: price, high: price, low: price, close: price };
  if (from < last.atMs) return null;
  return { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
}

/** Strike of a symbol that names one option; `null` of several, or of another form. */
export const strikeIn = (symbol: string | null): number | null => {
  const read = symbol === null ? null : readSymbol(symbol);
  return read === null ? null : Number(read.strike);
};

/**
 * The strike that was held at each moment: before the first roll the one that it left, and nothing between the legs.
 * @param heldNow what is held since the last roll; `null` when nothing is, or several options are
 */
export function strikeAt(
  rolls: readonly RollTiming[],
  heldNow: string | null,
): (atMs: number) => number | null {
  const traded = rolls.filter(({ outcome }) => outcome !== 'nothing');
  return (atMs) => {
    for (const roll of traded) {
      const from = roll.phases[0]?.fromMs ?? 0;
      if (atMs < from) return strikeIn(roll.fromSymbol);
      const phase = roll.phases.find(({ fromMs, toMs }) => atMs >= fromMs && (toMs === null || atMs < toMs));
      if (phase) return phase.kind === 'interval' || phase.kind === 'leg2' ? null : strikeIn(roll.fromSymbol);
    }
    return strikeIn(heldNow);
  };
}

/** When a roll that traded something began, for its mark. */
export interface RollMark {
  readonly atMs: number;
  readonly isUnderWay: boolean;
}

export const rollMarks = (rolls: readonly RollTiming[]): readonly RollMark[] =>
  rolls.flatMap(({ phases, outcome }) => {
    const [first] = phases;
    return first && outcome !== 'nothing' ? [{ atMs: first.fromMs, isUnderWay: outcome === null }] : [];
  });
