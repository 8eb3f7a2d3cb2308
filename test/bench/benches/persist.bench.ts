/**
 * Durable transitions a second of live task actors: an event goes in, the machine moves, its deep snapshot is taken, and
 * the commit is acknowledged by a real Postgres with fsync, before the next event of that task. Beside it what Postgres
 * gives to 16 clients that commit one such row each at a time, over the same tables.
 */
import type { Bench } from '../harness/bench.ts';
import { atLeast } from '../harness/comparison.ts';
import { PersistStage } from '../persist/stage.ts';

const bench: Bench = {
  measures: 'durable transitions a second of live task actors',
  async *run({ rounds, quick, say }) {
    const sizes = quick ? [1, 50] : [1, 50, 10_000];
    const seconds = quick ? 0.5 : 3;
    const stage = await PersistStage.open(Math.max(...sizes));
    try {
      const turns = new Map<number, number[]>(sizes.map((size) => [size, []]));
      const commits: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        for (const size of sizes) turns.get(size)?.push(await stage.turnsPerSecond(size, seconds));
        commits.push(await stage.commitsPerSecond(seconds));
        const said = sizes.map((size) => `${size}: ${turns.get(size)?.at(-1)?.toFixed(0) ?? ''}`).join(', ');
        say(`transitions a second with tasks ${said}; ceiling ${commits.at(-1)?.toFixed(0) ?? ''}`);
      }
      const most = Math.max(...sizes);
      const values = turns.get(most) ?? [];
      yield {
        case: `${most.toLocaleString('en-US')} tasks`,
        against: 'single commits of 16 clients',
        reach: atLeast(1.7),
        rounds: values.map((value, round) => value / (commits[round] ?? 0)),
        figures: `${Math.max(...values).toFixed(0)}/s against ${Math.max(...commits).toFixed(0)}/s`,
      };
    } finally {
      await stage.close();
    }
  },
};

export default bench;
