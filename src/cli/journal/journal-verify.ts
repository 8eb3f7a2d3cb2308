/** `rollkeeper journal verify`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { verifyJournals, type UnreadPart } from '../../application/verify-journals.ts';
import { sealedText } from '../../domain/explain/sealed-text.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { archiveHelp } from './archive-help.ts';

/** How many of the parts whose files are not here are named. */
const namedMax = 20;

export const journalVerifyCommand = (): Command =>
  new Command('verify')
    .description('Find rows that were edited, removed or moved since they were written')
    .argument('[task]', 'one task (as much of its id as is unique); without it, all tasks')
    .option('--archive <dir>', archiveHelp)
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: CommonOptions & { readonly archive?: string }) => {
      const session = openSession(options);
      const { faults, filesRead, unread } = await withStore(session, (store) =>
        verifyJournals(operator, store, { taskId: taskId ?? null, folder: options.archive }),
      );
      session.out.record({ faults, filesRead, unread });
      for (const { taskId: of, version, problem } of faults)
        session.out.say(`Task ${of}, version ${version}: ${problem}`);
      for (const part of unread.slice(0, namedMax)) session.out.say(unreadText(part));
      if (unread.length > namedMax) session.out.say(`… and ${unread.length - namedMax} more parts.`);
      if (filesRead > 0)
        session.out.say(`Files of archived parts that are as they were sealed: ${filesRead}.`);
      if (faults.length > 0) process.exitCode = 1;
      else
        session.out.say(
          unread.length === 0
            ? 'Every row is as it was written.'
            : 'Every row in the database is as it was written, and follows what is archived.',
        );
    });

const unreadText = (part: UnreadPart): string =>
  `Task ${part.taskId}: ${sealedText([part])}; not looked at: ${part.problem}.`;

const help = `
Each row carries a hash of itself and of all rows before it; the task carries the hash of its last row. Of a part that is archived
the seal in the database has the last hash, which the next row follows; where its file can be read, every row of it is looked at.

Examples:
  rollkeeper journal verify
  rollkeeper journal verify k7m2p9qx4d --json
  rollkeeper journal verify --archive /mnt/archive

With --json: {"faults":[{"taskId":…,"version":…,"problem":…}],"filesRead":…,"unread":[{"taskId":…,"place":…,…}]}

Exit codes: 0 every row as written · 1 at least one is not · 2 no such task`;
