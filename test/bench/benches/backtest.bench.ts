/**
 * A year of minutes played against one task, beside only reading and parsing its file. The year is the three weeks of the
 * demo's tape, forwards and backwards in turn, so that the price moves as it does and stays where it was.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backtest } from '../../../src/backtest/backtest.ts';
import { candlesOf, type Candle } from '../../../src/backtest/price-file.ts';
import { demoTapePath } from '../../../src/cli/demo/stage.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';

const yearMinutes = 525_600;
const spec = {
  symbol: 'BTC-30JUN23-27000-C-USDT',
  trigger: { any: [{ index: { above: 26_000 } }, { daysToExpiry: { below: 20 } }] },
  target: { strike: '+1000', expiry: 'min 60d' },
  guards: { cooldown: '1h' },
  follow: 'strike',
};

async function writeYear(path: string, minutes: number): Promise<void> {
  const tape: Candle[] = [];
  for await (const piece of candlesOf({ path: demoTapePath })) tape.push(...piece);
  const backwards = tape.map((candle) => ({ ...candle, open: candle.close, close: candle.open })).reverse();
  const both = [...tape, ...backwards];
  const startMs = tape[0]?.atMs ?? 0;
  const rows = Array.from({ length: minutes }, (_, at) => {
    const { open, high, low, close } = both[at % both.length] as Candle;
    return `${new Date(startMs + at * 60_000).toISOString()},${open},${high},${low},${close}`;
  });
  writeFileSync(path, ['time,open,high,low,close', ...rows, ''].join('\n'));
}

async function millisecondsOf(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

const bench: Bench = {
  measures: 'a task over a year of minutes',
  async *run({ rounds, quick }) {
    const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-backtest-'));
    const path = join(folder, 'year.csv');
    const minutes = quick ? 10_000 : yearMinutes;
    try {
      await writeYear(path, minutes);
      let rolls = 0;
      const read = async () => {
        let candles = 0;
        for await (const piece of candlesOf({ path })) candles += piece.length;
        if (candles !== minutes) throw new Error(`${candles} of ${minutes} minutes were read`);
      };
      const play = async () => {
        const common = { spec, qty: '0.5', side: 'Sell', cash: '100000', volatility: 0.55 } as const;
        rolls = (await backtest({ ...common, candles: candlesOf({ path }) })).rolls.length;
      };
      await read();
      await play();
      const measured: { readMs: number; playMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1)
        measured.push({ readMs: await millisecondsOf(read), playMs: await millisecondsOf(play) });
      const best = Math.min(...measured.map(({ playMs }) => playMs));
      yield {
        case: `one task over ${minutes.toLocaleString('en')} minutes, ${rolls} rolls`,
        against: 'reading and parsing its file',
        reach: atMost(4),
        rounds: measured.map(({ readMs, playMs }) => playMs / readMs),
        figures: `${(best / 1_000).toFixed(2)} s`,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

export default bench;
