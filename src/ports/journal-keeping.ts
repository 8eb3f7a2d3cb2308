/** Journals as a whole: which there are, whether they are still as they were written, and such that come from elsewhere. */
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import type { JournalRow } from './task-reading.ts';

export type ExportedRow = Omit<JournalRow, 'writer'>;

export interface ExportedJournal {
  readonly taskId: string;
  readonly rows: readonly ExportedRow[];
}

export interface JournalFault {
  readonly taskId: string;
  readonly version: number;
  readonly problem: string;
}

export interface JournalKeeping {
  /** The first fault of each journal, or of one task's, that is not as it was written; none when all are. */
  verify(taskId: string | null): Promise<readonly JournalFault[]>;
  /** Every task that was ever taken up with the length of its journal, oldest first. */
  taskIds(): Promise<readonly { readonly taskId: string; readonly rows: number }[]>;
  /**
   * Into an account that no daemon serves; one that is refused leaves nothing behind, not even that account.
   * @param phase what the chart says of the state of the last row
   * @throws BadInput when a task of this id is there already, or the database does not take a value
   */
  import(journal: ExportedJournal, phase: TaskPhase): Promise<void>;
}
