/**
 * Parts of journals that are archived in files. A seal says which rows a file has and what remains of them in the database; a row is
 * removed only when a seal covers it, and none of an account under legal hold. Times are ms since epoch, by the database's clock.
 */
import type { Act } from './audit.ts';
import type { ExportedRow } from './journal-keeping.ts';
import type { NewSeal, Seal } from './seal.ts';

export interface TaskToArchive {
  readonly taskId: string;
  readonly accountName: string;
  readonly userName: string;
  /** Its account is under legal hold. */
  readonly isOnHold: boolean;
  /** Its oldest row that is still in the journal is older than asked for. */
  readonly isOld: boolean;
}

export interface TasksPage {
  /** Only ids after this one. */
  readonly afterId: string;
  readonly limit: number;
  readonly beforeMs: number;
  /** Default: all. */
  readonly taskId?: string | undefined;
}

export interface RowsPage {
  readonly fromVersion: number;
  readonly limit: number;
  readonly beforeMs: number;
}

export interface SealsPage {
  /** Default: of all tasks. */
  readonly taskId?: string | undefined;
  /** Only those after this one; default: from the first. */
  readonly after?: Pick<Seal, 'taskId' | 'fromVersion'> | undefined;
  readonly limit: number;
}

export interface SealKeeping {
  /** Tasks by id. */
  tasksToArchive(page: TasksPage): Promise<readonly TaskToArchive[]>;
  /** Rows that were written before a moment, in order; never the newest row of the task. */
  rowsToSeal(taskId: string, page: RowsPage): Promise<readonly ExportedRow[]>;
  /** By task and version. */
  seals(page: SealsPage): Promise<readonly Seal[]>;
  /**
   * Commits a seal, if its rows are still there as they are in the file and follow what is sealed already.
   * @returns false when they do not, or the account is under legal hold: then nothing has changed
   */
  seal(seal: NewSeal, act: Act): Promise<boolean>;
  /**
   * Removes some of the rows that a seal covers, the oldest first.
   * @returns how many; 0 when none is left, which is noted in the seal, or the account is under legal hold
   */
  removeSealed(seal: Pick<Seal, 'taskId' | 'fromVersion'>, limit: number): Promise<number>;
  /** Since when an account is under legal hold; `null` when it is not. */
  legalHold(accountId: string): Promise<number | null>;
  /** Changes nothing where it is so already. */
  setLegalHold(accountId: string, isOn: boolean, act: Act): Promise<void>;
}
