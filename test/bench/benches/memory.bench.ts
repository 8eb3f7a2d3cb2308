/**
 * What a waiting task costs in memory, armed by a whole supervisor, beside a bare actor over the same snapshot. Each side
 * is measured in the same heap after everything of the other is gone, with forced collections before and after.
 */
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';
import { armedSupervisor } from '../many/armed-supervisor.ts';
import { bareActor, storedTask } from '../many/waiting-tasks.ts';

const boundBytes = 4e9;

/** The memory that `make` leaves behind, bytes; what it made is let go afterwards. */
async function bytesOf(make: () => unknown): Promise<number> {
  const before = await settledBytes();
  const made: unknown[] = [await make()];
  const after = await settledBytes();
  made.length = 0;
  return after - before;
}

async function settledBytes(): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const bareActors = (total: number): unknown =>
  Array.from({ length: total }, (_, at) => bareActor(storedTask(at)));

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(2)} kB`;

const bench: Bench = {
  measures: 'bytes per armed task',
  async *run({ rounds, quick, say }) {
    const size = quick ? 2_000 : 100_000;
    const many = quick ? 5_000 : 1_000_000;
    const ratios: number[] = [];
    let [waiting, bare] = [0, 0];
    for (let round = 0; round < rounds; round += 1) {
      waiting = (await bytesOf(() => armedSupervisor(size))) / size;
      bare = (await bytesOf(() => bareActors(size))) / size;
      ratios.push(waiting / bare);
      say(`round ${round + 1}: ${kilobytes(waiting)} a waiting task, ${kilobytes(bare)} a bare actor`);
    }
    yield {
      case: `${size.toLocaleString('en-US')} armed tasks`,
      against: 'as many bare actors',
      reach: atMost(1.3),
      rounds: ratios,
      figures: `${kilobytes(waiting)} against ${kilobytes(bare)} a task`,
    };
    const totals: number[] = [];
    for (let round = 0; round < rounds; round += 1) totals.push(await bytesOf(() => armedSupervisor(many)));
    yield {
      case: `${many.toLocaleString('en-US')} armed tasks`,
      against: '4 GB',
      reach: atMost(1),
      rounds: totals.map((bytes) => bytes / boundBytes),
      figures: `${(Math.max(...totals) / 1e9).toFixed(2)} GB`,
    };
  },
};

export default bench;
