/** `rollkeeper task preview`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import type { Ports } from '../../application/ports.ts';
import { previewSpec, previewTask } from '../../application/preview-task.ts';
import { BadInput } from '../../domain/errors.ts';
import { multiply, percentText, type DecimalString } from '../../domain/money.ts';
import type { AppliedFees } from '../../domain/market/fee-rates.ts';
import type { MarginStep } from '../../domain/market/margin.ts';
import { askingText } from '../../domain/explain/approval-text.ts';
import { coverText, verdictText } from '../../domain/explain/guard-text.ts';
import type { Advice, RuleAdvice } from '../../domain/explain/advice.ts';
import type { PositionGreeks, Preview } from '../../domain/explain/preview.ts';
import type { AdviceReply } from '../../ports/advice.ts';
import { parseWait, waitOption } from './ask.ts';
import { legTable } from './leg-table.ts';
import { legOption } from './leg-options.ts';
import { presetOption, setOption } from './preset-options.ts';
import { withStore } from '../shell/database.ts';
import { renderTable, timeText, typedCommand } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { readSpec, type SpecOptions } from './task-spec-input.ts';

interface Options extends CommonOptions, SpecOptions {
  readonly account?: string;
  readonly user?: string;
  readonly wait: string;
}

export const taskPreviewCommand = (): Command =>
  new Command('preview')
    .description('Show what a roll would do now: legs, prices, candidates, margin and guards')
    .argument(
      '[id]',
      'a managed task (as much of its id as is unique); without it, a spec given as to task add',
    )
    .option('--account <name>', 'the account that holds the position of the spec')
    .option('--user <name>', 'the owner of the account, needed when several users have one of that name')
    .option('--symbol <symbol>', 'the option held')
    .addOption(legOption())
    .option('--trigger <price>', 'as for task add')
    .option('--target <step>', 'as for task add')
    .option('--qty <quantity>', 'as for task add')
    .option('--spec <file>', 'a YAML or JSON file; - reads it from a pipe')
    .addOption(presetOption())
    .addOption(setOption())
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const spec = taskId === undefined ? readSpec(options) : null;
      const session = openSession(options);
      await withStore(session, async (store) => {
        const { account, user } = options;
        const answer = await replyTo(store, taskId, { account, user, spec, waitMs: waitSeconds * 1_000 });
        if (answer === null) throw new Error(noDaemon(session.config.mode, waitSeconds));
        if (answer.kind === 'refused') throw new Error(`No preview: ${answer.reason}`);
        session.out.record(answer.advice);
        session.out.say(adviceText(answer.advice));
        if (answer.advice.cover) session.out.say(`\nCover: ${coverText(answer.advice.cover)}.`);
      });
    });

export const noDaemon = (mode: string, waitSeconds: number): string =>
  `No daemon in ${mode} mode has answered within ${String(waitSeconds)} s; start one with: ${typedCommand('rollkeeper start')}`;

interface Wanted {
  readonly account: string | undefined;
  readonly user: string | undefined;
  /** `null` beside a task's id. */
  readonly spec: unknown;
  readonly waitMs: number;
}

function replyTo(
  store: Ports,
  taskId: string | undefined,
  { account, user, waitMs, spec }: Wanted,
): Promise<AdviceReply | null> {
  if (taskId !== undefined) return previewTask(operator, store, { taskId, waitMs });
  if (account !== undefined)
    return previewSpec(operator, store, { account: { name: account, userName: user }, spec, waitMs });
  throw new BadInput('Nothing to preview', [
    { path: '--account', found: 'nothing', expected: 'the id of a task, or --account beside a spec' },
  ]);
}

function adviceText({ now, rules, legs }: Advice): string {
  const shown = rules.flatMap((rule) => {
    const { preview, does } = rule;
    if (preview === null) return does === 'alert' ? [`${ruleTitle(rule)}\nIt only alerts.`] : [];
    const text = previewText(preview, rule);
    return [rules.length === 1 ? text : `${ruleTitle(rule)}\n${text}`];
  });
  if (shown.length === 0) return `No preview: ${now}.`;
  return [...(legs ? [`Held\n${legTable(legs)}`] : []), ...shown].join('\n\n');
}

/** `take profit: close`. */
export const ruleTitle = ({ name, does }: RuleAdvice): string => `${name}: ${does}`;

/** @param rule absent for a trade that a person asks about */
export function previewText(preview: Preview, rule?: RuleAdvice): string {
  const { from, to, would, reason, atMs, legs } = preview;
  const closed = legs.filter(({ leg }) => leg === 'close').length;
  const heading = {
    roll: closed > 1 ? `It would roll ${closed} options at once` : `It would roll ${from} to ${to ?? ''}`,
    close: `It would close ${closed > 1 ? `${closed} options` : from} and open nothing`,
    nothing: `It would not roll: ${reason}`,
  };
  return [
    `${heading[would]} (${timeText(atMs)}).`,
    ...(rule ? [holdText(rule)] : []),
    ...(preview.legOrder ? [`${preview.legOrder.text}.`] : []),
    ...(preview.approval ? [`${askingText(preview.approval)}.`] : []),
    ...section('Legs', legsOf(preview)),
    ...section('Candidates', candidatesOf(preview)),
    ...section('Before and after', stepsOf(preview)),
    ...section('Guards', guardsOf(preview)),
    ...section('Stops at the exchange', (preview.stops ?? []).map(({ text }) => text).join('\n')),
  ].join('\n');
}

