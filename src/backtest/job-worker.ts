/**
 * The thread in which a daemon plays a backtest and its sweep (backtest-jobs.ts). It takes what time the daemon leaves: on Linux a
 * priority belongs to a thread, elsewhere it would be that of the whole program and stays as it is.
 */
import { constants, setPriority } from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { BadInput, type InputIssue } from '../domain/errors.ts';
import type { BacktestOrder, BacktestReport, SweepReport } from '../ports/backtests.ts';
import { answered } from './answered.ts';
import type { BacktestResult } from './backtest.ts';
import { gapsText, shapeText } from './file-notes.ts';
import { playJob, type BacktestJob } from './job.ts';
import type { PriceShape } from './price-file.ts';
import { sharePrices } from './shared-prices.ts';
import playCell from './sweep-worker.ts';
import { gridOf, readAxis, type Axis } from './sweep.ts';

/** The input of the thread. */
export interface BacktestRun {
  readonly order: BacktestOrder;
  readonly path: string;
  /** As the person calls the prices; the path is not shown. */
  readonly pricesName: string;
  readonly linesMax: number;
  /** Receives `PlayedNews`. */
  readonly port: MessagePort;
}

/** What becomes known while it is played. */
export type PlayedNews =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'axes'; readonly axes: SweepReport['axes']; readonly report: BacktestReport }
  | { readonly kind: 'cell'; readonly cell: SweepReport['cells'][number] };

export type PlayedAnswer =
  | { readonly kind: 'done'; readonly report: BacktestReport }
  | { readonly kind: 'refused'; readonly problem: string; readonly faults: readonly InputIssue[] };

const cellsMax = 400;
const curvePointsMax = 2_000;

export default async function play(run: BacktestRun): Promise<PlayedAnswer> {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
  try {
    return { kind: 'done', report: await played(run) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const [problem = ''] = error.message.split('\n');
    return { kind: 'refused', problem, faults: error.issues.map((issue) => publicIssue(issue, run)) };
  } finally {
    run.port.close();
  }
}

async function played(run: BacktestRun): Promise<BacktestReport> {
  const { port, pricesName } = run;
  const say = (news: PlayedNews): void => port.postMessage(news);
  const job = jobOf(run);
  const axes = (run.order.sweep ?? []).map(readAxis);
  refuseTooMany(axes);
  const grid = gridOf(axes, job);
  const ofBase = axes.length === 0 ? 1 : 1 / (grid.length + 1);
  const shapes: PriceShape[] = [];
  let shown = 0;
  const result = await playJob(job, {
    onShape: (taken) => shapes.push(taken),
    onRead: (share) => {
      if (share * ofBase - shown < 0.01) return;
      shown = share * ofBase;
      say({ kind: 'progress', share: shown });
    },
  });
  const understood = shapes.map((shape) => shapeText(pricesName, shape));
  const report = reportOf(result, [...understood, ...gapsText(result)]);
  if (axes.length === 0) return report;
  say({ kind: 'axes', axes, report });
  const prices = await sharePrices(job.tape);
  for (const [at, cell] of grid.entries()) {
    const outcome = await playCell({ job: cell.job, prices });
    say({ kind: 'cell', cell: { values: Object.values(cell.parameters), ...outcome } });
    say({ kind: 'progress', share: (at + 2) * ofBase });
  }
  return report;
}

function jobOf({ order, path, linesMax }: BacktestRun): BacktestJob {
  const { spec, qty, side, cash, volatility, fromMs, toMs, approvals = 'default' } = order;
  return {
    spec: answered(spec, approvals),
    qty,
    side: side === 'short' ? 'Sell' : 'Buy',
    cash,
    volatility: Number(volatility),
    tape: { path, fromMs, toMs, linesMax },
  };
}

function refuseTooMany(axes: readonly Axis[]): void {
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  if (axes.length <= 2 && cells <= cellsMax) return;
  const found = axes.length > 2 ? `${axes.length} places` : `${cells} runs`;
  throw new BadInput('The sweep cannot begin', [
    { path: 'sweep', found, expected: `at most two places in the task and ${cellsMax} runs` },
  ]);
}

/** Names what the person gave instead of files and options of the command line. */
function publicIssue(
  { path, found, expected }: InputIssue,
  { path: file, pricesName }: BacktestRun,
): InputIssue {
  if (path === 'guards.notDuring')
    return { path, found, expected: 'a task without a calendar of events: none is played here' };
  const named = (text: string): string => text.replaceAll(file, pricesName);
  return { path: named(path === '--sweep' ? 'sweep' : path), found: named(found), expected };
}

function reportOf(result: BacktestResult, notes: readonly string[]): BacktestReport {
  const { fromMs, toMs, candles, rowEveryMs, settleCoin, rolls, state, netCredit, fees } = result;
  const step = Math.ceil(result.equity.length / curvePointsMax);
  const points = result.equity.filter((_, at) => at % step === 0 || at === result.equity.length - 1);
  return {
    fromMs,
    toMs,
    rows: candles,
    rowEveryMs,
    settleCoin,
    notes,
    rolls,
    state,
    netCredit,
    fees,
    result: result.result,
    worstDrawdown: result.worstDrawdown,
    msInState: result.msInState,
    unhedged: result.unhedged.map(({ sinceMs, untilMs, hasEnded, symbol, qty, reason }) => ({
      sinceMs,
      untilMs,
      hasEnded,
      symbol,
      qty,
      reason,
    })),
    refusals: result.refusals.map(({ text, times, lastAtMs }) => ({ text, times, lastAtMs })),
    curve: points.map(({ atMs, rolling, notRolling }) => [atMs, rolling, notRolling]),
  };
}
