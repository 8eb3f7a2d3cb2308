/** Stores an exported journal in the database, under an account that no daemon manages. */
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import { actOf, assertOperator, type Caller } from './caller.ts';
import type { ExportedJournal } from '../ports/journal-keeping.ts';
import type { Ports } from './ports.ts';

export interface ImportedJournal {
  readonly journal: ExportedJournal;
  /** What the chart says of the state of the last row. */
  readonly phase: TaskPhase;
}

/**
 * Stores every row, or nothing.
 * @throws NotAllowed to users; BadInput when the task exists already, or the database refuses a value
 */
export async function importJournal(
  caller: Caller,
  { archive }: Pick<Ports, 'archive'>,
  { journal, phase }: ImportedJournal,
): Promise<void> {
  assertOperator(caller, 'import journals');
  await archive.import(journal, phase, actOf(caller));
}
