/** The outbox as people see it (ports/outbox.ts). */
import type { Pool } from 'pg';
import type { Scope } from '../../ports/directory.ts';
import type { Outbox, OutboxQuery, OutboxRow } from '../../ports/outbox.ts';
import { everything } from '../read/everything.ts';
import { rowsOf } from '../rows.ts';

type Row = Omit<OutboxRow, 'channel'> &
  Omit<NonNullable<OutboxRow['channel']>, 'deliveryId' | 'name'> & {
    readonly deliveryId: string | null;
    readonly channelName: string;
  };

export class PostgresOutbox implements Outbox {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async alerts(
    { onlyDead, taskId, limit }: OutboxQuery,
    { userId }: Scope = everything,
  ): Promise<readonly OutboxRow[]> {
    const rows = await rowsOf<Row>(this.#pool, 'outbox', [onlyDead, taskId, limit, userId]);
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
  ): Promise<readonly string[]> {
    const rows = await rowsOf<{ deliveryId: string }>(this.#pool, 'retry-deliveries', [deliveryIds, userId]);
    return rows.map(({ deliveryId }) => deliveryId);
  }
}
