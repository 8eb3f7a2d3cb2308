/**
 * How fast a price becomes an order: from the last byte of the tick that reaches a real daemon to the first byte of the
 * order that closes leg 1. Between them lie the readings of positions, margin and chain, and a commit that waits for
 * another one. Beside it one commit and one request, done bare on the same machine in the same minute.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, median, percentile } from '../harness/comparison.ts';
import type { Reaction } from '../live/exchange-words.ts';
import { openReaction } from '../live/reaction.ts';

const parts = [
  ['until it reads', 'toFirstReadMs'],
  ['reading', 'readingMs'],
  ['from the last answer to the order', 'toOrderMs'],
] as const;

const made = (reactions: readonly Reaction[]): string =>
  parts
    .map(([name, key]) => `${name} ${median(reactions.map((each) => each[key])).toFixed(1)} ms`)
    .join(', ');

const bench: Bench = {
  measures: 'tick in to leg-1 order out, against one commit and one request',
  async *run({ rounds, quick, say }) {
    const samples = quick ? 10 : 100;
    const warmUp = quick ? 2 : 20;
    const reaction = await openReaction(warmUp + rounds * samples);
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
      const totals = reacted.map((react) => react.map(({ totalMs }) => totalMs));
      for (const [name, share, reach] of [
        ['p50', 0.5, 1.5],
        ['p99', 0.99, 3],
      ] as const)
        yield {
          case: `${name} from tick to order`,
          against: `${name} of one commit and one request`,
          reach: atMost(reach),
          rounds: totals.map(
            (total, round) => percentile(total, share) / percentile(floors[round] ?? [], share),
          ),
          figures: `${percentile(totals.flat(), share).toFixed(2)} ms against ${percentile(floors.flat(), share).toFixed(2)} ms; medians: ${made(reacted.flat())}`,
        };
    } finally {
      await reaction.close();
    }
  },
};

export default bench;
