/** Checks that stored journals are unchanged, and imports journals of other databases. */
import type { Pool } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import type { Act } from '../../ports/audit.ts';
import type {
  ExportedRow,
  JournalFault,
  JournalKeeping,
  JournalToImport,
} from '../../ports/journal-keeping.ts';
import { describeDatabaseError, isBadRow, isDuplicate } from '../database-errors.ts';
import { ownAct, recordAct } from '../people/record.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';

export class JournalArchive implements JournalKeeping {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async verify(taskId: string | null): Promise<readonly JournalFault[]> {
    return rowsOf<JournalFault>(this.#pool, 'verify-journal', [taskId]);
  }

  async taskIds(): Promise<readonly { readonly taskId: string; readonly rows: number }[]> {
    return rowsOf<{ taskId: string; rows: number }>(this.#pool, 'task-ids', []);
  }

  async import({ taskId, rows, phase, rolls }: JournalToImport, act: Act = ownAct): Promise<void> {
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
    try {
      await inTransaction(this.#pool, async (client) => {
        const account = await client.query<{ accountId: string }>(sql('archive-account'));
        const accountId = account.rows[0]?.accountId;
        await client.query(sql('import-task'), [accountId, JSON.stringify(given), specOf(rows), phase]);
        await client.query(sql('import-rolls'), [accountId, taskId, rollsJson(rolls)]);
        const details = { rows: rows.length };
        await recordAct(client, act, {
          act: 'journal.import',
          accountId: accountId ?? null,
          taskId,
          details,
        });
      });
    } catch (error) {
      if (isDuplicate(error))
        throw wrong(taskId, 'a task of this id in the database', 'a journal that is not there yet');
      if (isBadRow(error))
        throw wrong(
          taskId,
          `a value that the database refuses (${describeDatabaseError(error)})`,
          'a journal as it was exported',
        );
      throw error;
    }
  }
}

const rollsJson = (rolls: JournalToImport['rolls']): string =>
  JSON.stringify(
    rolls.map((roll) => ({
      roll_id: roll.rollId,
      from_version: roll.fromVersion,
      to_version: roll.toVersion,
      ended_at_ms: roll.endedAtMs,
      from_symbol: roll.fromSymbol,
      to_symbol: roll.toSymbol,
      index_price: roll.indexPrice,
      outcome: roll.outcome,
      phases: roll.phases,
      summary: roll.summary === null ? null : JSON.stringify(roll.summary),
    })),
  );

/** The spec that the task was created with. */
function specOf(rows: readonly ExportedRow[]): string {
  const created = JSON.parse(rows[0]?.eventJson ?? '{}') as { input?: { spec?: unknown } };
  return JSON.stringify(created.input?.spec ?? {});
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The journal cannot be read', [{ path, found, expected }]);
