/** Whether stored journals are still what was written, and journals from elsewhere, put beside the others. */
import type { Pool, QueryResultRow } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import type { TaskPhase } from '../../domain/roll/task-phase.ts';
import type {
  ExportedJournal,
  ExportedRow,
  JournalFault,
  JournalKeeping,
} from '../../ports/journal-keeping.ts';
import { describeDatabaseError, isBadRow, isDuplicate } from '../database-errors.ts';
import { sql } from '../sql.ts';

export class JournalArchive implements JournalKeeping {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async verify(taskId: string | null): Promise<readonly JournalFault[]> {
    return this.#rows<JournalFault>('verify-journal', [taskId]);
  }

  async taskIds(): Promise<readonly { readonly taskId: string; readonly rows: number }[]> {
    return this.#rows<{ taskId: string; rows: number }>('task-ids', []);
  }

  async import({ taskId, rows }: ExportedJournal, phase: TaskPhase): Promise<void> {
    const given = rows.map(({ version, atMs, path, eventJson, state, snapshotJson, machine, hash }) => ({
      task_id: taskId,
      version,
      at_ms: atMs,
      path,
      event: eventJson,
      state,
      snapshot: snapshotJson,
      machine,
      hash,
    }));
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const account = await client.query<{ accountId: string }>(sql('archive-account'));
      await client.query(sql('import-task'), [
        account.rows[0]?.accountId,
        JSON.stringify(given),
        specOf(rows),
        phase,
      ]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (isDuplicate(error))
        throw wrong(taskId, 'a task of this id in the database', 'a journal that is not there yet');
      if (isBadRow(error))
        throw wrong(
          taskId,
          `a value that the database refuses (${describeDatabaseError(error)})`,
          'a journal as it was exported',
        );
      throw error;
    } finally {
      client.release();
    }
  }

  async #rows<Row extends object>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const { rows } = await this.#pool.query<Row & QueryResultRow>(sql(name), [...values]);
    return rows;
  }
}

/** As the task was created with. */
function specOf(rows: readonly ExportedRow[]): string {
  const created = JSON.parse(rows[0]?.eventJson ?? '{}') as { input?: { spec?: unknown } };
  return JSON.stringify(created.input?.spec ?? {});
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The journal cannot be read', [{ path, found, expected }]);
