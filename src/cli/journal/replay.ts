/** `rollkeeper replay`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { journalPages, type PagesWanted } from '../../application/journal-pages.ts';
import { listJournals } from '../../application/list-journals.ts';
import { BadInput } from '../../domain/errors.ts';
import { sealedText } from '../../domain/explain/sealed-text.ts';
import type { SealedPart } from '../../ports/seal.ts';
import { mismatchText, Replay, type ReplayResult } from '../../replay/replay.ts';
import { withStore, type OpenStore } from '../shell/database.ts';
import { progressBar } from '../shell/progress-bar.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { archiveHelp } from './archive-help.ts';

interface Options extends CommonOptions {
  readonly all?: boolean;
  readonly archive?: string;
}

export const replayCommand = (): Command =>
  new Command('replay')
    .description('Play journals through the machines of this program and compare every row')
    .argument('[task]', 'one task: its id, or as much of it as is unique')
    .option('--all', 'every task in the database')
    .option('--archive <dir>', archiveHelp)
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: Options) => {
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
        let away = 0;
        for (const { taskId: of } of tasks) {
          const wanted = { taskId: of, folder: options.archive };
          const { sealed, ...result } = await replayTask(store, wanted, (done) => bar?.increment(done));
          rows += result.rows;
          away += sealed.length;
          if (result.mismatch) mismatches += 1;
          session.out.record({ taskId: of, ...result, sealed });
          for (const part of sealed)
            session.out.say(`Task ${of}: ${sealedText([part])}; not replayed: ${part.problem}.`);
          if (result.mismatch) session.out.say(`Task ${of}, ${mismatchText(result.mismatch)}`);
        }
        bar?.stop();
        if (mismatches > 0) process.exitCode = 1;
        session.out.record({ tasks: tasks.length, rows, mismatches });
        session.out.say(
          mismatches === 0
            ? `${tasks.length} journals with ${rows} rows replay byte for byte${away === 0 ? '' : ', without what is archived'}.`
            : `${mismatches} of ${tasks.length} journals do not replay.`,
        );
      });
    });

export interface Replayed extends ReplayResult {
  /** Parts that are archived and could not be read: the replay goes on after each. */
  readonly sealed: readonly (SealedPart & { readonly problem: string })[];
}

/** Plays one journal. @param onRows told how many more rows were read */
export async function replayTask(
  store: Pick<OpenStore, 'tasks' | 'sealedFiles'>,
  wanted: PagesWanted,
  onRows: (rows: number) => void,
): Promise<Replayed> {
  const replay = new Replay();
  const sealed: (SealedPart & { readonly problem: string })[] = [];
  for await (const part of journalPages(operator, store, wanted)) {
    if (part.kind === 'sealed') {
      const { fromVersion, toVersion, place, sealedAtMs } = part.part;
      sealed.push({ fromVersion, toVersion, place, sealedAtMs, problem: part.problem });
      onRows(toVersion - fromVersion + 1);
    } else onRows(part.rows.length);
    if (!(part.kind === 'sealed' ? replay.goOnAfter(part.last) : replay.feed(part.rows))) break;
  }
  replay.stop();
  return { ...replay.result, sealed };
}

const help = `
Nothing is changed and nothing is sent. Run it with a new version of the program before that version's daemon runs on the
database: exit code 1 means that its machines would have decided differently somewhere. A part that is archived is read from its
file; where that is not here, the replay goes on after it.

Examples:
  rollkeeper replay k7m2p9qx4d
  rollkeeper replay --all
  rollkeeper replay --all --json              one line per task, and a total

Exit codes: 0 every journal agrees · 1 at least one does not · 2 no such task`;
