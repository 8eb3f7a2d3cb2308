/** A task's journal as the text of a file, without keys and account names. */
import { BadInput } from '../domain/errors.ts';
import { sealedText } from '../domain/explain/sealed-text.ts';
import type { ExportedRow } from '../ports/journal-keeping.ts';
import type { Caller } from './caller.ts';
import { findTask } from './find-task.ts';
import { writeJournal } from './journal-file.ts';
import { journalPages, type PagesWanted } from './journal-pages.ts';
import type { ShellPorts } from './ports.ts';

const rowsMax = 10_000;

/**
 * The first 10,000 rows as `readJournal` reads them, also those that are archived.
 * @throws NotFound when the caller sees no such task; BadInput when an archived part of it cannot be read
 */
export async function exportJournal(
  caller: Caller,
  ports: Pick<ShellPorts, 'tasks' | 'sealedFiles'>,
  { taskId: given, folder }: PagesWanted,
): Promise<{ readonly taskId: string; readonly rows: number; readonly text: string }> {
  const { taskId } = await findTask(caller, ports, given);
  const rows: ExportedRow[] = [];
  for await (const page of journalPages(caller, ports, { taskId, folder })) {
    if (page.kind === 'sealed')
      throw new BadInput('The journal is not here as a whole', [
        {
          path: taskId,
          found: `${sealedText([page.part])}, and ${page.problem}`,
          expected: 'the folder where the archive lies now',
        },
      ]);
    rows.push(...page.rows.slice(0, rowsMax - rows.length));
    if (rows.length >= rowsMax) break;
  }
  return { taskId, rows: rows.length, text: writeJournal({ taskId, rows }) };
}
