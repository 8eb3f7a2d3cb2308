/**
 * The outbox as the delivering daemon works it (ports/deliveries.ts). The turn is a session lock, and every statement runs in
 * that session: when the lock is lost, nothing more is stored. Notices of new alerts come from a trigger of the table.
 */
import { Retryable } from '../../domain/errors.ts';
import type { ChannelAddress, ChannelKind } from '../../ports/channels.ts';
import type { DeliveryBook, DeliveryTurn, DueDelivery, Settlement } from '../../ports/deliveries.ts';
import type { Listening } from '../commands/listening.ts';
import { describeDatabaseError } from '../database-errors.ts';
import { storable } from '../journal/flush-turns.ts';
import { delivererLock } from '../ownership/advisory-locks.ts';
import { LockSession } from '../ownership/lock-session.ts';
import { sql } from '../sql.ts';
import type { Vault } from '../vault.ts';

/** Channel of the notices; migration 0016 has it, too. */
const alertChannel = 'rollkeeper_alert';

export interface DeliveryBookOptions {
  readonly databaseUrl: string;
  readonly vault: Vault;
  readonly listening: Listening;
  readonly heartbeatMs?: number;
}

export class PostgresDeliveryBook implements DeliveryBook {
  readonly #options: DeliveryBookOptions;
  /** Kept between two tries, so that waiting for the turn costs no connections. */
  #idle: LockSession | null = null;

  constructor(options: DeliveryBookOptions) {
    this.#options = options;
  }

  async take(onLost: (reason: string) => void): Promise<DeliveryTurn | null> {
    try {
      return await this.#take(onLost);
    } catch (error) {
      throw new Retryable(`Taking the delivery of alerts over: ${describeDatabaseError(error)}`, {
        cause: error,
      });
    }
  }

  async onAlert(listener: () => void): Promise<void> {
    await this.#options.listening.listen(alertChannel, { message: listener, connected: listener });
  }

  /** Ends the session that waits for the turn. */
  async close(): Promise<void> {
    const idle = this.#idle;
    this.#idle = null;
    await idle?.close();
  }

  async #take(onLost: (reason: string) => void): Promise<DeliveryTurn | null> {
    const session = this.#idle?.alive === true ? this.#idle : await this.#open();
    this.#idle = null;
    session.onLost(onLost);
    const { rows } = await session.query<{ locked: boolean }>(sql('try-lock'), [...delivererLock]);
    if (rows[0]?.locked === true) return new PostgresDeliveryTurn(session, this.#options.vault);
    session.onLost(() => undefined);
    this.#idle = session;
    return null;
  }

  #open(): Promise<LockSession> {
    const { databaseUrl, heartbeatMs = 2_000 } = this.#options;
    return LockSession.open({
      databaseUrl,
      name: 'rollkeeper delivering',
      heartbeatMs,
      onLost: () => undefined,
    });
  }
}

interface ChannelRow {
  readonly channelId: string;
}
type DueRow = Omit<DueDelivery, 'address' | 'quietHours'> & {
  readonly address: Buffer;
  readonly quietFrom: string | null;
  readonly quietUntil: string | null;
  readonly [column: string]: unknown;
};

class PostgresDeliveryTurn implements DeliveryTurn {
  readonly #session: LockSession;
  readonly #vault: Vault;

  constructor(session: LockSession, vault: Vault) {
    this.#session = session;
    this.#vault = vault;
  }

  async plan(
    alertsMax: number,
  ): Promise<{ readonly alerts: number; readonly channelIds: readonly string[] }> {
    const { rows } = await this.#session.query<{ alerts: number; channelIds: string[] }>(
      sql('plan-deliveries'),
      [alertsMax],
    );
    return rows[0] ?? { alerts: 0, channelIds: [] };
  }

  dueChannels(): Promise<readonly string[]> {
    return this.#channels('due-channels', []);
  }

  async due(channelIds: readonly string[], eachMax: number): Promise<readonly DueDelivery[]> {
    const { rows } = await this.#session.query<DueRow>(sql('due-deliveries'), [channelIds, eachMax]);
    return rows.map(({ address, quietFrom, quietUntil, ...row }) => ({
      ...row,
      address: this.#opened(address, row.kind, row.channelId),
      quietHours:
        quietFrom === null || quietUntil === null
          ? null
          : { from: quietFrom.slice(0, 5), until: quietUntil.slice(0, 5) },
    }));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const outcomes = settlements.map(({ deliveryId, state, said, reference, waitMs }) => ({
      delivery_id: deliveryId,
      state,
      said: said === null ? null : storable(said),
      reference: reference === null ? null : storable(reference),
      wait_ms: waitMs,
    }));
    await this.#session.query(sql('settle-deliveries'), [JSON.stringify(outcomes)]);
  }

  passOn(afterMs: number): Promise<readonly string[]> {
    return this.#channels('pass-on-deliveries', [afterMs]);
  }

  makeDigests(): Promise<readonly string[]> {
    return this.#channels('make-digests', []);
  }

  release(): Promise<void> {
    return this.#session.close();
  }

  async #channels(query: string, values: readonly unknown[]): Promise<readonly string[]> {
    const { rows } = await this.#session.query<ChannelRow & { [column: string]: unknown }>(sql(query), [
      ...values,
    ]);
    return rows.map(({ channelId }) => channelId);
  }

  #opened(sealed: Buffer, kind: ChannelKind, channelId: string): ChannelAddress | null {
    const opened = this.#vault.tryOpen(sealed, { kind: 'channel', id: channelId, beside: kind });
    return 'secret' in opened ? (JSON.parse(opened.secret) as ChannelAddress) : null;
  }
}
