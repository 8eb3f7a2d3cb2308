/** Plays rows of journals through the machines that wrote them. */
import type { ExportedRow } from './journal-keeping.ts';

/** A row after which a replay may begin: between rolls, with nothing under way. */
export type ReplayStart = Pick<ExportedRow, 'version' | 'state' | 'snapshotJson' | 'machine'>;

export interface JournalReplaying {
  /**
   * Plays rows after `start`, or from the first row of a journal where it is `null`.
   * @returns what the first row was that today's machines would not have written, as a sentence; `null` when there is none
   */
  disagreement(start: ReplayStart | null, rows: readonly ExportedRow[]): string | null;
}
