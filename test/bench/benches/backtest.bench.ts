/**
 * A year of minutes played against one task, beside only reading and parsing its file; what it holds in memory at the end,
 * beside a tenth of the way; and a sweep on every core, beside one. The year is the three weeks of the
 * demo's tape, forwards and backwards in turn, so that the price moves as it does and stays where it was.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { backtest } from '../../../src/backtest/backtest.ts';
import { candlesOf, type Candle } from '../../../src/backtest/price-file.ts';
import { demoTapePath } from '../../../src/cli/demo/programme.ts';
import type { Bench } from '../harness/bench.ts';
import { yearTask } from '../live/year-task.ts';
import { atLeast, atMost } from '../harness/comparison.ts';

const yearMinutes = 525_600;
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

/** What is held after a tenth of the prices and after all of them, bytes. */
async function heldOver(path: string, minutes: number): Promise<{ early: number; late: number }> {
  const held: number[] = [];
  let played = 0;
  async function* watched(): AsyncGenerator<readonly Candle[]> {
    for await (const piece of candlesOf({ path })) {
      yield piece;
      played += piece.length;
      if (played >= minutes / 10 && held.length === 0) held.push(heldNow());
    }
    held.push(heldNow());
  }
  await backtest({ ...yearTask, candles: watched() });
  const [early = 0, late = 0] = held;
  return { early, late };
}

function heldNow(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const sweepPath = fileURLToPath(new URL('../live/sweep-child.ts', import.meta.url));
const runChild = promisify(execFile);

/** 64 runs over these prices by a process of its own, ms. One with one core also collects its garbage there. */
async function sweepMs(path: string, cores: 'one' | 'every'): Promise<number> {
  const node = [process.execPath, '--import', 'tsx', sweepPath, path];
  const [command = '', ...rest] = cores === 'one' ? ['taskset', '--cpu-list', '0', ...node] : node;
  return Number((await runChild(command, rest)).stdout);
}

const bench: Bench = {
  measures: 'a task over a year of minutes, and 64 of them',
  async *run({ rounds, quick }) {
    const folder = mkdtempSync(join(tmpdir(), 'rollkeeper-backtest-'));
    const path = join(folder, 'year.csv');
    const minutes = quick ? 10_000 : yearMinutes;
    const label = `one task over ${minutes.toLocaleString('en')} minutes`;
    try {
      await writeYear(path, minutes);
      let rolls = 0;
      const read = async () => {
        let candles = 0;
        for await (const piece of candlesOf({ path })) candles += piece.length;
        if (candles !== minutes) throw new Error(`${candles} of ${minutes} minutes were read`);
      };
      const play = async () => {
        rolls = (await backtest({ ...yearTask, candles: candlesOf({ path }) })).rolls.length;
      };
      await read();
      await play();
      const measured: { readMs: number; playMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1)
        measured.push({ readMs: await millisecondsOf(read), playMs: await millisecondsOf(play) });
      const best = Math.min(...measured.map(({ playMs }) => playMs));
      yield {
        case: `${label}, ${rolls} rolls`,
        against: 'reading and parsing its file',
        reach: atMost(4),
        rounds: measured.map(({ readMs, playMs }) => playMs / readMs),
        figures: `${(best / 1_000).toFixed(2)} s`,
      };
      const memory: { early: number; late: number }[] = [];
      for (let round = 0; round < rounds; round += 1) memory.push(await heldOver(path, minutes));
      yield {
        case: `memory at the end of ${label}`,
        against: 'after a tenth of it',
        reach: atMost(1.1),
        rounds: memory.map(({ early, late }) => late / early),
        figures: `${megabytes(memory.at(-1)?.early ?? 0)}, then ${megabytes(memory.at(-1)?.late ?? 0)}`,
      };
      const sweeps: { oneMs: number; allMs: number }[] = [];
      for (let round = 0; round < Math.min(rounds, 2); round += 1)
        sweeps.push({
          oneMs: await sweepMs(path, 'one'),
          allMs: await sweepMs(path, 'every'),
        });
      yield {
        case: `64 runs over ${minutes.toLocaleString('en')} minutes on ${availableParallelism()} cores`,
        against: 'the same on one',
        reach: atLeast(1.7),
        rounds: sweeps.map(({ oneMs, allMs }) => oneMs / allMs),
        figures: `${(Math.min(...sweeps.map(({ allMs }) => allMs)) / 1_000).toFixed(1)} s`,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export default bench;
