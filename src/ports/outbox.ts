/** What became of alerts: the outbox as people see it, and what was given up sent again. */
import type { Alert } from './alerts.ts';
import type { Act } from './audit.ts';
import type { ChannelKind } from './channels.ts';
import type { Scope } from './directory.ts';

/** One alert at one channel; `channel` is `null` for an alert that no channel wants, which is in the log alone. */
export interface OutboxRow extends Alert {
  /** `null` for what is about no account: a digest. */
  readonly alertId: string | null;
  readonly accountName: string | null;
  readonly taskId: string | null;
  /** Exchange time. */
  readonly atMs: number;
  readonly channel: null | {
    readonly deliveryId: string;
    readonly name: string;
    readonly kind: ChannelKind;
    readonly userName: string;
    /** `dropped`: the channel was removed or switched off before. */
    readonly state: 'waiting' | 'delivered' | 'dead' | 'dropped';
    readonly tries: number;
    /** What was said at the last failure. */
    readonly said: string | null;
    /** When it is tried next; `null` when it is not. */
    readonly nextAtMs: number | null;
    readonly endedAtMs: number | null;
  };
}

export interface OutboxQuery {
  readonly onlyDead: boolean;
  /** `null`: of all tasks. */
  readonly taskId: string | null;
  readonly limit: number;
}

export interface Outbox {
  /** The newest ones, oldest first. A user sees alerts of accounts within the scope, and their own channels alone. */
  alerts(query: OutboxQuery, scope: Scope): Promise<readonly OutboxRow[]>;
  /**
   * Sends what was given up once more, with a full number of tries again. It is recorded in the audit unless there was nothing to send.
   * @param deliveryIds `null`: everything within the scope
   * @returns the ids of those that are sent again
   */
  retry(deliveryIds: readonly string[] | null, scope: Scope, act: Act): Promise<readonly string[]>;
}
