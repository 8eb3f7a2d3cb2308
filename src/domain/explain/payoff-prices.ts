/**
 * At which prices of the underlying a payoff is computed: evenly over the stretch that matters, and at every point where a line bends
 * or crosses nothing, so that straight lines between them are the curve itself. Pure.
 */
import { Decimal, decimal, toText, type DecimalString } from '../money.ts';

export interface Stretch {
  /** Around which it lies: the index, where it is known. */
  readonly centre: DecimalString;
  /** Strikes. */
  readonly kinks: readonly DecimalString[];
  /** Break-evens, triggers, the index. */
  readonly others: readonly DecimalString[];
}

/** How many even steps. */
const stepsTotal = 120;
/** What lies farther from the centre, as a share of it, does not widen the stretch. */
const farthest = '0.4';
/** The least on either side of the centre, and what is left beyond the outermost point. */
const leastShare = '0.12';
const edgeShare = '0.04';
/** Of an even step: nobody draws a price to the cent. */
const digits = 7;

/** Rising, each price once. */
export function drawnPrices({ centre, kinks, others }: Stretch): readonly DecimalString[] {
  const middle = decimal(centre);
  const points = [...kinks, ...others].map((price) => decimal(price));
  const near = points.filter((at) => at.minus(middle).abs().lessThanOrEqualTo(middle.times(farthest)));
  const edge = middle.times(edgeShare);
  const from = Decimal.min(middle.minus(middle.times(leastShare)), ...near.map((at) => at.minus(edge)));
  const to = Decimal.max(middle.plus(middle.times(leastShare)), ...near.map((at) => at.plus(edge)));
  const step = to.minus(from).dividedBy(stepsTotal);
  const even = Array.from({ length: stepsTotal + 1 }, (_, place) =>
    from.plus(step.times(place)).toSignificantDigits(digits),
  );
  const inside = points.filter((at) => at.greaterThan(from) && at.lessThan(to));
  const all = [...even, ...inside].sort((a, b) => a.comparedTo(b)).map(toText);
  return [...new Set(all)];
}
