/**
 * Durable transitions a second of live task actors: an event goes in, the machine moves, its deep snapshot is taken, and
 * the commit is acknowledged by a real Postgres with fsync, before the next event of that task. Beside it what Postgres
 * gives to 16 clients that commit one such row each at a time, over the same tables, and what DBOS and Restate make of
 * as many machines, each at the load where it is fastest, too.
 */
import type { Bench, BenchOptions } from '../harness/bench.ts';
import { atLeast, type Measured, type Reach } from '../harness/comparison.ts';
import { missingPeers } from '../peers/folder.ts';
import { runDbos, runRestate, type PeerSpeed } from '../peers/run.ts';
import { PersistStage } from '../persist/stage.ts';

interface Round {
  readonly turns: ReadonlyMap<number, number>;
  readonly commits: number;
  readonly dbos: PeerSpeed | null;
  readonly restate: PeerSpeed | null;
}

async function measure(
  stage: PersistStage,
  { quick }: BenchOptions,
  sizes: readonly number[],
  withPeers: boolean,
): Promise<Round> {
  const seconds = quick ? 0.5 : 3;
  const turns = new Map<number, number>();
  for (const size of sizes) turns.set(size, await stage.turnsPerSecond(size, seconds));
  const commits = await stage.commitsPerSecond(seconds);
  // Where they are fastest lies between; more of them is slower.
  const loads = quick ? [50] : [1, 50, 200];
  const dbos = withPeers ? await runDbos(stage.url, seconds, loads) : null;
  const restate = withPeers ? await runRestate(seconds, loads) : null;
  return { turns, commits, dbos, restate };
}

function* comparisons(rounds: readonly Round[], most: number, withPeers: boolean): Generator<Measured, void> {
  const compare = (
    tasks: number,
    against: string,
    reach: Reach,
    other: (round: Round) => number | undefined,
  ): Measured => {
    const ours = rounds.map(({ turns }) => turns.get(tasks) ?? 0);
    const others = rounds.map((round) => other(round) ?? Number.NaN);
    return {
      case: `${tasks.toLocaleString('en-US')} tasks`,
      against,
      reach,
      rounds: ours.map((value, round) => value / (others[round] ?? 0)),
      figures: `${Math.max(...ours).toFixed(0)}/s against ${Math.max(...others).toFixed(0)}/s`,
    };
  };
  yield compare(most, 'single commits of 16 clients', atLeast(1.7), ({ commits }) => commits);
  if (!withPeers) return;
  yield compare(most, "DBOS steps, DBOS's best", atLeast(25), ({ dbos }) => dbos?.best);
  yield compare(
    most,
    "Restate + @restatedev/xstate, Restate's best",
    atLeast(35),
    ({ restate }) => restate?.best,
  );
  yield compare(50, 'DBOS steps of 50 workflows', atLeast(7), ({ dbos }) => dbos?.at.get(50));
  yield compare(50, 'Restate + @restatedev/xstate, 50 objects', atLeast(10), ({ restate }) =>
    restate?.at.get(50),
  );
}

const bench: Bench = {
  measures: 'durable transitions a second of live task actors',
  async *run(options) {
    const sizes = options.quick ? [1, 50, 200] : [1, 50, 10_000];
    const most = Math.max(...sizes);
    const missing = missingPeers();
    if (missing !== null) options.say(`compared with single commits only: ${missing}`);
    const stage = await PersistStage.open(most);
    try {
      const rounds: Round[] = [];
      for (let round = 0; round < options.rounds; round += 1) {
        const measured = await measure(stage, options, sizes, missing === null);
        rounds.push(measured);
        options.say(describe(measured));
      }
      yield* comparisons(rounds, most, missing === null);
    } finally {
      await stage.close();
    }
  },
};

function describe({ turns, commits, dbos, restate }: Round): string {
  const list = (speeds: ReadonlyMap<number, number>): string =>
    [...speeds].map(([size, speed]) => `${speed.toFixed(0)} with ${size}`).join(', ');
  const peers = [dbos && `DBOS ${list(dbos.at)}`, restate && `Restate ${list(restate.at)}`];
  return [`a second: ${list(turns)} tasks`, `ceiling ${commits.toFixed(0)}`, ...peers.filter(Boolean)].join(
    '; ',
  );
}

export default bench;
