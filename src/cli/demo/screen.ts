/** Shows the demo to a person while it runs: one line per leg and roll, above a bar that moves along the tape. */
import { MultiBar, type SingleBar } from 'cli-progress';
import { exchangeRules } from '../../daemon/venue.ts';
import { decimal, toText } from '../../domain/money.ts';
import { averagePrice } from '../../domain/orders/order-progress.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { Progress } from '../../exchange/paper/player.ts';
import { cents, creditWord, moneyText, netText } from '../shell/money-text.ts';
import { renderTable, secondText, typedCommand } from '../shell/output.ts';
import type { Story, StoryEvent } from './story.ts';
import type { DemoSummary, HeldRow, Result } from './summary.ts';
import { wrapped } from './wrapped.ts';

export interface Screen {
  step(text: string): void;
  event(event: StoryEvent): void;
  progress(progress: Progress, nowMs: number, story: Story): void;
  end(): void;
  summary(summary: DemoSummary, story: Story, dataDir: string | null): void;
}

/** Prints JSON lines and nothing else. */
export function jsonScreen(write: (line: string) => void): Screen {
  return {
    step: (text) => write(JSON.stringify({ type: 'step', text })),
    event: (event) => write(JSON.stringify(event)),
    progress: () => undefined,
    end: () => undefined,
    summary: (summary) => write(JSON.stringify(summary)),
  };
}

/** Width in columns; on a narrower screen the bar is short and does not name what is held. */
const wideScreen = 110;
const usualColumns = 80;
const barOf = (columns: number) =>
  columns < wideScreen
    ? { barsize: 10, format: ' {bar} {percentage}% | {at} | index {index} | {mode}' }
    : { barsize: 24, format: ' {bar} {percentage}% | {at} | index {index} | {held} | {mode}' };

export function peopleScreen(out: NodeJS.WriteStream): Screen {
  const multiBar = new MultiBar({
    ...barOf(out.columns || usualColumns),
    hideCursor: true,
    clearOnComplete: true,
    stream: out,
  });
  let bar: SingleBar | null = null;
  let shownDay = '';
  /** Above the bar on a terminal, as plain lines elsewhere. */
  const line = (text: string): void => {
    if (bar && out.isTTY) multiBar.log(`${wrapped(text, out.columns || usualColumns).join('\n')}\n`);
    else out.write(`${text}\n`);
  };
  return {
    step: (text) => line(`· ${text}`),
    event: (event) => {
      const text = describeEvent(event);
      if (text !== null) line(text);
    },
    progress: ({ playedMinutes, totalMinutes, index, mode }, nowMs, story) => {
      const held = heldIn(story);
      const at = minuteText(nowMs);
      if (out.isTTY) {
        bar ??= multiBar.create(totalMinutes ?? 0, 0, { at, index, held, mode });
        bar.update(playedMinutes, { at, index, held, mode });
      } else if (at.slice(0, 10) !== shownDay) {
        shownDay = at.slice(0, 10);
        line(`${shownDay}  index ${index}  ${held}`);
      }
    },
    end: () => multiBar.stop(),
    summary: (summary, story, dataDir) => {
      const isWide = (out.columns || wideScreen) >= wideScreen;
      out.write(`\n${summaryText(summary, story, { isWide })}\n`);
      if (dataDir !== null)
        out.write(`\nThe database is kept: ${typedCommand('rollkeeper task list', dataDir)}\n`);
    },
  };
}

/** `2023-03-14 13:05`. */
const minuteText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
const momentText = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** What is held now, in short: `27000C 21000P`. */
const heldIn = (story: Story): string =>
  story
    .tasks()
    .map(({ context: { held } }) => `${held.strike}${held.optionType === 'call' ? 'C' : 'P'}`)
    .join(' ');

