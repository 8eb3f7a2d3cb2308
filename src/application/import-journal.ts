/** Stores an exported journal in the database, under an account that no daemon manages. */
import { BadInput, messageOf } from '../domain/errors.ts';
import { rollsIn, type RollTurn } from '../domain/explain/roll-timing.ts';
import type { RollContext } from '../domain/roll/roll-context.ts';
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import { actOf, assertOperator, type Caller } from './caller.ts';
import type { ExportedJournal, ExportedRow, JournalToImport } from '../ports/journal-keeping.ts';
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
  const rolls = rollsOf(journal);
  await archive.import({ ...journal, phase, rolls }, actOf(caller));
}

/** @throws BadInput when a snapshot holds a roll that is none: a file may come from elsewhere */
function rollsOf({ taskId, rows }: ExportedJournal): JournalToImport['rolls'] {
  try {
    return rollsIn(rows.map(turnOf)).ended;
  } catch (error) {
    const found = `a snapshot whose roll cannot be read (${messageOf(error)})`;
    throw new BadInput('The journal cannot be read', [
      { path: taskId, found, expected: 'a journal as it was exported' },
    ]);
  }
}

/** What a snapshot lacks is no roll. */
function turnOf({ version, atMs, state, snapshotJson }: ExportedRow): RollTurn {
  const snapshot = JSON.parse(snapshotJson) as { readonly context?: Partial<RollContext> } | null;
  const { roll = null, lastRoll = null } = snapshot?.context ?? {};
  return { version, atMs, state, roll, lastRoll };
}
