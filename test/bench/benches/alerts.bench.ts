/**
 * How soon an alert leaves: from the commit that stored it to its request at the channel, with a thousand accounts of as many
 * users, each with a channel of its own. The deliverer is a process of its own, as a daemon is.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, median, percentile } from '../harness/comparison.ts';
import { openAlerting } from '../alerts/alerting.ts';

/** What a person is promised; when a thousand alerts come at once, the last of them may take longer. */
const promised = { steadyMs: 1_000, herdMs: 5_000 };

const bench: Bench = {
  measures: 'alert committed to request at the channel, against the promised second',
  async *run({ rounds, quick, say }) {
    const [accounts, samples, atOnce] = quick ? [20, 20, 20] : [1_000, 500, 1_000];
    const alerting = await openAlerting(accounts);
    try {
      await alerting.steady(quick ? 5 : 50);
      const steady: number[][] = [];
      const herds: number[][] = [];
      for (let round = 0; round < rounds; round += 1) {
        const [alone, herd] = [await alerting.steady(samples), await alerting.herd(atOnce)];
        steady.push(alone);
        herds.push(herd);
        say(
          `alone p99 ${percentile(alone, 0.99).toFixed(0)} ms; ${atOnce} at once p99 ${percentile(herd, 0.99).toFixed(0)} ms`,
        );
      }
      for (const [name, measured, targetMs] of [
        [`alerts at random accounts of ${accounts}`, steady, promised.steadyMs],
        [`${atOnce} alerts at once, of ${accounts} accounts`, herds, promised.herdMs],
      ] as const)
        yield {
          case: `p99 from commit to request, ${name}`,
          against: `${targetMs / 1_000} s`,
          reach: atMost(1),
          rounds: measured.map((round) => percentile(round, 0.99) / targetMs),
          figures: `p50 ${median(measured.flat()).toFixed(1)} ms, p99 ${percentile(measured.flat(), 0.99).toFixed(1)} ms`,
        };
    } finally {
      await alerting.close();
    }
  },
};

export default bench;
