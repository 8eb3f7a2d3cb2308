/** `rollkeeper journal archive`. */
import { Command } from 'commander';
import { archiveJournals } from '../../application/archive-journals.ts';
import { operator } from '../../application/caller.ts';
import type { ArchivedPart } from '../../application/seal-journal.ts';
import { sinceMs } from '../people/people-words.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly older: string;
  readonly to: string;
  readonly dryRun?: boolean;
}

export const journalArchiveCommand = (): Command =>
  new Command('archive')
    .description('Move old rows of journals into compressed files, and keep a seal of them in the database')
    .argument('[task]', 'one task (as much of its id as is unique); without it, all tasks')
    .requiredOption('--older <time>', 'rows written longer ago: 90d, 12h, or before a day like 2027-01-31')
    .requiredOption(
      '--to <dir>',
      'the folder of the archive, made where there is none, or s3://BUCKET/FOLDER',
    )
    .option('--dry-run', 'only say what would be archived')
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: Options) => {
      const session = openSession(options);
      const beforeMs = sinceMs('--older', options.older);
      const isDryRun = options.dryRun === true;
      const { replaying } = await import('../../replay/replay.ts');
      const report = await withStore(session, (store) =>
        archiveJournals(
          operator,
          { ...store, replaying },
          {
            folder: options.to,
            beforeMs,
            isDryRun,
            taskId,
            onProgress: (part) => {
              session.out.record(part);
              session.out.say(partText(part));
            },
          },
        ),
      );
      session.out.record({ isDryRun, beforeMs, ...report });
      for (const { userName, accountName } of report.onHold)
        session.out.say(
          `${userName}/${accountName} is under legal hold: nothing of its journals is archived.`,
        );
      for (const { taskId: of, problem } of report.problems) session.out.say(`Task ${of}: ${problem}.`);
      if (report.problems.length > 0) process.exitCode = 1;
      const what = `${report.rows} rows written before ${timeText(beforeMs)}`;
      session.out.say(
        isDryRun ? `${what} would be archived.` : `${what} are archived, in ${report.bytes} bytes of files.`,
      );
    });

const doneText: Readonly<Record<ArchivedPart['done'], string>> = {
  sealed: 'archived in',
  removed: 'archived before, rows that were left removed:',
  'would be sealed': 'would be archived in',
};

const partText = ({ taskId, fromVersion, toVersion, place, done }: ArchivedPart): string =>
  `Task ${taskId}: versions ${fromVersion}–${toVersion} ${doneText[done]} ${place}`;

const help = `
Of each journal the rows up to the last point between rolls are written to a file, which is read back, hashed and replayed before
its seal is committed; only then the rows are removed. The newest row always stays. Daemons run on meanwhile, and it may be stopped
at any moment and run again: nothing is lost and nothing is done twice. Rolls, ledgers and profit stay in the database.
Keep the files: the seals have their checksums, not their rows. In S3 no object is ever overwritten; it is reached with AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY and AWS_REGION, and stores like MinIO and R2 with AWS_ENDPOINT_URL_S3.

Examples:
  rollkeeper journal archive --older 90d --to /var/lib/rollkeeper/archive --dry-run
  rollkeeper journal archive --older 90d --to /var/lib/rollkeeper/archive
  rollkeeper journal archive --older 90d --to s3://my-bucket/rollkeeper
  rollkeeper journal archive k7m2p9qx4d --older 2027-01-31 --to ./archive --json

With --json: one line for each file, and at the end {"parts":…,"rows":…,"bytes":…,"problems":[…],"onHold":[…]}

Exit codes: 0 archived · 1 failed, or a journal cannot be archived · 2 no such task, wrong time or folder, no key for S3`;
