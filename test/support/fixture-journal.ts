/** The journal of a task on a fixture. */
import { Conflict } from '../../src/domain/errors.ts';
import type { Journal, TurnRecord } from '../../src/ports/journal.ts';

/** The journal's promise in memory: versions are checked, commits take a moment, and a test may read every record. */
export class FixtureJournal implements Journal {
  readonly records: TurnRecord[] = [];
  version = 1;
  /** Commits wait while this is set; calling it lets them go. */
  held: (() => void)[] | null = null;

  async commit(record: TurnRecord): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    await Promise.resolve();
    if (record.expectedVersion !== this.version) throw new Conflict(`version is ${this.version}`);
    this.version += 1;
    this.records.push(record);
  }
  close = (): Promise<void> => Promise.resolve();
}
