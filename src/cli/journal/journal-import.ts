/** `rollkeeper journal import`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { importJournal } from '../../application/import-journal.ts';
import { readJournal } from '../../application/journal-file.ts';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { decodeText } from '../../files/text-encoding.ts';
import { megabyte, readBounded } from '../../files/bounded-file.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

/** Enough for some ten thousand rolls. */
const maxBytes = 256 * megabyte;

export const journalImportCommand = (): Command =>
  new Command('import')
    .description('Read an exported journal into the database, to look at it and to replay it')
    .argument('<file>', 'a file written by journal export; - reads it from a pipe')
    .addHelpText('after', help)
    .action(async (file: string, options: CommonOptions) => {
      const session = openSession(options, { makesDatabase: true });
      const journal = readJournal(textOf(file), file);
      const { phaseOfRow } = await import('../../replay/replay.ts');
      const phase = phaseOfRow(journal.rows.at(-1));
      await withStore(session, (store) => importJournal(operator, store, { journal, phase }));
      session.out.record({ taskId: journal.taskId, rows: journal.rows.length });
      session.out.say(
        `${journal.rows.length} rows of task ${journal.taskId} are in the archive; no daemon manages this task.`,
      );
      session.out.next(`rollkeeper replay ${journal.taskId}`, `rollkeeper journal ${journal.taskId}`);
    });

function textOf(file: string): string {
  try {
    return decodeText(readBounded(file, maxBytes));
  } catch (error) {
    throw new BadInput('The journal cannot be read', [
      { path: 'file', found: `${file} (${messageOf(error)})`, expected: 'a file that journal export wrote' },
    ]);
  }
}

const help = `
Examples:
  rollkeeper journal import failure.jsonl

Exit codes: 0 imported · 1 failed · 2 not an export, or damaged, or in the database already`;
