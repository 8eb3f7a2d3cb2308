/** `rollkeeper journal export`. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { exportJournal } from '../../application/export-journal.ts';
import { withStore } from '../shell/database.ts';
import { archiveHelp } from './archive-help.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly out?: string;
  readonly archive?: string;
}

export const journalExportCommand = (): Command =>
  new Command('export')
    .description('Write a journal to a file: JSON lines with a checksum, without API keys and account ids')
    .argument('<task>', 'its id, or as much of it as is unique')
    .option('--archive <dir>', archiveHelp)
    .option('--out <file>', 'file to write; default: standard output')
    .addHelpText('after', help)
    .action(async (given: string, options: Options) => {
      const session = openSession(options);
      const { taskId, rows, text } = await withStore(session, (store) =>
        exportJournal(operator, store, { taskId: given, folder: options.archive }),
      );
      if (options.out === undefined) {
        process.stdout.write(text);
        return;
      }
      writeFileSync(options.out, text);
      session.out.record({ taskId, rows, file: options.out });
      session.out.say(`${rows} rows of task ${taskId} are in ${options.out}.`);
    });

const help = `
Examples:
  rollkeeper journal export k7m2p9qx4d > failure.jsonl
  rollkeeper journal export k7m2p9qx4d --out failure.jsonl

What is archived is read from its files: with --archive from where they lie now.

Next, on another database: rollkeeper journal import FILE

Exit codes: 0 written · 1 failed · 2 no such task, or an archived part of it is not here`;
