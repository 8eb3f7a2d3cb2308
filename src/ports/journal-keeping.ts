/** Whole journals: lists them, verifies that they are as they were written, and imports those of another database. */
import type { TimedRoll } from '../domain/explain/roll-timing.ts';
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import type { Act } from './audit.ts';
import type { JournalRow } from './task-reading.ts';

/** A row without the daemon that wrote it. */
export type ExportedRow = Omit<JournalRow, 'writer'>;

export interface ExportedJournal {
  readonly taskId: string;
  readonly rows: readonly ExportedRow[];
}

export interface JournalToImport extends ExportedJournal {
  /** What the chart says of the state of the last row. */
  readonly phase: TaskPhase;
  /** Its rolls that have ended. */
  readonly rolls: readonly TimedRoll[];
}

export interface JournalFault {
  readonly taskId: string;
  readonly version: number;
  /** What is wrong with the row of that version, as a sentence. */
  readonly problem: string;
}

export interface JournalKeeping {
  /**
   * The first fault of each journal that is not as it was written; empty when all are.
   * @param taskId `null` for every journal
   */
  verify(taskId: string | null): Promise<readonly JournalFault[]>;
  /** Every task that was ever adopted, with the length of its journal, oldest first. */
  taskIds(): Promise<readonly { readonly taskId: string; readonly rows: number }[]>;
  /**
   * Stores a journal under an account that no daemon manages. A journal that is refused leaves nothing behind.
   * @throws BadInput when a task of this id exists already, or the database refuses a value
   */
  import(journal: JournalToImport, act: Act): Promise<void>;
}
