/** The outbox as people see it (ports/outbox.ts). */
import type { Pool } from 'pg';
import type { Act } from '../../ports/audit.ts';
import type { Scope } from '../../ports/directory.ts';
import type { Outbox, OutboxQuery, OutboxRow } from '../../ports/outbox.ts';
import { everything } from '../read/everything.ts';
import { ownAct, recordAct } from '../people/record.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';

type Row = Omit<OutboxRow, 'channel'> &
  Omit<NonNullable<OutboxRow['channel']>, 'deliveryId' | 'name'> & {
    readonly deliveryId: string | null;
    readonly channelName: string;
  };

/** Of a large retry the record names the first ones. */
const namedMax = 20;

export class PostgresOutbox implements Outbox {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async alerts(
    { onlyDead, taskId, limit }: OutboxQuery,
    { userId }: Scope = everything,
  ): Promise<readonly OutboxRow[]> {
    const query = onlyDead ? 'outbox-dead' : 'outbox';
    const rows = await rowsOf<Row>(this.#pool, query, [taskId, limit, userId]);
    return rows.map((row) => {
      const { alertId, accountName, taskId: task, atMs, severity, code, figures } = row;
      const { deliveryId, channelName: name, kind, userName, state, tries, said, nextAtMs, endedAtMs } = row;
      const channel =
        deliveryId === null
          ? null
          : { deliveryId, name, kind, userName, state, tries, said, nextAtMs, endedAtMs };
      return { alertId, accountName, taskId: task, atMs, severity, code, figures, channel };
    });
  }

  async retry(
    deliveryIds: readonly string[] | null,
    { userId }: Scope = everything,
    act: Act = ownAct,
  ): Promise<readonly string[]> {
    return inTransaction(this.#pool, async (client) => {
      const { rows } = await client.query<{ deliveryId: string }>(sql('retry-deliveries'), [
        deliveryIds,
        userId,
      ]);
      const ids = rows.map(({ deliveryId }) => deliveryId);
      const details = { count: ids.length, ids: ids.slice(0, namedMax) };
      if (ids.length > 0) await recordAct(client, act, { act: 'alerts.retry', userId, details });
      return ids;
    });
  }
}
