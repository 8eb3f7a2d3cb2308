/**
 * Does a daemon stay as it is? Half an hour of ticks and rolls through a real daemon; its last five minutes are compared
 * with its first five, after a minute in which code is compiled and connections are made. Each of both is cut into as
 * many parts as there are rounds. A roll under way holds sockets and listeners, so the fewest of a part are counted.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost, median, type Measured, type Reach } from '../harness/comparison.ts';
import { openSoakWorld, type Sample } from '../many/soak-world.ts';

interface Lengths {
  readonly warmUpMs: number;
  readonly totalMs: number;
  readonly windowMs: number;
  readonly sampleMs: number;
}

const usual: Lengths = { warmUpMs: 60_000, totalMs: 1_800_000, windowMs: 300_000, sampleMs: 5_000 };
const short: Lengths = { warmUpMs: 8_000, totalMs: 40_000, windowMs: 10_000, sampleMs: 500 };

type Part = readonly Sample[];

interface Property {
  readonly name: string;
  readonly reach: Reach;
  readonly of: (part: Part) => number;
  readonly words: (value: number) => string;
}

const properties: readonly Property[] = [
  {
    name: 'heap after a collection',
    reach: atMost(1.1),
    of: (part) => median(part.map(({ heapBytes }) => heapBytes)),
    words: (bytes) => `${(bytes / 1e6).toFixed(1)} MB`,
  },
  {
    name: 'event-loop lag, p99',
    reach: atMost(1.5),
    of: (part) => median(part.map(({ lagMs }) => lagMs)),
    words: (ms) => `${ms.toFixed(1)} ms`,
  },
  {
    name: 'open handles',
    reach: atMost(1),
    of: (part) => Math.min(...part.map(({ resources }) => resources)),
    words: (total) => total.toFixed(0),
  },
  {
    name: 'event listeners',
    reach: atMost(1),
    of: (part) => Math.min(...part.map(({ listeners }) => listeners)),
    words: (total) => total.toFixed(0),
  },
];

interface Window {
  readonly fromMs: number;
  readonly windowMs: number;
}

/** The window in parts of equal length, each with the samples that fall into it. */
function partsOf(samples: readonly Sample[], { fromMs, windowMs }: Window, total: number): Part[] {
  const partMs = windowMs / total;
  return Array.from({ length: total }, (_, at) => {
    const beginMs = fromMs + at * partMs;
    return samples.filter(({ atMs }) => atMs >= beginMs && atMs < beginMs + partMs);
  });
}

function compare(
  property: Property,
  { first, last }: { readonly first: readonly Part[]; readonly last: readonly Part[] },
  rolls: string,
): Measured {
  const before = first.map(property.of);
  const after = last.map(property.of);
  return {
    case: `${property.name}, last minutes`,
    against: 'the first ones',
    reach: property.reach,
    rounds: after.map((value, at) => value / (before[at] ?? Number.NaN)),
    figures: `${property.words(median(after))} against ${property.words(median(before))}; ${rolls}`,
  };
}

const describe = ({ heapBytes, rssBytes, lagMs, resources, listeners }: Sample): string =>
  `heap ${(heapBytes / 1e6).toFixed(1)} MB of ${(rssBytes / 1e6).toFixed(0)}, lag ${lagMs.toFixed(1)} ms, ${resources} handles, ${listeners} listeners`;

const bench: Bench = {
  measures: 'heap, lag, handles and listeners of a daemon at work, last minutes against first',
  async *run({ rounds, quick, say }) {
    const { warmUpMs, totalMs, windowMs, sampleMs } = quick ? short : usual;
    const world = await openSoakWorld(sampleMs);
    try {
      await world.play(warmUpMs);
      const startMs = world.samples().at(-1)?.atMs ?? 0;
      let [done, doneAtFirst] = [await world.rollsDone(), 0];
      for (let playedMs = 0; playedMs < totalMs; playedMs += windowMs) {
        await world.play(windowMs);
        const sample = world.samples().at(-1);
        const before = done;
        done = await world.rollsDone();
        if (playedMs === 0) doneAtFirst = done - before;
        if (done === before) throw new Error('no task rolls any more');
        if (sample) say(`${done - before} rolls; ${describe(sample)}`);
      }
      const samples = world.samples();
      const endMs = samples.at(-1)?.atMs ?? 0;
      const first = partsOf(samples, { fromMs: startMs, windowMs }, rounds);
      const last = partsOf(samples, { fromMs: endMs - windowMs, windowMs }, rounds);
      const rolls = `${done} rolls, ${doneAtFirst} of them at first`;
      for (const property of properties) yield compare(property, { first, last }, rolls);
    } finally {
      await world.close();
    }
  },
};

export default bench;
