/** `rollkeeper backtest`. */
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { BacktestResult } from '../../backtest/backtest.ts';
import { cannotBegin } from '../../backtest/cannot-begin.ts';
import { playJob, type BacktestJob } from '../../backtest/job.ts';
import { gapsText, shapeText, volatilityGapsText } from '../../backtest/file-notes.ts';
import type { PriceShape } from '../../backtest/price-file.ts';
import { gridOf, readAxis, sweep, type SweepOptions, type SweepRow } from '../../backtest/sweep.ts';
import { messageOf } from '../../domain/errors.ts';
import { jobOf, taskName, type BacktestInput } from './backtest-job.ts';
import { reportOf } from './backtest-report.ts';
import { durationText } from '../shell/duration-text.ts';
import { moneyText, netText } from '../shell/money-text.ts';
import { createOutput, renderTable, timeText, type Output } from '../shell/output.ts';
import { progressBar } from '../shell/progress-bar.ts';
import { legOption } from '../task/leg-options.ts';
import { presetOption, setOption } from '../task/preset-options.ts';
import { moneyHead, rollRows } from '../task/roll-cells.ts';
import { sweepPage } from './sweep-table.ts';
import { unhedgedHead, unhedgedRows, unhedgedText } from '../task/unhedged-table.ts';
import type { CommonOptions } from '../shell/session.ts';

interface BacktestCliOptions extends CommonOptions, BacktestInput {
  readonly sweep?: readonly string[];
  readonly report?: string;
}

export const backtestCommand = (): Command =>
  new Command('backtest')
    .description('Play recorded prices against a task, and show what it would have done')
    .option('--task <file>', 'the task spec, as for task add --spec; or --preset with --symbol or --leg')
    .requiredOption(
      '--tape <file>',
      'prices of the underlying, e.g. one row per minute: CSV, plain or gzipped',
    )
    .addOption(presetOption())
    .addOption(setOption())
    .option('--symbol <symbol>', 'the option that the preset manages')
    .addOption(legOption(', or with its side: …:long'))
    .option(
      '--from <time>',
      'play from this time, e.g. 2023-03-01 or 2023-03-01T08:00Z; default: the first row',
    )
    .option('--to <time>', 'play until just before this time; default: to the last row')
    .option(
      '--iv <volatility>',
      'at-the-money volatility of the option model, as a fraction per year',
      '0.55',
    )
    .option(
      '--iv-tape <file>',
      'recorded volatility instead of --iv: a file like --tape, in fractions or per cent',
    )
    .option('--blackouts <file>', 'calendar of events, YAML or .ics, for a task with notDuring: events')
    .option('--qty <quantity>', 'size of the position, in base coin, when the spec says all', '1')
    .addOption(
      new Option('--side <side>', 'side of the position; of each leg that has none of its own')
        .choices(['short', 'long'])
        .default('short'),
    )
    .addOption(
      new Option('--approvals <answer>', 'what is answered where the task asks first; default: nothing')
        .choices(['roll', 'skip', 'default'])
        .default('default'),
    )
    .option('--cash <amount>', 'cash on the account, in settle coin', '100000')
    .option('--report <file>', 'write an HTML page with the equity curve, in one file')
    .option(
      '--sweep <place=values...>',
      'play every combination of values: trigger=24000..27000:500 target=1..3',
    )
    .addHelpText('after', help)
    .action(async (options: BacktestCliOptions) => {
      const { json = false, tape, report } = options;
      const out = createOutput(json);
      const job = jobOf(options);
      const axes = (options.sweep ?? []).map(readAxis);
      gridOf(axes, job);
      const { result, shape, ivShape } = await playBase(job, out);
      out.record({ tape, shape, ...volatilityOf(options), ivShape, ...result });
      const files = [
        ...(shape ? [shapeText(tape, shape)] : []),
        ...gapsText(result),
        ...(options.ivTape !== undefined && ivShape ? [shapeText(options.ivTape, ivShape)] : []),
        ...volatilityGapsText(options.ivTape ?? '', result),
      ];
      out.say(pageOf(result, files.join('\n'), volatilityText(options)));
      const rows = axes.length === 0 ? [] : await playSweep({ axes, job }, out);
      for (const row of rows) out.record({ type: 'sweep', ...row });
      if (rows.length > 0) out.say(`\n${sweepPage(rows)}`);
      if (report === undefined) return;
      const volatility = volatilityText(options);
      writeReport(report, reportOf(result, { tape, task: taskName(options), volatility, sweep: rows }));
    });

const volatilityOf = ({ iv, ivTape }: BacktestCliOptions): object =>
  ivTape === undefined ? { iv } : { ivTape };
const volatilityText = ({ iv, ivTape }: BacktestCliOptions): string =>
  ivTape === undefined ? iv : `as in ${ivTape}`;

interface Base {
  readonly result: BacktestResult;
  readonly shape: PriceShape | null;
  readonly ivShape: PriceShape | null;
}

async function playBase(job: BacktestJob, out: Output): Promise<Base> {
  const bar = progressBar(out, 'of the prices');
  let shape: PriceShape | null = null;
  let ivShape: PriceShape | null = null;
  bar?.start(100, 0);
  try {
    const result = await playJob(job, {
      onShape: (taken) => (shape = taken),
      onVolatilityShape: (taken) => (ivShape = taken),
      onRead: (share) => bar?.update(Math.floor(share * 100)),
    });
    return { result, shape, ivShape };
  } finally {
    bar?.stop();
  }
}

