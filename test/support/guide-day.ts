/**
 * The day on which the trader's guide plays its examples: Tuesday, 14 March 2023, from 12:00 to 13:10 UTC of the recorded tape, with half a coin of a short call.
 * An example is what differs from the guide's first task; what became of it is written as the guide shows it.
 */
import { backtest, type BacktestResult } from '../../src/backtest/backtest.ts';
import { candlesOf, type Candle } from '../../src/backtest/price-file.ts';
import { demoTapePath } from '../../src/cli/demo/programme.ts';
import { netText } from '../../src/cli/shell/money-text.ts';
import type { MoveSummary, RollSummary } from '../../src/domain/roll/roll.ts';

export const usualSpec = {
  symbol: 'BTC-31MAR23-25000-C-USDT',
  trigger: { index: { above: 25_000 } },
  target: '+1 step',
};

/** The whole spec of an example. */
export function specOfExample(example: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { symbol, ...rule } = usualSpec;
  return {
    ...('legs' in example ? {} : { symbol }),
    ...('rules' in example ? {} : rule),
    ...example,
  };
}

const read = new Map<string, Promise<readonly Candle[]>>();
function candlesOfPart(part: Part): Promise<readonly Candle[]> {
  const key = part.join();
  const known = read.get(key) ?? readPart(part);
  read.set(key, known);
  return known;
}
async function readPart([fromMs, toMs]: Part): Promise<readonly Candle[]> {
  const candles: Candle[] = [];
  for await (const piece of candlesOf({ path: demoTapePath, fromMs, toMs })) candles.push(...piece);
  return candles;
}

// eslint-disable-next-line @typescript-eslint/require-await -- as a file is read
async function* inOnePiece(candles: readonly Candle[]): AsyncGenerator<readonly Candle[]> {
  yield candles;
}

/** A part of the tape, the end not included. */
export type Part = readonly [fromMs: number, toMs: number];
const guideDay = 14;
const usualPart: Part = [Date.UTC(2023, 2, guideDay, 12, 0), Date.UTC(2023, 2, guideDay, 13, 10)];

/** @param text `13T08:00..14T13:00`, in March 2023; nothing for the usual hours */
export function partOf(text: string | undefined): Part {
  const found = /^(\d+)T(\d\d):(\d\d)\.\.(\d+)T(\d\d):(\d\d)$/.exec(text ?? '');
  if (!found) {
    if (text === undefined) return usualPart;
    throw new Error(`played=${text}: from and to, like 13T08:00..14T13:00`);
  }
  const [fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = found.slice(1).map(Number);
  return [Date.UTC(2023, 2, fromDay, fromHour, fromMinute), Date.UTC(2023, 2, toDay, toHour, toMinute)];
}

/** @returns what became of it, a line each: the rolls, why it did not roll, where it stands if it does not wait any more */
export async function playExample(
  example: Readonly<Record<string, unknown>>,
  part: Part = usualPart,
): Promise<readonly string[]> {
  const spec = specOfExample(example);
  const result = await backtest({
    spec,
    qty: '0.5',
    side: 'Sell',
    cash: '50000',
    volatility: 0.55,
    candles: inOnePiece(await candlesOfPart(part)),
  });
  return linesOf(result);
}

const shownMax = 2;

function linesOf({ rolls, refusals, state, settleCoin }: BacktestResult): readonly string[] {
  const rolled = rolls.map((roll) => rollLine(roll, settleCoin));
  const hidden = rolled.length - shownMax;
  const refused = refusals
    .slice(0, 2)
    .map(({ text, times }) => `did not roll: ${withoutIds(text)} (${timesText(times)})`);
  return [
    ...rolled.slice(0, shownMax),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
    ...refused,
    ...(rolled.length + refused.length === 0 ? ['nothing happened'] : []),
    ...(state.startsWith('IDLE') ? [] : [`at the end ${state}`]),
  ];
}

/** Ids count the turns of a task, which is not what the guide is about. */
const withoutIds = (text: string): string => text.replace(/order (close|open)-\S+/, 'the order');

const timesText = (times: number): string => (times === 1 ? 'once' : `${times} times`);

function rollLine(roll: RollSummary, settleCoin: string): string {
  const { startedAtMs, indexPrice, others = [], netCredit } = roll;
  const at = new Date(startedAtMs).toISOString();
  const day = Number(at.slice(8, 10));
  const time = `${day === guideDay ? '' : `${day} March `}${at.slice(11, 16)}`;
  const moves = [roll, ...others].map(moveText).sort().join(' and ');
  return `${time}, index ${indexPrice}: ${moves}, ${netText(netCredit, settleCoin)}`;
}

/** Without what all options of the guide have in common. */
const short = (symbol: string): string => symbol.replace(/^BTC-/, '').replace(/-USDT$/, '');

const moveText = ({ fromSymbol, toSymbol, closed, opened }: MoveSummary): string =>
  toSymbol === null
    ? `${closed.executedQty} ${short(fromSymbol)} closed`
    : `${closed.executedQty} ${short(fromSymbol)} → ${opened.executedQty} ${short(toSymbol)}`;
