/** Writes what people did into the audit, in the transaction that did it, and reads it for people. */
import type { Pool, PoolClient } from 'pg';
import type { Act, AuditReading, AuditScope, RecordedAct, WantedActs } from '../../ports/audit.ts';
import { rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import { isStorable } from './storable-name.ts';

/** What was done; `act` is the subject and the verb of the command line: `user.ban`. */
export interface Deed {
  readonly act: string;
  readonly accountId?: string | null;
  readonly taskId?: string | null;
  readonly userId?: string | null;
  /** Without secrets. */
  readonly details?: object;
}

/** The act of daemons, benches and tests; use cases pass the act of their caller. */
export const ownAct: Act = { by: 'operator', from: 'this program' };

/** Records an act within the transaction of the client. */
export async function recordAct(
  client: PoolClient,
  { by, from }: Act,
  { act, accountId = null, taskId = null, userId = null, details = {} }: Deed,
): Promise<void> {
  const values = [by, from, act, accountId, taskId, userId, JSON.stringify(details)];
  await client.query(sql('note-act'), values);
}

export class PostgresAudit implements AuditReading {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async acts({ userName, sinceMs, limit }: WantedActs, scope: AuditScope): Promise<readonly RecordedAct[]> {
    if (userName !== undefined && !isStorable(userName)) return [];
    const userId = scope.kind === 'user' ? scope.userId : null;
    return rowsOf<RecordedAct>(this.#pool, 'acts', [userName ?? null, sinceMs ?? null, limit, userId]);
  }
}
