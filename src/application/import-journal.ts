/** Puts an exported journal into the database, into an account that no daemon serves. */
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import { assertOperator, type Caller } from './caller.ts';
import type { ExportedJournal } from '../ports/journal-keeping.ts';
import type { Ports } from './ports.ts';

export interface ImportedJournal {
  readonly journal: ExportedJournal;
  /** What the chart says of the state of the last row. */
  readonly phase: TaskPhase;
}

/** @throws NotAllowed to users; BadInput when the task is there already, or a value cannot be stored */
export async function importJournal(
  caller: Caller,
  { archive }: Pick<Ports, 'archive'>,
  { journal, phase }: ImportedJournal,
): Promise<void> {
  assertOperator(caller, 'import journals');
  await archive.import(journal, phase);
}
