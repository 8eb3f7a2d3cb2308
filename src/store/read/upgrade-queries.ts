/**
 * Reads a database in the schema of an older program: what its tasks are, which version of the machine moves them, and their
 * journals. Its queries use only what has been there since migration 0010, so they work before and after every later one.
 */
import type { Pool } from 'pg';
import type {
  ActiveJournal,
  JournalPart,
  MachineInFlight,
  PendingMigrations,
  UpgradeReading,
} from '../../ports/upgrade.ts';
import { lookAtSchema } from '../migrate.ts';
import { migrationNotes } from '../migration-notes.ts';
import { rowsOf } from '../rows.ts';

/** The first migration after which tasks and journals have every column that is asked for here. */
const readableFrom = '0010_task_phase';

export class UpgradeQueries implements UpgradeReading {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async migrations(): Promise<PendingMigrations> {
    const [{ own, missing, unknown }, notes] = [await lookAtSchema(this.#pool), await migrationNotes()];
    const applied = own.filter((name) => !missing.includes(name));
    return {
      applied: [...applied, ...unknown],
      unknown,
      pending: notes.filter(({ name }) => missing.includes(name)),
      isReadable: applied.includes(readableFrom),
    };
  }

  machinesInFlight(): Promise<readonly MachineInFlight[]> {
    return rowsOf<MachineInFlight>(this.#pool, 'machines-in-flight', []);
  }

  async activeJournals(tasksMax: number): Promise<readonly ActiveJournal[]> {
    return rowsOf<ActiveJournal>(this.#pool, 'active-journals', [tasksMax]);
  }

  async newestRows(taskId: string, rowsMax: number): Promise<JournalPart> {
    const [start] = await rowsOf<NonNullable<JournalPart['start']>>(this.#pool, 'replay-start', [
      taskId,
      rowsMax,
    ]);
    const rows = await rowsOf<JournalPart['rows'][number]>(this.#pool, 'rows-after', [
      taskId,
      start?.version ?? 0,
    ]);
    return { start: start ?? null, rows };
  }
}
