/** `rollkeeper journal export`. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { knownTask } from '../task/task-show.ts';

export const journalExportCommand = (): Command =>
  new Command('export')
    .description('Write a journal to a file: JSON lines with a checksum, without keys and accounts')
    .argument('<task>', 'the task')
    .option('--out <file>', 'where to; default: standard output')
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly out?: string }) => {
      const session = openSession(options);
      const rows = await withStore(session, async (store) => {
        await knownTask(store, taskId);
        return store.tasks.journalRows(taskId);
      });
      const { writeJournal } = await import('../../store/journal/journal-archive.ts');
      const text = writeJournal({ taskId, rows });
      if (options.out === undefined) {
        process.stdout.write(text);
        return;
      }
      writeFileSync(options.out, text);
      session.out.record({ taskId, rows: rows.length, file: options.out });
      session.out.say(`${rows.length} rows of task ${taskId} are in ${options.out}.`);
    });

const help = `
Examples:
  rollkeeper journal export k7m2p9qx4d > failure.jsonl
  rollkeeper journal export k7m2p9qx4d --out failure.jsonl

Next: rollkeeper journal import FILE, elsewhere

Exit codes: 0 written · 1 failed · 2 no such task`;
