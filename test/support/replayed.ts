/** For tests: what a journal comes to when today's machines play it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { replay, type ReplayedRow } from '../../src/replay/replay.ts';
import { readJournal } from '../../src/application/journal-file.ts';

/** The rows of a file that `rollkeeper journal export` wrote. */
export const journalIn = (file: string): readonly ReplayedRow[] =>
  readJournal(readFileSync(file, 'utf8'), file).rows;

/** Fails at the first row that today's machines would not have written. */
export function expectReplay(rows: Iterable<ReplayedRow>): { toReach(state: string): void } {
  const { mismatch, state } = replay(rows);
  expect(mismatch).toBeNull();
  return {
    toReach: (wanted) => expect(state.startsWith(wanted), `${state} instead of ${wanted}`).toBe(true),
  };
}

/** The records of a fixture as the rows that a store would have of them. */
export const rowsOf = (created: ReplayedRow, records: readonly TurnRecord[]): ReplayedRow[] => [
  created,
  ...records.map(({ expectedVersion, ...record }) => ({ ...record, version: expectedVersion + 1 })),
];
