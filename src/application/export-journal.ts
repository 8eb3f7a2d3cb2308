/** A task's journal as the text of a file, without keys and account names. */
import type { Caller } from './caller.ts';
import { writeJournal } from './journal-file.ts';
import type { Ports } from './ports.ts';
import { showJournal } from './show-journal.ts';

/** The first 10,000 rows as `readJournal` reads them. @throws NotFound when the caller sees no such task */
export async function exportJournal(
  caller: Caller,
  ports: Pick<Ports, 'tasks'>,
  given: string,
): Promise<{ readonly taskId: string; readonly rows: number; readonly text: string }> {
  const { taskId, rows } = await showJournal(caller, ports, given);
  return { taskId, rows: rows.length, text: writeJournal({ taskId, rows }) };
}
