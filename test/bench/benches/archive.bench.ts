/**
 * Rows of journals archived a second: written, flushed to the disk, read back, hashed, replayed, sealed and removed, on a real
 * Postgres with fsync. Beside it the rows that a daemon writes which rolls as fast as the exchange lets one address, and the turns
 * that live tasks commit when nothing else holds them up.
 */
import { rm } from 'node:fs/promises';
import { archiveJournals } from '../../../src/application/archive-journals.ts';
import { operator } from '../../../src/application/caller.ts';
import { aRoll } from '../../../src/capacity/estimate.ts';
import { requestLimits } from '../../../src/exchange/bybit/rest/request-budget.ts';
import type { Store } from '../../../src/store/store.ts';
import { openTestStore, query, temporaryDirectory } from '../../support/database.ts';
import { longJournal } from '../../support/long-journal.ts';
import { portsOn } from '../../support/people-fixture.ts';
import type { Bench } from '../harness/bench.ts';
import { atLeast, median } from '../harness/comparison.ts';
import { PersistStage } from '../persist/stage.ts';

interface Size {
  readonly tasks: number;
  /** Of each task, one after the other. */
  readonly rolls: number;
}

/** Stores journals, archives them, and says how many rows a second that was. */
async function rowsPerSecond({
  store,
  round,
  size,
}: {
  store: Store;
  round: number;
  size: Size;
}): Promise<number> {
  for (let task = 0; task < size.tasks; task += 1) {
    const taskId = `archived${round}x${task}`;
    const journal = longJournal({ taskId, times: size.rolls, after: 1 });
    await store.archive.import({ ...journal, phase: 'waiting', rolls: [] });
  }
  const folder = await temporaryDirectory();
  const startedMs = performance.now();
  const report = await archiveJournals(operator, portsOn(store), {
    folder,
    beforeMs: Date.now() + 60_000,
    isDryRun: false,
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  await rm(folder, { recursive: true });
  const [problem] = report.problems;
  if (problem) throw new Error(`task ${problem.taskId}: ${problem.problem}`);
  return report.rows / seconds;
}

const bench: Bench = {
  measures: 'rows of journals archived a second',
  async *run({ rounds, quick, say }) {
    const size: Size = quick ? { tasks: 4, rolls: 4 } : { tasks: 50, rolls: 20 };
    const live = quick ? 50 : 10_000;
    const stage = await PersistStage.open(live);
    const store = await openTestStore(stage.url);
    try {
      const measured: { archived: number; turns: number }[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const turns = await stage.turnsPerSecond(live, quick ? 0.5 : 3);
        const archived = await rowsPerSecond({ store, round, size });
        measured.push({ archived, turns });
        say(`${archived.toFixed(0)} rows archived a second; ${turns.toFixed(0)} turns a second`);
        // The next round is to find its own rows alone.
        await query(stage.url, 'VACUUM journal');
      }
      const archived = measured.map((each) => each.archived);
      const full = rowsOfFullDaemon();
      const kind = `${size.tasks} journals of ${size.rolls} rolls`;
      yield {
        case: kind,
        against: 'the rows of a daemon at the bound of one address',
        reach: atLeast(10),
        rounds: archived.map((each) => each / full),
        figures: `${median(archived).toFixed(0)}/s against ${full.toFixed(0)}/s`,
      };
      const turns = measured.map((each) => each.turns);
      yield {
        case: kind,
        against: `turns of ${live.toLocaleString('en-US')} live tasks without an exchange`,
        reach: atLeast(10),
        rounds: measured.map((each) => each.archived / each.turns),
        figures: `${median(archived).toFixed(0)}/s against ${median(turns).toFixed(0)}/s`,
      };
    } finally {
      await store.close();
      await stage.close();
    }
  },
};

/** Rows a second of a daemon whose requests are all that the exchange takes of one address (`rollkeeper capacity`). */
function rowsOfFullDaemon(): number {
  const { limit, windowMs } = requestLimits.address;
  return ((limit * 1_000) / windowMs / aRoll.requests) * aRoll.turns;
}

export default bench;