async function playSweep(options: SweepOptions, out: Output): Promise<readonly SweepRow[]> {
  const bar = progressBar(out, 'of the runs');
  bar?.start(100, 0);
  try {
    return await sweep({ ...options, onDone: (done, of) => bar?.update((100 * done) / of) });
  } finally {
    bar?.stop();
  }
}

function pageOf(result: BacktestResult, tookText: string, volatility: string): string {
  const { rolls, fromMs, toMs, candles, rowEveryMs, worstDrawdown, msInState, settleCoin } = result;
  const head = ['TIME', 'INDEX', 'FROM', 'TO', ...moneyHead];
  const rows = rolls.flatMap((roll) =>
    rollRows(roll, {
      ofRoll: [timeText(roll.startedAtMs), roll.indexPrice],
      ofLeg: ({ fromSymbol, toSymbol }) => [fromSymbol, toSymbol ?? '(closed)'],
    }),
  );
  const states = Object.entries(msInState)
    .filter(([, ms]) => ms > 0)
    .map(([state, ms]) => [state, durationText(ms)]);
  const row = (name: string, { rolling, notRolling }: BacktestResult['result']): string[] => [
    name,
    moneyText(rolling, settleCoin),
    moneyText(notRolling, settleCoin),
  ];
  const compared = [row('Result', result.result), row('Worst drawdown', worstDrawdown)];
  return [
    tookText,
    `${candles} rows, one every ${durationText(rowEveryMs)}, ${timeText(fromMs)} to ${timeText(toMs)}. Option prices are a model's: Black-76 with a smile,`,
    `volatility ${volatility}, the paper exchange's order books, margin and fees.`,
    '',
    rows.length === 0 ? 'It would not have rolled.' : renderTable(head, rows),
    '',
    `${rolls.length} rolls, ${netText(result.netCredit, settleCoin)}, fees ${moneyText(result.fees, settleCoin)}; at the end ${result.state}`,
    ...unhedgedLines(result.unhedged),
    ...refusalLines(result.refusals),
    '',
    renderTable(['PROFIT AND LOSS, AFTER FEES', 'ROLLED', 'LEFT ALONE'], compared),
    '',
    renderTable(['STATE', 'TIME IN IT'], states),
  ].join('\n');
}

/** Every interval without the position is explained, also one that ended well. */
function unhedgedLines(unhedged: BacktestResult['unhedged']): string[] {
  const text = unhedgedText(unhedged);
  const rows = unhedgedRows(unhedged);
  return [
    ...(text === null ? [] : [text]),
    ...(rows.length === 0 ? [] : ['', renderTable([...unhedgedHead], rows)]),
  ];
}

/** Shown because a rule that never rolls is usually too strict. */
function refusalLines(refusals: BacktestResult['refusals']): string[] {
  const rows = refusals.map(({ text, times, lastAtMs }) => [String(times), timeText(lastAtMs), text]);
  return rows.length === 0
    ? []
    : ['', renderTable(['TIMES', 'LAST', 'WHY IT DID NOT ROLL THOUGH ITS TRIGGER HELD'], rows)];
}

function writeReport(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw cannotBegin({
      path: '--report',
      found: messageOf(error),
      expected: 'a file that can be written',
    });
  }
}

const help = `
The machines, the planner and the paper exchange's engine are those that trade; only the clock differs. No database and no
daemon are needed. At the first price the position is opened in the spec's option at its mark price: sold, or bought with
--side long. Of a spec with legs each is opened: as the "side" of the leg says (short or long), else as --side says, else
sold. The result is compared with the same position left alone.

Files are CSV with commas, semicolons, tabs or bars, gzipped or not, with or without a header, oldest or newest row first.
Their prices are open, high, low and close, or a close alone, or trades. Their times are numbers since 1970 (seconds,
milliseconds, microseconds or nanoseconds, recognised by their size in each row), or 2023-03-01 08:00, 2023.03.01 08:00,
01.03.2023 (day first), 03/01/2023 (month first), in one column or two. Times without a zone are UTC, also in --from and --to.

A task that asks first (approval) is answered by nobody, and does what it does then; --approvals roll approves each trade at
once, and --approvals skip lets it skip every time.

--sweep names places in the task, each with values (a,b,c) or a range (from..to:step), and plays every combination on all
cores. A target without a sign is a step in the direction in which the option is rolled: strikes if it is below 100, else USD.

Examples:
  rollkeeper backtest --task roll.yaml --tape btc-2023.csv.gz
  rollkeeper backtest --task roll.yaml --tape btc-2023.csv.gz --from 2023-03-01 --to 2023-03-22 --iv 0.6 --json
  rollkeeper backtest --task roll.yaml --tape btc-2023.csv.gz --report march.html
  rollkeeper backtest --preset thetagang --symbol BTC-31MAR23-26000-C-USDT --set delta=0.20 --tape btc-2023.csv.gz
  rollkeeper backtest --preset strangle-pair --leg BTC-31MAR23-26000-C-USDT --leg BTC-31MAR23-21000-P-USDT \
    --tape btc-2023.csv.gz
  rollkeeper backtest --task roll.yaml --tape btc-2023.csv.gz --sweep trigger=24000..27000:500 target=1..3
  rollkeeper backtest --task roll.yaml --tape btc-2023.csv.gz --iv-tape dvol-2023.csv --report 2023.html

With --json: one line with every roll, the money, the time in each state, every interval without the position (unhedged) and
the equity curve; then one line for each run of a sweep.

Exit codes: 0 played · 2 wrong spec, option or row of a file: the error names it`;
