/** What a new version looks at in the database of an older one, before it changes anything. Every method only reads. */
import type { MigrationNote } from '../domain/doctor/migration-note.ts';
import type { ExportedRow } from './journal-keeping.ts';
import type { ReplayStart } from './journal-replaying.ts';

export interface PendingMigrations {
  /** Of the database, in order; none in an empty one. */
  readonly applied: readonly string[];
  /** Of the database, and not known to this program. */
  readonly unknown: readonly string[];
  /** Of this program, in order. */
  readonly pending: readonly MigrationNote[];
  /** Whether the other methods can read this schema. */
  readonly isReadable: boolean;
}

export interface MachineInFlight {
  /** Version of the roll machine that moved these tasks last. */
  readonly machine: string;
  /** Tasks that are not over. */
  readonly tasks: number;
  /** Those of them with a roll under way. */
  readonly rolling: number;
}

export interface ActiveJournal {
  readonly taskId: string;
  /** Up to how many it has. */
  readonly rows: number;
}

export interface JournalPart {
  /** A row with nothing under way, after which the replay begins; `null` where the rows begin with the first one. */
  readonly start: ReplayStart | null;
  readonly rows: readonly ExportedRow[];
}

export interface UpgradeReading {
  migrations(): Promise<PendingMigrations>;
  machinesInFlight(): Promise<readonly MachineInFlight[]>;
  /** Tasks that are not over, rolls under way first. */
  activeJournals(tasksMax: number): Promise<readonly ActiveJournal[]>;
  /** The newest rows of one journal, and before them those that lead back to a row with nothing under way. */
  newestRows(taskId: string, rowsMax: number): Promise<JournalPart>;
}
