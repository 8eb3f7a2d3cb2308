/**
 * What happens in a crash: one price wakes every task of every account at the same moment. How fast the first legs are
 * out, how fast the rolls are done, and whether some accounts wait much longer than others; beside it, how fast the
 * same exchange takes as many orders from a client that only sends. The daemon keeps the limits of each account, but not
 * that of its address (98 requests a second), which would hide everything else.
 */
import type { Bench, FixtureOptions } from '../harness/bench.ts';
import { atLeast, atMost, median, type Measured } from '../harness/comparison.ts';
import type { HerdTally } from '../live/exchange-words.ts';
import { Herd } from '../live/herd.ts';

interface Round {
  readonly bareMs: number;
  readonly herd: HerdTally;
}

async function* rounds({ rounds: total, quick, say }: FixtureOptions): AsyncGenerator<Measured> {
  const size = quick ? { accounts: 20, tasksEach: 10 } : { accounts: 1_000, tasksEach: 10 };
  // The first of each is not counted: nothing is compiled, no socket is open.
  const herd = await Herd.open(size, total + 1);
  try {
    const daemon = herd.installation.daemons.start({ keepsAddressLimits: false });
    const measured: Round[] = [];
    for (let round = 0; round <= total; round += 1) {
      await herd.untilShared([daemon]);
      const bareMs = await herd.bareMs();
      const tally = await herd.roll();
      say(describe({ bareMs, herd: tally }));
      if (round > 0) measured.push({ bareMs, herd: tally });
    }
    yield* comparisons(herd.tasks, size.accounts, measured);
  } finally {
    await herd.close();
  }
}

const describe = ({ bareMs, herd }: Round): string =>
  `bare ${bareMs.toFixed(0)} ms; old legs out after ${herd.lastClosingMs} ms, rolls done after ${herd.lastRolledMs} ms, ` +
  `${herd.orders} orders; accounts ${median(herd.accountsMs)} to ${Math.max(...herd.accountsMs)} ms`;

function* comparisons(tasks: number, accounts: number, measured: readonly Round[]): Generator<Measured> {
  const perSecond = (orders: number, ms: readonly number[]): string =>
    `${Math.round((orders * 1_000) / median(ms))}/s`;
  const words = `${tasks.toLocaleString('en')} tasks of ${accounts.toLocaleString('en')} accounts`;
  const bare = measured.map(({ bareMs }) => bareMs);
  const closing = measured.map(({ herd }) => herd.lastClosingMs);
  const rolled = measured.map(({ herd }) => herd.lastRolledMs);
  yield {
    case: `${words}: orders a second until every leg 1 is out`,
    against: 'bare accept rate of the exchange',
    reach: atLeast(0.5),
    rounds: measured.map(({ bareMs, herd }) => bareMs / herd.lastClosingMs),
    figures: `${perSecond(tasks, closing)} against ${perSecond(tasks, bare)}`,
  };
  yield {
    case: `${words}: orders a second until every roll is done`,
    against: 'bare accept rate of the exchange',
    reach: atLeast(0.5),
    rounds: measured.map(({ bareMs, herd }) => (2 * bareMs) / herd.lastRolledMs),
    figures: `${perSecond(2 * tasks, rolled)} against ${perSecond(tasks, bare)}`,
  };
  yield {
    case: `${words}: slowest account`,
    against: 'median account',
    reach: atMost(2),
    rounds: measured.map(({ herd }) => Math.max(...herd.accountsMs) / median(herd.accountsMs)),
    figures: `${median(measured.map(({ herd }) => Math.max(...herd.accountsMs)))} ms against ${median(measured.map(({ herd }) => median(herd.accountsMs)))} ms`,
  };
}

const bench: Bench = {
  measures: 'one price that wakes every task of every account, against the bare accept rate of the exchange',
  run: rounds,
};

export default bench;
