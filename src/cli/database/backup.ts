/** `rollkeeper backup`. */
import { Command } from 'commander';
import { backUpTo } from '../shell/backups.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { shellWord } from '../shell/shell-word.ts';

const megabyte = 1_000_000;

export const backupCommand = (): Command =>
  new Command('backup')
    .description('Copy the embedded database while the daemon goes on')
    .requiredOption('--to <dir>', 'a directory that is not there yet')
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly to: string }) => {
      const session = openSession(options);
      const backup = await backUpTo(session, options.to);
      session.out.record(backup);
      const megabytes = Math.ceil(backup.bytes / megabyte);
      session.out.say(`Backed up to ${backup.place}: ${backup.files} files, ${megabytes} MB.`);
      if (backup.removed.length > 0)
        session.out.say(`Removed what backups that were killed had left: ${backup.removed.join(', ')}.`);
      session.out.say('API secrets in it can be opened with ENCRYPTION_KEY only: keep that somewhere else.');
      session.out.next(`rollkeeper restore ${shellWord(options.to)} --data NEW-DIRECTORY`);
    });

const help = `
The copy is consistent, as of the moment at which it ends. Every file is written through to the disk and listed with its SHA-256 in
backup.json; a backup that was interrupted leaves no directory of that name. What one that was killed has left beside it (NAME.part-…) is
removed by the next. A Postgres of your own (DATABASE_URL) is backed up by its own means.

Examples:
  rollkeeper backup --to /backups/rollkeeper-2026-12-01
  rollkeeper backup --data ~/rolls --to ./copy --json

With --json: {"place":…,"takenAtMs":…,"files":…,"bytes":…,"removed":[…]}

Exit codes: 0 backed up · 1 failed · 2 the directory is there already, or no embedded database`;
