/** Seals of archived parts of journals, and the removal of rows that are sealed (ports/seals.ts). */
import type { Pool } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import type { Act } from '../../ports/audit.ts';
import type { ExportedRow } from '../../ports/journal-keeping.ts';
import type { NewSeal, Seal } from '../../ports/seal.ts';
import type { RowsPage, SealKeeping, SealsPage, TasksPage, TaskToArchive } from '../../ports/seals.ts';
import { recordAct } from '../people/record.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';

export class PostgresSeals implements SealKeeping {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  tasksToArchive({ afterId, limit, beforeMs, taskId }: TasksPage): Promise<readonly TaskToArchive[]> {
    return rowsOf<TaskToArchive>(this.#pool, 'tasks-to-archive', [afterId, limit, beforeMs, taskId ?? null]);
  }

  rowsToSeal(taskId: string, { fromVersion, limit, beforeMs }: RowsPage): Promise<readonly ExportedRow[]> {
    return rowsOf<ExportedRow>(this.#pool, 'rows-to-seal', [taskId, fromVersion, limit, beforeMs]);
  }

  seals({ taskId, after, limit }: SealsPage): Promise<readonly Seal[]> {
    const values = [taskId ?? null, after?.taskId ?? '', after?.fromVersion ?? 0, limit, null];
    return rowsOf<Seal>(this.#pool, 'seals', values);
  }

  async seal(seal: NewSeal, act: Act): Promise<boolean> {
    const { taskId, fromVersion, toVersion, firstHash, lastHash, sha256, place } = seal;
    return inTransaction(this.#pool, async (client) => {
      const values = [taskId, fromVersion, toVersion, firstHash, lastHash, sha256, place];
      const { rows } = await client.query<{ accountId: string }>(sql('seal-rows'), values);
      if (!rows[0]) return false;
      const details = { fromVersion, toVersion, place };
      const { accountId } = rows[0];
      await recordAct(client, act, { act: 'journal.archive', accountId, taskId, details });
      return true;
    });
  }

  async removeSealed(
    { taskId, fromVersion }: Pick<Seal, 'taskId' | 'fromVersion'>,
    limit: number,
  ): Promise<number> {
    const values = [taskId, fromVersion];
    const [row] = await rowsOf<{ removed: number }>(this.#pool, 'remove-sealed-rows', [...values, limit]);
    const removed = row?.removed ?? 0;
    if (removed === 0) await this.#pool.query(sql('note-removed-seal'), values);
    return removed;
  }

  async legalHold(accountId: string): Promise<number | null> {
    const [row] = await rowsOf<{ sinceMs: number | null }>(this.#pool, 'legal-hold', [accountId]);
    if (row) return row.sinceMs;
    throw new BadInput('There is no such account', [
      { path: 'account', found: accountId, expected: 'the id of an account that was added' },
    ]);
  }

  async setLegalHold(accountId: string, isOn: boolean, { by, from }: Act): Promise<void> {
    await this.#pool.query(sql('set-legal-hold'), [accountId, isOn, by, from]);
  }
}
