/**
 * How fast a price becomes an order: from the last byte of the tick that reaches a real daemon to the first byte of the
 * order that closes leg 1. In between lie two commits and the readings of positions, margin and chain. Beside it one
 * commit and one request, done bare on the same machine in the same minute.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, percentile } from '../harness/comparison.ts';
import { openReaction } from '../live/reaction.ts';

const bench: Bench = {
  measures: 'tick in to leg-1 order out, against one commit and one request',
  async *run({ rounds, quick, say }) {
    const samples = quick ? 10 : 100;
    const warmUp = quick ? 2 : 20;
    const reaction = await openReaction(warmUp + rounds * samples, say);
    try {
      const reacted: number[][] = [];
      const floors: number[][] = [];
      for (let sample = 0; sample < warmUp; sample += 1) await reaction.reactMs();
      for (let round = 0; round < rounds; round += 1) {
        const [react, floor]: [number[], number[]] = [[], []];
        for (let sample = 0; sample < samples; sample += 1) {
          react.push(await reaction.reactMs());
          floor.push(await reaction.floorMs());
        }
        reacted.push(react);
        floors.push(floor);
        say(`p50 ${percentile(react, 0.5).toFixed(2)} ms, floor ${percentile(floor, 0.5).toFixed(2)} ms`);
      }
      for (const [name, share, reach] of [
        ['p50', 0.5, 1.5],
        ['p99', 0.99, 3],
      ] as const)
        yield {
          case: `${name} from tick to order`,
          against: `${name} of one commit and one request`,
          reach: atMost(reach),
          rounds: reacted.map(
            (react, round) => percentile(react, share) / percentile(floors[round] ?? [], share),
          ),
          figures: `${percentile(reacted.flat(), share).toFixed(2)} ms against ${percentile(floors.flat(), share).toFixed(2)} ms`,
        };
    } finally {
      await reaction.close();
    }
  },
};

export default bench;
