/**
 * What a bench has to say: ratios of two things measured in the same run, never a figure of one alone. A comparison keeps
 * every round, so that its spread can be seen, and knows what it should reach.
 */

/** What the median ratio should be. */
export interface Reach {
  readonly kind: 'at most' | 'at least';
  readonly ratio: number;
}

export const atMost = (ratio: number): Reach => ({ kind: 'at most', ratio });
export const atLeast = (ratio: number): Reach => ({ kind: 'at least', ratio });

export interface Measured {
  /** What was measured, e.g. `1,000,000 tasks`. */
  readonly case: string;
  /** What it was measured against, e.g. `the same book with 1,000 tasks`. */
  readonly against: string;
  readonly reach: Reach;
  /** One ratio per round: case divided by what it is measured against. */
  readonly rounds: readonly number[];
  /** The absolute figures behind it for people, with their units; they mean nothing on another machine. */
  readonly figures: string;
}

/** One line of `--json`. */
export interface Comparison {
  readonly bench: string;
  readonly case: string;
  readonly against: string;
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
  readonly reach: string;
  readonly met: boolean;
}

export function comparisonOf(bench: string, measured: Measured): Comparison {
  const { reach, rounds } = measured;
  const ratio = median(rounds);
  return {
    bench,
    case: measured.case,
    against: measured.against,
    ratio: rounded(ratio),
    min: rounded(Math.min(...rounds)),
    max: rounded(Math.max(...rounds)),
    rounds: rounds.length,
    reach: `${reach.kind === 'at most' ? '<=' : '>='} ${reach.ratio}`,
    met: reach.kind === 'at most' ? ratio <= reach.ratio : ratio >= reach.ratio,
  };
}

/** @throws when there is nothing to take the middle of */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new Error('a median of no values');
  return (lower + upper) / 2;
}

/** @param share 0.99 for p99 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('a percentile of no values');
  return value;
}

const rounded = (value: number): number => Number(value.toPrecision(4));
