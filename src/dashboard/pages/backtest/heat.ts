/** The runs of a sweep as a grid: rows and columns of values, each cell with its place between the worst and the best. Pure. */
import type { SweepReport } from '../../../api/contract.ts';

export type Measure = 'result' | 'rolls' | 'worstDrawdown' | 'netCredit';

type Cell = SweepReport['cells'][number];

export interface HeatCell {
  readonly cell: Cell | null;
  /** -1 is the worst of the measure, 1 the best; 0 is nothing earned, or the middle where there is no zero. */
  readonly warmth: number;
  readonly isBest: boolean;
}

export interface Heat {
  readonly columns: readonly string[];
  readonly rows: readonly { readonly value: string; readonly cells: readonly HeatCell[] }[];
}

/** With one axis there is one row. */
export function heatOf({ axes, cells }: SweepReport, measure: Measure): Heat {
  const [first, second] = axes;
  const columns = (second ?? first)?.values ?? [];
  const rows = second ? (first?.values ?? []) : [''];
  const played = cells.filter(({ refusal }) => refusal === null);
  const warmthOf = warmthIn(played.map((cell) => figureOf(cell, measure)));
  const best = bestOf(played, measure);
  return {
    columns,
    rows: rows.map((value, row) => ({
      value,
      cells: columns.map((_, column) => {
        const cell = cells[row * columns.length + column] ?? null;
        const isPlayed = cell !== null && cell.refusal === null;
        return {
          cell,
          warmth: isPlayed ? warmthOf(figureOf(cell, measure)) : 0,
          isBest: cell !== null && cell === best,
        };
      }),
    })),
  };
}

/** Pixels, not money: floats will do. A larger one is better. */
const figureOf = (cell: Cell, measure: Measure): number =>
  measure === 'worstDrawdown' ? -Number(cell.worstDrawdown) : Number(cell[measure]);

/** `null` where all are the same. */
function bestOf(played: readonly Cell[], measure: Measure): Cell | null {
  if (measure === 'rolls') return null;
  const sorted = [...played].sort((a, b) => figureOf(b, measure) - figureOf(a, measure));
  const [best, worst] = [sorted[0], sorted.at(-1)];
  return best && worst && figureOf(best, measure) !== figureOf(worst, measure) ? best : null;
}

/** Around zero where there are gains and losses; else between the least and the most. */
function warmthIn(figures: readonly number[]): (figure: number) => number {
  const [low, high] = [Math.min(...figures), Math.max(...figures)];
  if (!(high > low)) return () => 0;
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high);
    return (figure) => figure / most;
  }
  return (figure) => (2 * (figure - low)) / (high - low) - 1;
}