const holdText = ({ triggerHolds }: RuleAdvice): string =>
  triggerHolds
    ? 'Its trigger holds now.'
    : 'Its trigger does not hold now: this is what a roll would be if it did.';

const section = (title: string, text: string): string[] => (text === '' ? [] : ['', title, text]);

const rateText = (rate: DecimalString): string => `${multiply(rate, '100')} %`;

/** `Fees by the account's own rates: taker 0.03 %, maker 0.02 % of the underlying's price.` */
const ratesText = ({ isOwn, taker, maker }: AppliedFees): string =>
  `Fees by ${isOwn ? "the account's own rates" : "the exchange's usual rates"}: ` +
  `taker ${rateText(taker)}, maker ${rateText(maker)} of the underlying's price.`;

function legsOf({ legs, netCredit, fees, feeRates }: Preview): string {
  if (legs.length === 0) return '';
  const rows = legs.map(({ leg, side, qty, symbol, limitPrice, worstPrice, bid, ask, mark, fee }) => [
    leg,
    side,
    qty,
    symbol,
    limitPrice,
    worstPrice,
    bid ?? '-',
    ask ?? '-',
    mark,
    fee,
  ]);
  const head = ['LEG', 'SIDE', 'QTY', 'SYMBOL', 'LIMIT', 'WORST', 'BID', 'ASK', 'MARK', 'FEE'];
  const total = netCredit === null ? '' : `\nnet credit ${netCredit}, fees ${fees ?? '-'} (at bid and ask)`;
  return renderTable(head, rows) + total + (feeRates === null ? '' : `\n${ratesText(feeRates)}`);
}

function candidatesOf({ candidates }: Preview): string {
  if (candidates.length === 0) return '';
  const rows = candidates.map(({ symbol, delta, bid, ask, isTaken, reason }) => [
    isTaken ? 'taken' : '',
    symbol,
    delta ?? '-',
    bid ?? '-',
    ask ?? '-',
    reason,
  ]);
  return renderTable(['', 'SYMBOL', 'DELTA', 'BID', 'ASK', 'WHY'], rows);
}

function stepsOf({ greeks, margin, breakEven }: Preview): string {
  const rate = (step: MarginStep | undefined, key: keyof MarginStep): string => {
    const value = step?.[key] ?? null;
    return value === null ? '-' : percentText(value);
  };
  const greek = (step: PositionGreeks | null, key: keyof PositionGreeks): string => step?.[key] ?? '-';
  const { before, between, after } = greeks;
  const margins = (['initialRate', 'maintenanceRate'] as const).map((key) => [
    key === 'initialRate' ? 'initial margin' : 'maintenance margin',
    ...[margin?.before, margin?.between, margin?.after].map((step) => rate(step, key)),
  ]);
  const sensitivities = (['delta', 'gamma', 'vega', 'theta'] as const).map((key) => [
    key,
    ...[before, between, after].map((step) => greek(step, key)),
  ]);
  return renderTable(
    ['', 'BEFORE', 'BETWEEN', 'AFTER'],
    [
      ...margins,
      ...sensitivities,
      ...(breakEven.before === null ? [] : [['break-even', breakEven.before, '', breakEven.after ?? '-']]),
    ],
  );
}

export const guardsOf = ({ guards }: Preview): string =>
  guards.length === 0
    ? ''
    : renderTable(
        ['', 'GUARD', 'VALUE'],
        guards.map((verdict) => [verdict.passes ? 'passes' : 'REFUSES', verdict.code, verdictText(verdict)]),
      );

const help = `
The daemon plans a roll on fresh quotes, exactly as it would plan a real one, and trades nothing. Prices are those at which
both legs could be traded at once; margin is estimated with the exchange's formulas for cross margin.

Examples:
  rollkeeper task preview k7m2p9qx4d
  rollkeeper task preview --account main --spec roll.yaml
  rollkeeper task preview --account main --symbol BTC-31MAR23-26000-C-USDT --preset thetagang
  rollkeeper task preview --account main --leg BTC-31MAR23-26000-C-USDT --leg BTC-31MAR23-21000-P-USDT --preset strangle-pair
  rollkeeper task preview --account main --symbol BTC-31MAR23-26000-C-USDT --trigger 25500 --target +1000

With --json: one line {"taskId":…,"state":…,"now":…,"conditions":[…],"reasons":[…],"ledger":{…},"rules":[{"name":…,"preview":{…}}]};
of a structure also "legs"

Exit codes: 0 shown · 1 no daemon, or no plan at the moment · 2 wrong spec, no such task or account`;
