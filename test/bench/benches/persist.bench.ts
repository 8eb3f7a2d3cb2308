/**
 * Durable transitions a second of live task actors: an event goes in, the machine moves, its deep snapshot is taken, and
 * the commit is acknowledged by a real Postgres with fsync, before the next event of that task. One transition is a
 * PAUSE or a RESUME of a waiting task: one turn, one record, and no exchange. Beside it what Postgres gives to 16
 * clients that commit one such row each at a time, over the same tables, and what DBOS and Restate make of as many
 * machines, each at the load where it is fastest, too.
 */
import { messageOf } from '../../../src/domain/errors.ts';
import type { Bench, FixtureOptions } from '../harness/bench.ts';
import { atLeast, median, type Measured, type Reach } from '../harness/comparison.ts';
import { missingPeers } from '../peers/folder.ts';
import { runDbos, runRestate, type PeerOrder, type PeerSpeed } from '../peers/run.ts';
import { PersistStage } from '../persist/stage.ts';

interface Round {
  readonly turns: ReadonlyMap<number, number>;
  readonly commits: number;
  /** By name; without those that could not be measured. */
  readonly peers: ReadonlyMap<string, PeerSpeed>;
}

interface Peer {
  readonly name: string;
  /** What one of its machines is called, and what it makes. */
  readonly machines: string;
  readonly makes: string;
  /** Numbers of machines; it is slower below and beyond. */
  readonly loads: readonly number[];
  readonly reachOfMost: number;
  readonly reachAt50: number;
  measure(order: PeerOrder, databaseUrl: string): Promise<PeerSpeed>;
}

const peers: readonly Peer[] = [
  {
    name: 'DBOS',
    machines: 'workflows',
    makes: 'DBOS steps',
    loads: [1, 16, 50, 200],
    reachOfMost: 25,
    reachAt50: 7,
    measure: (order, databaseUrl) => runDbos(databaseUrl, order),
  },
  {
    name: 'Restate',
    machines: 'objects',
    makes: 'Restate + @restatedev/xstate',
    loads: [1, 50, 200, 500],
    reachOfMost: 35,
    reachAt50: 10,
    measure: (order) => runRestate(order),
  },
];

/** The peers of one run: one that fails is reported at once, and not measured again. */
class Peers {
  readonly failures: Error[] = [];
  readonly #options: FixtureOptions;
  #able: readonly Peer[];

  constructor(options: FixtureOptions) {
    this.#options = options;
    const missing = missingPeers();
    if (missing !== null) options.say(`compared with single commits only: ${missing}`);
    this.#able = missing === null ? peers : [];
  }

  async measure(seconds: number, databaseUrl: string): Promise<ReadonlyMap<string, PeerSpeed>> {
    const speeds = new Map<string, PeerSpeed>();
    for (const peer of this.#able) {
      const loads = this.#options.quick ? [50] : peer.loads;
      try {
        speeds.set(peer.name, await peer.measure({ seconds, loads }, databaseUrl));
      } catch (error) {
        this.#able = this.#able.filter((other) => other !== peer);
        const failure = `not compared with ${peer.name}: ${messageOf(error)}`;
        this.failures.push(new Error(failure, { cause: error }));
        this.#options.say(failure);
      }
    }
    return speeds;
  }
}

/** What our turns are compared with. */
interface Opponent {
  readonly name: string;
  readonly speedIn: (round: Round) => number | undefined;
}

function* comparisons(rounds: readonly Round[], most: number): Generator<Measured, void> {
  const compare = (tasks: number, reach: Reach, { name, speedIn }: Opponent): Measured => {
    const ours = rounds.map(({ turns }) => turns.get(tasks) ?? Number.NaN);
    const others = rounds.map((round) => speedIn(round) ?? Number.NaN);
    return {
      case: `${tasks.toLocaleString('en-US')} tasks`,
      against: name,
      reach,
      rounds: ours.map((value, round) => value / (others[round] ?? Number.NaN)),
      figures: `${median(ours).toFixed(0)}/s against ${median(others).toFixed(0)}/s`,
    };
  };
  yield compare(most, atLeast(1.7), {
    name: 'single commits of 16 clients',
    speedIn: ({ commits }) => commits,
  });
  for (const { name, makes, machines, reachOfMost, reachAt50 } of peers) {
    if (!rounds.every((round) => round.peers.has(name))) continue;
    const speeds = (round: Round): PeerSpeed | undefined => round.peers.get(name);
    const fastest = [...new Set(rounds.map((round) => speeds(round)?.bestLoad))].join(' or ');
    const best = compare(most, atLeast(reachOfMost), {
      name: `${makes}, ${name}'s best`,
      speedIn: (round) => speeds(round)?.best,
    });
    yield { ...best, figures: `${best.figures} (${fastest} ${machines})` };
    yield compare(50, atLeast(reachAt50), {
      name: `${makes}, 50 ${machines}`,
      speedIn: (round) => speeds(round)?.at.get(50),
    });
  }
}

const bench: Bench = {
  measures: 'durable transitions a second of live task actors',
  async *run(options) {
    const sizes = options.quick ? [1, 50, 200] : [1, 50, 10_000];
    const seconds = options.quick ? 0.5 : 3;
    const most = Math.max(...sizes);
    const others = new Peers(options);
    const stage = await PersistStage.open(most);
    try {
      const rounds: Round[] = [];
      for (let at = 0; at < options.rounds; at += 1) {
        const turns = new Map<number, number>();
        for (const size of sizes) turns.set(size, await stage.turnsPerSecond(size, seconds));
        const commits = await stage.commitsPerSecond(seconds);
        const round = { turns, commits, peers: await others.measure(seconds, stage.url) };
        rounds.push(round);
        options.say(describe(round));
      }
      yield* comparisons(rounds, most);
    } finally {
      await stage.close();
    }
    if (others.failures.length > 0) throw new AggregateError(others.failures, 'not every peer was measured');
  },
};

function describe({ turns, commits, peers }: Round): string {
  const list = (speeds: ReadonlyMap<number, number>): string =>
    [...speeds].map(([size, speed]) => `${speed.toFixed(0)} with ${size}`).join(', ');
  return [
    `a second: ${list(turns)} tasks`,
    `ceiling ${commits.toFixed(0)}`,
    ...[...peers].map(([name, { at }]) => `${name} ${list(at)}`),
  ].join('; ');
}

export default bench;
