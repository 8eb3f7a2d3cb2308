/** A backtest as one self-contained HTML page: the equity curve, the figures and every roll. */
import type { BacktestResult } from '../../backtest/backtest.ts';
import { escaped } from '../../drawing/markup.ts';
import type { SweepRow } from '../../backtest/sweep.ts';
import { hourMs } from '../../domain/units.ts';
import { secondText } from '../shell/output.ts';
import { rollRows } from '../task/roll-cells.ts';
import { bestOf, sweepCells, sweepHead } from './sweep-table.ts';
import { unhedgedRows, unhedgedText } from '../task/unhedged-table.ts';

export interface ReportFacts {
  readonly tape: string;
  readonly task: string;
  /** The one volatility, or which file it comes from. */
  readonly volatility: string;
  readonly sweep: readonly SweepRow[];
}

const [width, height, margin] = [960, 320, 56] as const;
/** More points than a screen has pixels would only make the page larger. */
const pointsMax = 1_000;

export function reportOf(result: BacktestResult, { tape, task, volatility, sweep }: ReportFacts): string {
  const { rolls, netCredit, fees, worstDrawdown, msInState } = result;
  const rows = rolls.flatMap((roll) =>
    rollRows(roll, {
      ofRoll: [secondText(roll.startedAtMs), roll.indexPrice],
      ofLeg: ({ fromSymbol, toSymbol }) => [fromSymbol, toSymbol ?? '(closed)'],
    }),
  );
  const hours = Object.entries(msInState).map(([state, ms]) => [state, (ms / hourMs).toFixed(2)]);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Backtest of ${escaped(task)}</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: ${width}px; margin: 2rem auto; padding: 0 1rem; color: #222 }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; font-size: 13px }
td, th { padding: .25rem .75rem .25rem 0; text-align: left; border-bottom: 1px solid #ddd }
svg { width: 100%; height: auto } .rolling { stroke: #0b62c4 } .alone { stroke: #999 } .roll { stroke: #e0a030 }
path { fill: none; stroke-width: 1.5 } text { font-size: 12px; fill: #555 } svg.bar { width: 200px; height: 12px } .gain { fill: #2e8b57 } .loss { fill: #c0392b } .best { font-weight: 600; background: #f3f8ff }
b.rolling { color: #0b62c4 } b.alone { color: #888 }
</style>
<h1>Backtest of ${escaped(task)}</h1>
<p>${escaped(tape)}, ${secondText(result.fromMs)} to ${secondText(result.toMs)}, ${result.candles} rows. Option prices come
from a model (Black-76 with a smile, volatility ${escaped(volatility)}), so the amounts are an illustration.</p>
<p><b class="rolling">rolling</b> and <b class="alone">not rolling</b>, change in worth since the beginning, in settle
coin after fees; a vertical line for every roll</p>
${chartOf(result)}
${tableOf(
  ['', 'rolling', 'not rolling'],
  [
    ['Result', result.result.rolling, result.result.notRolling],
    ['Worst drawdown', worstDrawdown.rolling, worstDrawdown.notRolling],
  ],
)}
<p>${rolls.length} rolls, net credit ${netCredit}, fees ${fees}; at the end ${escaped(result.state)}</p>
${tableOf(['Time (UTC)', 'Index', 'From', 'To', 'Closed at', 'Opened at', 'Net credit', 'Fees'], rows)}
${unhedgedOf(result)}
${refusalsOf(result)}
${tableOf(['State', 'Hours'], hours)}
${sweep.length === 0 ? '' : sweepOf(sweep)}
</html>
`;
}

const unhedgedOf = ({ unhedged }: BacktestResult): string => {
  const rows = unhedgedRows(unhedged);
  const text = unhedgedText(unhedged);
  const head = ['Without the position (UTC)', 'For', 'Missing', 'Orders', 'Because'];
  return `${text === null ? '' : `<p>${text}</p>`}${rows.length === 0 ? '' : tableOf(head, rows)}`;
};

const refusalsOf = ({ refusals }: BacktestResult): string => {
  const rows = refusals.map(({ text, times, lastAtMs }) => [String(times), secondText(lastAtMs), text]);
  const head = ['Times', 'Last (UTC)', 'Why it did not roll though its trigger held'];
  return rows.length === 0 ? '' : tableOf(head, rows);
};

function chartOf({ equity, rolls, fromMs, toMs }: BacktestResult): string {
  const step = Math.ceil(equity.length / pointsMax);
  const points = equity.filter((_, at) => at % step === 0 || at === equity.length - 1);
  // Pixels, not money: floats will do.
  const worths = points.flatMap(({ rolling, notRolling }) => [Number(rolling), Number(notRolling)]);
  const [low, high] = [Math.min(0, ...worths), Math.max(0, ...worths)];
  const x = (atMs: number) =>
    (margin + ((width - margin) * (atMs - fromMs)) / Math.max(1, toMs - fromMs)).toFixed(1);
  const y = (worth: number) => (8 + ((height - 16) * (high - worth)) / Math.max(1, high - low)).toFixed(1);
  const curve = (of: 'rolling' | 'notRolling') =>
    points.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.atMs)} ${y(Number(point[of]))}`).join('');
  const marks = rolls.map(({ startedAtMs }) => `M${x(startedAtMs)} 8V${height - 8}`).join('');
  const levels = [...new Set([high, 0, low])].map(
    (worth) => `<text x="0" y="${y(worth)}" dy="4">${worth.toFixed(0)}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Equity curve">
<path stroke="#ddd" d="M${margin} ${y(0)}H${width}"/>${levels.join('')}
<path class="roll" d="${marks}"/><path class="alone" d="${curve('notRolling')}"/><path class="rolling" d="${curve('rolling')}"/>
</svg>`;
}

/** Bars to the left for losses and to the right for gains. */
function sweepOf(rows: readonly SweepRow[]): string {
  const best = bestOf(rows);
  // Pixels, not money: floats will do.
  const most = Math.max(1, ...rows.map(({ result }) => Math.abs(Number(result))));
  const bar = ({ result, refusal }: SweepRow): string => {
    if (refusal !== null) return '';
    const [wide, isLoss] = [(100 * Math.abs(Number(result))) / most, Number(result) < 0];
    const x = isLoss ? 100 - wide : 100;
    return `<svg class="bar" viewBox="0 0 200 12"><rect class="${isLoss ? 'loss' : 'gain'}" x="${x.toFixed(1)}" width="${wide.toFixed(1)}" height="12"/><path stroke="#999" d="M100 0V12"/></svg>`;
  };
  const head = [...sweepHead(rows), ''].map((cell) => `<th>${escaped(cell)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = sweepCells(row).map((cell) => `<td>${escaped(cell)}</td>`);
    return `<tr${row === best ? ' class="best"' : ''}>${cells.join('')}<td>${bar(row)}</td></tr>`;
  });
  return `<h2>Other parameters</h2>
<p>${rows.length} runs over the same prices; the best result is marked. Past prices promise nothing.</p>
<table><tr>${head}</tr>
${body.join('\n')}</table>`;
}

const tableOf = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(head, 'th')}\n${rows.map((cells) => row(cells, 'td')).join('\n')}</table>`;
};
