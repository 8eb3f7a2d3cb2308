/** `rollkeeper restore`. What was restored trades nothing until a person has looked: the exchange may know of later orders. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { haltTrading } from '../../application/halt-trading.ts';
import { listJournals } from '../../application/list-journals.ts';
import { verifyJournals } from '../../application/verify-journals.ts';
import { Terminal } from '../../domain/errors.ts';
import { minuteText } from '../../domain/explain/halt-text.ts';
import { replayTask } from '../journal/replay.ts';
import { restoreFrom } from '../shell/backups.ts';
import type { OpenStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const restoreCommand = (): Command =>
  new Command('restore')
    .description('Make a data directory from a backup, verified and halted')
    .argument('<backup>', 'a directory that rollkeeper backup has made')
    .addHelpText('after', help)
    .action(async (backup: string, options: CommonOptions) => {
      const session = openSession(options);
      const restored = await restoreFrom(session, backup, async (store, takenAtMs) => {
        const found = await verified(store);
        const reason = `restored from a backup of ${minuteText(takenAtMs)} UTC: compare what tasks hold with the exchange`;
        await haltTrading(operator, store, { isEverywhere: true, waitMs: 0, reason });
        return { takenAtMs, ...found };
      });
      const { tasks, rows, takenAtMs } = restored;
      session.out.record(restored);
      session.out.say(
        `Restored what was there at ${minuteText(takenAtMs)} UTC: ${tasks} tasks, ${rows} rows of journals, which verify and replay.`,
      );
      session.out.say('Trading is halted everywhere: what the exchange did since then is not in it.');
      session.out.next('rollkeeper start', 'rollkeeper task list', 'rollkeeper resume');
    });

/** @throws Terminal naming the first row that is not as it was written, or that the machines do not agree with */
async function verified(store: OpenStore): Promise<{ readonly tasks: number; readonly rows: number }> {
  const { faults } = await verifyJournals(operator, store, { taskId: null });
  const [fault] = faults;
  if (fault) throw damaged(fault.taskId, `version ${fault.version}: ${fault.problem}`);
  const journals = await listJournals(operator, store, null);
  let rows = 0;
  for (const { taskId } of journals) {
    const result = await replayTask(store, { taskId }, () => undefined);
    if (result.mismatch) throw damaged(taskId, `version ${result.mismatch.version} does not replay`);
    rows += result.rows;
  }
  return { tasks: journals.length, rows };
}

const damaged = (taskId: string, what: string): Terminal =>
  new Terminal(`Nothing was restored. Task ${taskId}, ${what}. Restore another backup.`);

const help = `
The data directory must be empty or not there yet. Every file is compared with the backup's list, the database recovers, every journal is
verified and replayed; only then the directory gets its name. Trading is halted everywhere in it, because the exchange may have done more since
the backup: start the daemon, compare what tasks hold with the exchange, and resume. Daemons of the old database must not run any more.

Examples:
  rollkeeper restore /backups/rollkeeper-2026-12-01 --data ./restored
  rollkeeper restore ./copy --data ./restored --json

With --json: {"takenAtMs":…,"tasks":…,"rows":…}

Exit codes: 0 restored · 1 damaged, or failed · 2 no backup, or the data directory is not empty`;
