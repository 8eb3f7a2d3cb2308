/** The geometry of the payoff: scales, round ticks, places of labels that do not cover each other. Pixels, and so plain numbers. Pure. */
import type { PayoffCurve, PayoffView } from '../../../api/contract.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Scale {
  readonly from: number;
  readonly to: number;
  /** Value → px. */
  readonly at: (value: number) => number;
  /** px → value. */
  readonly of: (px: number) => number;
}

/** @param range px of the lowest and of the highest value */
export function scaleOf(
  [from, to]: readonly [number, number],
  [low, high]: readonly [number, number],
): Scale {
  const span = to - from || 1;
  return {
    from,
    to,
    at: (value) => low + ((value - from) / span) * (high - low),
    of: (px) => from + ((px - low) / (high - low || 1)) * span,
  };
}

const steps = [1, 2, 2.5, 5, 10];

/** Round values within the stretch, at most so many. */
export function ticksOf(from: number, to: number, most: number): readonly number[] {
  const span = to - from;
  if (!(span > 0) || most < 1) return [];
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (steps.find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => (first + place) * step);
}

/** Lowest and highest result of the curves, nothing included, with some room. */
export function resultRange(curves: readonly PayoffCurve[]): readonly [number, number] {
  const results = curves.flatMap((curve) => curve.results.map(Number));
  const low = Math.min(0, ...results);
  const high = Math.max(0, ...results);
  const room = (high - low || 1) * 0.1;
  return [low - room, high + room];
}

/** The `d` of a path through the points. */
export const pathOf = (xs: readonly number[], ys: readonly number[]): string =>
  xs.map((x, place) => `${place === 0 ? 'M' : 'L'}${x.toFixed(1)} ${(ys[place] ?? 0).toFixed(1)}`).join('');

/** Moved apart so that no two are nearer than `gap`, in their order, within the bounds as far as that goes. */
export function spread(
  places: readonly number[],
  gap: number,
  [low, high]: readonly [number, number],
): readonly number[] {
  const order = places.map((at, place) => ({ at, place })).sort((a, b) => a.at - b.at);
  const moved: { readonly place: number; at: number }[] = [];
  for (const { at, place } of order)
    moved.push({ place, at: Math.max(at, low, (moved.at(-1)?.at ?? -Infinity) + gap) });
  for (let at = moved.length - 1, bound = high; at >= 0; at -= 1) {
    const label = moved[at];
    if (!label) continue;
    label.at = Math.min(label.at, bound);
    bound = label.at - gap;
  }
  const result = [...places];
  for (const { place, at } of moved) result[place] = at;
  return result;
}

/** The place of the price that is nearest. @param prices rising */
export function nearest(prices: readonly number[], wanted: number): number {
  let best = 0;
  for (const [place, price] of prices.entries())
    if (Math.abs(price - wanted) < Math.abs((prices[best] ?? Infinity) - wanted)) best = place;
  return best;
}

/** The result of a curve at a price, straight between two that are known; `null` beyond them. Nothing is shown to the cent by it. */
export function resultAt(
  { prices }: Pick<PayoffView, 'prices'>,
  curve: PayoffCurve,
  price: number,
): number | null {
  const all = prices.map(Number);
  const after = all.findIndex((each) => each >= price);
  const high = all[after];
  if (high === undefined) return null;
  const value = (place: number): number => Number(curve.results[place]);
  if (high === price) return value(after);
  const low = all[after - 1];
  if (low === undefined) return null;
  return value(after - 1) + ((price - low) / (high - low)) * (value(after) - value(after - 1));
}
