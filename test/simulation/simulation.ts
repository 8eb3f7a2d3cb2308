/**
 * Many simulated worlds, one seed each, spread over the cores. Results are counted in the order of their seeds, so that
 * the same seed and number of rolls give the same figures on every machine; only the speed differs.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { EpisodeResult, Violation } from './episode-result.ts';

export interface SimulationSummary {
  readonly rolls: number;
  readonly orders: number;
  /** Asked before a trade. */
  readonly questions: number;
  /** So often an account came to be halted, and rolls waited in the middle for its end. */
  readonly halts: number;
  readonly waited: number;
  /** Beginnings of rolls that were held against the limits of an account. */
  readonly limited: number;
  readonly episodes: number;
  readonly crashes: number;
  /** How often each kind of fault struck. */
  readonly faults: Readonly<Record<string, number>>;
  /** What came of faults of streams and of orders by websocket, and how often what was kept was used. */
  readonly met: Readonly<Record<string, number>>;
  readonly violations: number;
  /** From the moment a worker is up. */
  readonly rollsPerSecond: number;
  readonly seconds: number;
  /** The first world of each start. */
  readonly seeds: readonly number[];
}

export interface SimulationOptions {
  readonly rolls: number;
  /** First worlds; each is followed by the next seeds, all of them in turn. */
  readonly seeds: readonly number[];
  readonly workers?: number;
  readonly onProgress?: (rolls: number) => void;
}

export interface Simulated {
  readonly summary: SimulationSummary;
  readonly violations: readonly Violation[];
}

export async function simulate(options: SimulationOptions): Promise<Simulated> {
  const { rolls, seeds, workers = availableParallelism(), onProgress } = options;
  let startedMs = Number.POSITIVE_INFINITY;
  const results: EpisodeResult[] = [];
  const early = new Map<number, EpisodeResult>();
  let rollsDone = 0;
  const take = (at: number, result: EpisodeResult): void => {
    early.set(at, result);
    for (let next = early.get(results.length); next && rollsDone < rolls; next = early.get(results.length)) {
      early.delete(results.length);
      results.push(next);
      rollsDone += next.rolls;
    }
    onProgress?.(rollsDone);
  };
  let begun = 0;
  const isEnough = (): boolean => rollsDone >= rolls;
  const runs = Array.from({ length: workers }, () =>
    runWorker(() => {
      startedMs = Math.min(startedMs, performance.now());
      if (isEnough()) return null;
      const at = begun++;
      return { at, seed: (seeds[at % seeds.length] ?? 0) + Math.floor(at / seeds.length) };
    }, take),
  );
  await Promise.all(runs);
  const seconds = (performance.now() - startedMs) / 1_000;
  return summarize(results, seeds, seconds);
}

/** A world to be played, and its place among all of them. */
export interface World {
  readonly at: number;
  readonly seed: number;
}

/** One worker until there is no world left. */
function runWorker(
  nextWorld: () => World | null,
  onResult: (at: number, result: EpisodeResult) => void,
): Promise<void> {
  const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), {
    // Room for the young: what a turn makes is garbage with the next one.
    execArgv: ['--max-semi-space-size=64', '--import', 'tsx'],
  });
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const world = nextWorld();
      if (world) worker.send(world);
      else worker.disconnect();
    };
    worker.on('message', (message: 'ready' | { at: number; result: EpisodeResult }) => {
      if (message !== 'ready') onResult(message.at, message.result);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker of the simulation ended with code ${code ?? 'none'}`));
    });
  });
}

function summarize(results: readonly EpisodeResult[], seeds: readonly number[], seconds: number): Simulated {
  const total = (pick: (result: EpisodeResult) => number) =>
    results.reduce((sum, result) => sum + pick(result), 0);
  const tally = (pick: (result: EpisodeResult) => Readonly<Record<string, number>>) => {
    const counts: Record<string, number> = {};
    for (const [kind, count] of results.flatMap((result) => Object.entries(pick(result))))
      counts[kind] = (counts[kind] ?? 0) + count;
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
  };
  const violations = results.flatMap((result) => result.violations);
  const rolls = total((result) => result.rolls);
  return {
    violations,
    summary: {
      rolls,
      orders: total((result) => result.orders),
      questions: total((result) => result.questions),
      halts: total((result) => result.halts),
      waited: total((result) => result.waited),
      limited: total((result) => result.limited),
      episodes: results.length,
      crashes: total((result) => result.crashes),
      faults: tally((result) => result.faults),
      met: tally((result) => result.met),
      violations: violations.length,
      rollsPerSecond: Math.round(rolls / seconds),
      seconds: Math.round(seconds * 10) / 10,
      seeds,
    },
  };
}
