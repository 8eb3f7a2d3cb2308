/**
 * How fast a price becomes an order, through a real daemon: from the last byte of the tick to the first byte of the order that closes
 * leg 1. Between them lie a commit, and whatever has to be asked for. Beside it one commit and one request, done bare on the same
 * machine in the same minute.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, median, percentile } from '../harness/comparison.ts';
import type { Reaction } from '../live/exchange-words.ts';
import { openReaction } from '../live/reaction.ts';

function made(reactions: readonly Reaction[]): string {
  const of = (key: keyof Reaction): string => median(reactions.map((each) => each[key])).toFixed(1);
  return `order after ${of('totalMs')} ms and ${of('asked')} readings`;
}

const bench: Bench = {
  measures: 'tick in to leg-1 order out, against one commit and one request',
  async *run({ rounds, quick, say }) {
    const samples = quick ? 10 : 100;
    const warmUp = quick ? 2 : 20;
    const reaction = await openReaction({ samplesMax: warmUp + rounds * samples });
    try {
      const reacted: Reaction[][] = [];
      const floors: number[][] = [];
      for (let sample = 0; sample < warmUp; sample += 1) await reaction.react();
      for (let round = 0; round < rounds; round += 1) {
        const [react, floor]: [Reaction[], number[]] = [[], []];
        for (let sample = 0; sample < samples; sample += 1) {
          react.push(await reaction.react());
          floor.push(await reaction.floorMs());
        }
        reacted.push(react);
        floors.push(floor);
        say(`${made(react)}; floor ${median(floor).toFixed(2)} ms`);
      }
      for (const [name, share, reach] of [
        ['p50 from tick to order', 0.5, 1.4],
        ['p99 from tick to order', 0.99, 2.5],
      ] as const) {
        const times = reacted.map((react) => react.map(({ totalMs }) => totalMs));
        const [all, floor] = [times.flat(), floors.flat()].map((of) => percentile(of, share).toFixed(2));
        yield {
          case: name,
          against: `p${share * 100} of one commit and one request`,
          reach: atMost(reach),
          rounds: times.map((of, round) => percentile(of, share) / percentile(floors[round] ?? [], share)),
          figures: `${all} ms against ${floor} ms; medians: ${made(reacted.flat())}`,
        };
      }
    } finally {
      await reaction.close();
    }
  },
};

export default bench;
