/** `rollkeeper journal export`. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { exportJournal } from '../../application/export-journal.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const journalExportCommand = (): Command =>
  new Command('export')
    .description('Write a journal to a file: JSON lines with a checksum, without API keys and account ids')
    .argument('<task>', 'its id, or as much of it as is unique')
    .option('--out <file>', 'file to write; default: standard output')
    .addHelpText('after', help)
    .action(async (given: string, options: CommonOptions & { readonly out?: string }) => {
      const session = openSession(options);
      const { taskId, rows, text } = await withStore(session, (store) =>
        exportJournal(operator, store, given),
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

Next, on another database: rollkeeper journal import FILE

Exit codes: 0 written · 1 failed · 2 no such task`;
