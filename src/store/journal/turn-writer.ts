/**
 * What a flush lane needs of a database: storing turns in one transaction, and dropping a connection that may be broken.
 * The journal's logic (order, retry, back-pressure) uses this interface and knows no driver.
 */
import type { Conflict } from '../../domain/errors.ts';
import type { TurnRecord } from '../../ports/journal.ts';

export interface Turn {
  readonly record: TurnRecord;
  /** Unique to this record for ever; a retry of it carries the same. */
  readonly writer: string;
  /** Epoch of its account in which the turn was made (ownership/account-fences.ts). */
  readonly fence: number;
}

/** Names the task of a turn among those of all accounts. */
export const taskKey = ({ record }: Turn): string => `${record.accountId}/${record.taskId}`;

export interface TurnWriter {
  /**
   * Stores turns, each on its own condition and those of one task in their order, in one transaction.
   * @returns one entry per turn: null when it is durable, by this flush or by an earlier attempt of the same record.
   * @throws the error of the connection; then the outcome is unknown, and calling again with the same turns is safe.
   */
  flush(turns: readonly Turn[]): Promise<readonly (Conflict | null)[]>;
  /** Cuts a connection that may be half-open. The next flush opens a new one. */
  drop(): Promise<void>;
  close(): Promise<void>;
}
