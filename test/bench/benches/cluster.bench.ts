/**
 * Three daemons on one database: what they carry together beside one alone on the same machine, and how long the tasks of
 * one that is killed in the middle of a herd stand still. One daemon, the exchange and Postgres fill two cores already, so
 * there three are to be no slower, not faster. A leg that trades twice ends the bench.
 */
import type { Bench, FixtureOptions } from '../harness/bench.ts';
import { atLeast, atMost, median, type Measured } from '../harness/comparison.ts';
import type { Daemon } from '../live/daemons.ts';
import { Herd } from '../live/herd.ts';
import { takeOver, type Takeover } from '../live/takeover.ts';

const takeoverMaxMs = 5_000;
const daemonsTotal = 3;

async function* run({ rounds, quick, say }: FixtureOptions): AsyncGenerator<Measured> {
  const size = quick ? { accounts: 24, tasksEach: 2 } : { accounts: 384, tasksEach: 3 };
  const herd = await Herd.open(size);
  try {
    const start = (): Daemon => herd.installation.daemons.start({ keepsAddressLimits: false });
    const daemons = [start()];
    const alone = await rolls(herd, daemons, rounds);
    say(`one daemon: ${perSecond(herd, alone)}`);
    while (daemons.length < daemonsTotal) daemons.push(start());
    const together = await rolls(herd, daemons, rounds);
    say(`three daemons: ${perSecond(herd, together)}`);
    const words = `${herd.tasks.toLocaleString('en')} tasks of ${size.accounts} accounts`;
    yield {
      case: `${words}: rolls a second of three daemons`,
      against: 'one daemon on the same machine',
      reach: atLeast(0.9),
      rounds: together.map((ms, round) => (alone[round] ?? Number.NaN) / ms),
      figures: `${perSecond(herd, together)} against ${perSecond(herd, alone)}`,
    };
    const takeovers: Takeover[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await herd.untilShared(daemons);
      const [victim, ...others] = daemons.splice(0) as [Daemon, ...Daemon[]];
      const takeover = await takeOver(herd, victim);
      takeovers.push(takeover);
      daemons.push(...others, start());
      say(describe(takeover));
    }
    for (const [name, key] of [
      ['every task of a killed daemon is owned', 'ownedMs'],
      ['every roll that it had begun to trade has moved', 'movedMs'],
    ] as const)
      yield {
        case: `${words}: until ${name}`,
        against: '5 s',
        reach: atMost(1),
        rounds: takeovers.map((takeover) => takeover[key] / takeoverMaxMs),
        figures: `${(Math.max(...takeovers.map((takeover) => takeover[key])) / 1_000).toFixed(2)} s at most; nothing twice`,
      };
  } finally {
    await herd.close();
  }
}

/** How long each herd took, ms; the first one, in which code is compiled and connections are made, is not counted. */
async function rolls(herd: Herd, daemons: readonly Daemon[], rounds: number): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await herd.untilShared(daemons);
    const { lastRolledMs } = await herd.roll();
    if (round > 0) took.push(lastRolledMs);
  }
  return took;
}

const perSecond = ({ tasks }: Herd, ms: readonly number[]): string =>
  `${Math.round((tasks * 1_000) / median(ms))} rolls/s`;

const describe = ({ tasks, begun, ownedMs, movedMs }: Takeover): string =>
  `killed with ${tasks} tasks, ${begun} of them trading: owned after ${ownedMs.toFixed(0)} ms, those moved after ${movedMs.toFixed(0)} ms`;

const bench: Bench = {
  measures: 'three daemons beside one, and how long the tasks of a killed one stand still',
  run,
};

export default bench;