function describeEvent(event: StoryEvent): string | null {
  switch (event.type) {
    case 'transition':
      return event.state.startsWith('FAILED')
        ? `${momentText(event.at)}  task ${event.taskId} has FAILED`
        : null;
    case 'triggered':
      return `${momentText(event.at)}  index ${event.indexPrice} (${event.trigger}): rolling ${event.symbol}`;
    case 'leg':
      return `${momentText(event.at)}    leg ${event.leg === 'close' ? '1' : '2'}  ${event.side.padEnd(4)} ${event.qty} ${event.symbol} at ${event.price}`;
    case 'roll':
      return `${momentText(event.at)}    rolled: ${moneyOf(event)}, next trigger ${event.nextTrigger}`;
  }
}

function moneyOf({
  fromSymbol,
  netCredit,
  fee,
}: Pick<RollSummary, 'fromSymbol' | 'netCredit' | 'fee'>): string {
  const coin = exchangeRules.readSymbol(fromSymbol)?.settleCoin ?? '';
  return `${netText(netCredit, coin)}, fees ${moneyText(fee, coin)}`;
}

function summaryText(
  summary: DemoSummary,
  { rolls }: Story,
  { isWide }: { readonly isWide: boolean },
): string {
  const { exchangePositions, databasePositions, netCredit, fees, settleCoin } = summary;
  const positions = renderTable(
    ['on the exchange', 'in the database'],
    exchangePositions.map((row, at) => [heldText(row), heldText(databasePositions[at])]),
  );
  return [
    isWide ? wideLedger(rolls) : narrowLedger(rolls),
    '',
    `${summary.rolls} rolls (${summary.callRolls} up, ${summary.putRolls} down), ${netText(netCredit, settleCoin)}, fees ${moneyText(fees, settleCoin)}`,
    `${summary.ordersAccepted} orders accepted, ${summary.ordersRejected} rejected, ${summary.duplicateOrders} duplicates; ${summary.transitions} transitions in the journal`,
    '',
    resultTable(summary),
    '',
    positions,
    `${summary.positionsMatch ? 'They match' : 'THEY DIFFER'}. ${summary.tapeMinutes} minutes of tape in ${summary.seconds} s.`,
  ].join('\n');
}

const wideLedger = (rolls: readonly RollSummary[]): string =>
  renderTable(
    ['time (UTC)', 'index', 'from', 'to', 'close', 'open', 'net', '', 'fees'],
    rolls.map((roll) => [
      secondText(roll.startedAtMs),
      roll.indexPrice,
      roll.fromSymbol,
      roll.toSymbol ?? '(closed)',
      averagePrice(roll.closed.value, roll.closed.executedQty),
      averagePrice(roll.opened.value, roll.opened.executedQty),
      ...netCells(roll),
      cents(roll.fee),
    ]),
  );

/** For 80 columns. */
const narrowLedger = (rolls: readonly RollSummary[]): string =>
  renderTable(
    ['time (UTC)', 'from', 'to', 'net', ''],
    rolls.map((roll) => [
      secondText(roll.startedAtMs).slice('2023-'.length, '2023-03-14 05:10'.length),
      roll.fromSymbol,
      roll.toSymbol ?? '(closed)',
      ...netCells(roll),
    ]),
  );

const netCells = ({ netCredit }: RollSummary): [string, string] => [
  cents(toText(decimal(netCredit).abs())),
  creditWord(netCredit),
];

/** Profit and loss of each position, rolled and left alone. */
function resultTable({ results, result, settleCoin }: DemoSummary): string {
  const row = (of: string, { rolled, leftAlone }: Result): string[] => [
    of,
    moneyText(rolled, settleCoin),
    moneyText(leftAlone, settleCoin),
  ];
  return renderTable(
    ['profit and loss, after fees', 'rolled', 'left alone'],
    [...results.map((each) => row(`Sell ${each.symbol}`, each)), row('together', result)],
  );
}

const heldText = (row: HeldRow | undefined): string => (row ? `${row.side} ${row.qty} ${row.symbol}` : '—');
