/** `rollkeeper replay`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { journalPages } from '../../application/journal-pages.ts';
import { listJournals } from '../../application/list-journals.ts';
import type { Ports } from '../../application/ports.ts';
import { BadInput } from '../../domain/errors.ts';
import { Replay, type ReplayResult } from '../../replay/replay.ts';
import { withStore } from '../shell/database.ts';
import { progressBar } from '../shell/progress-bar.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const replayCommand = (): Command =>
  new Command('replay')
    .description('Play journals through the machines of this program and compare every row')
    .argument('[task]', 'one task: its id, or as much of it as is unique')
    .option('--all', 'every task in the database')
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: CommonOptions & { readonly all?: boolean }) => {
      if ((taskId === undefined) !== (options.all === true))
        throw new BadInput('Nothing to replay', [
          { path: 'task', found: taskId ?? 'nothing', expected: 'the id of a task, or --all' },
        ]);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const tasks = await listJournals(operator, store, taskId ?? null);
        const bar = progressBar(session.out, '| {value} of {total} rows');
        bar?.start(
          tasks.reduce((total, { rows }) => total + rows, 0),
          0,
        );
        let rows = 0;
        let mismatches = 0;
        for (const task of tasks) {
          const result = await replayTask(store, task.taskId, (done) => bar?.increment(done));
          rows += result.rows;
          if (result.mismatch) mismatches += 1;
          session.out.record({ taskId: task.taskId, ...result });
          if (result.mismatch) session.out.say(mismatchText(task.taskId, result.mismatch));
        }
        bar?.stop();
        if (mismatches > 0) process.exitCode = 1;
        session.out.record({ tasks: tasks.length, rows, mismatches });
        session.out.say(
          mismatches === 0
            ? `${tasks.length} journals with ${rows} rows replay byte for byte.`
            : `${mismatches} of ${tasks.length} journals do not replay.`,
        );
      });
    });

/** Plays one journal. @param onRows told how many more rows were read */
export async function replayTask(
  store: Pick<Ports, 'tasks'>,
  taskId: string,
  onRows: (rows: number) => void,
): Promise<ReplayResult> {
  const replay = new Replay();
  for await (const rows of journalPages(operator, store, taskId)) {
    const agrees = replay.feed(rows);
    onRows(rows.length);
    if (!agrees) break;
  }
  replay.stop();
  return replay.result;
}

const mismatchText = (
  taskId: string,
  { version, event, at, journal, replay }: NonNullable<ReplayResult['mismatch']>,
): string =>
  `Task ${taskId}, version ${version} (${event}): ${at} is ${journal} in the journal, ${replay} in the replay`;

const help = `
Nothing is changed and nothing is sent. Run it with a new version of the program before that version's daemon runs on the
database: exit code 1 means that its machines would have decided differently somewhere.

Examples:
  rollkeeper replay k7m2p9qx4d
  rollkeeper replay --all
  rollkeeper replay --all --json              one line per task, and a total

Exit codes: 0 every journal agrees · 1 at least one does not · 2 no such task`;
