/**
 * How long a position is missing for the daemon's part: from the report of leg 1's last execution to the first byte of the order that
 * opens leg 2, through a real daemon, with the exchange beside it and with one that is far away. Between them lies a commit. Beside it
 * one commit and one request to the exchange beside it, done bare; or one commit and what the way to the far one takes.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, median, percentile } from '../harness/comparison.ts';
import type { Reaction } from '../live/exchange-words.ts';
import { openReaction } from '../live/reaction.ts';

const awayMs = 20;

const made = (reactions: readonly Reaction[]): string =>
  `${median(reactions.map(({ intervalMs }) => intervalMs)).toFixed(2)} ms and ${median(reactions.map(({ askedBetween }) => askedBetween))} readings`;

const wires = [
  { at: 'beside it', awayMs: 0, against: 'one commit and one request', reach: 1.4 },
  { at: `${awayMs} ms away`, awayMs, against: `one commit and ${awayMs} ms`, reach: 1.3 },
] as const;

const bench: Bench = {
  measures: 'last execution of leg 1 to leg-2 order out, against one commit and one request',
  async *run({ rounds, quick, say }) {
    const samples = quick ? 10 : 60;
    const warmUp = quick ? 2 : 20;
    for (const wire of wires) {
      const reaction = await openReaction({ samplesMax: warmUp + rounds * samples, awayMs: wire.awayMs });
      try {
        const reacted: Reaction[][] = [];
        const floors: number[][] = [];
        for (let sample = 0; sample < warmUp; sample += 1) await reaction.react();
        for (let round = 0; round < rounds; round += 1) {
          const [react, floor]: [Reaction[], number[]] = [[], []];
          for (let sample = 0; sample < samples; sample += 1) {
            react.push(await reaction.react());
            floor.push(
              wire.awayMs === 0 ? await reaction.floorMs() : (await reaction.commitMs()) + wire.awayMs,
            );
          }
          reacted.push(react);
          floors.push(floor);
          say(`an exchange ${wire.at}: ${made(react)}; floor ${median(floor).toFixed(2)} ms`);
        }
        yield {
          case: `p50 from leg 1's last execution to leg 2's order, the exchange ${wire.at}`,
          against: `p50 of ${wire.against}`,
          reach: atMost(wire.reach),
          rounds: reacted.map(
            (react, round) =>
              percentile(
                react.map(({ intervalMs }) => intervalMs),
                0.5,
              ) / percentile(floors[round] ?? [], 0.5),
          ),
          figures: `${made(reacted.flat())} against ${median(floors.flat()).toFixed(2)} ms`,
        };
      } finally {
        await reaction.close();
      }
    }
  },
};

export default bench;
