/** The runs of a sweep as a table: the parameters and the result of each, with the best one marked. */
import type { SweepRow } from '../../backtest/sweep.ts';
import { compare } from '../../domain/money.ts';
import { renderTable } from '../shell/output.ts';

export const sweepHead = (rows: readonly SweepRow[]): string[] => [
  ...Object.keys(rows[0]?.parameters ?? {}),
  'ROLLS',
  'NET CREDIT',
  'FEES',
  'RESULT',
  'WORST DRAWDOWN',
  'STATE',
];

export const sweepCells = (row: SweepRow): string[] =>
  row.refusal === null
    ? [
        ...Object.values(row.parameters),
        String(row.rolls),
        row.netCredit,
        row.fees,
        row.result,
        row.worstDrawdown,
        row.state,
      ]
    : [...Object.values(row.parameters), '', '', '', '', '', `not begun: ${row.refusal}`];

/** The run with the best result; `null` when no run could begin. */
export function bestOf(rows: readonly SweepRow[]): SweepRow | null {
  const [first, ...others] = rows.filter(({ refusal }) => refusal === null);
  return others.reduce<SweepRow | null>(
    (best, row) => (best && compare(row.result, best.result) <= 0 ? best : row),
    first ?? null,
  );
}

export function sweepPage(rows: readonly SweepRow[]): string {
  const best = bestOf(rows);
  const cells = rows.map((row) => [row === best ? '*' : '', ...sweepCells(row)]);
  return `${renderTable(['', ...sweepHead(rows)], cells)}\n\n* the best of ${rows.length} runs on these prices; past prices promise nothing`;
}
