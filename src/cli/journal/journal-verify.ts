/** `rollkeeper journal verify`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { verifyJournals } from '../../application/verify-journals.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const journalVerifyCommand = (): Command =>
  new Command('verify')
    .description('Find rows that were edited, removed or moved since they were written')
    .argument('[task]', 'one task (as much of its id as is unique); without it, all tasks')
    .addHelpText('after', help)
    .action(async (taskId: string | undefined, options: CommonOptions) => {
      const session = openSession(options);
      const faults = await withStore(session, (store) => verifyJournals(operator, store, taskId ?? null));
      session.out.record({ faults });
      for (const { taskId: of, version, problem } of faults)
        session.out.say(`Task ${of}, version ${version}: ${problem}`);
      if (faults.length > 0) process.exitCode = 1;
      else session.out.say('Every row is as it was written.');
    });

const help = `
Each row carries a hash of itself and of all rows before it; the task carries the hash of its last row.

Examples:
  rollkeeper journal verify
  rollkeeper journal verify k7m2p9qx4d --json

With --json: {"faults":[{"taskId":…,"version":…,"problem":…}]}

Exit codes: 0 every row as written · 1 at least one is not · 2 no such task`;
