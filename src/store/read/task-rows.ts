/** What people see of tasks: the rows that the CLI and the API print. Times are ms since epoch, by the database's clock unless said otherwise. */
import type { AccountTrouble } from '../../domain/orders/account-trouble.ts';
import type { Alert } from '../../ports/alerts.ts';
import type { Command } from '../../ports/inbox.ts';
import type { ExchangeEnvironment } from '../ownership/advisory-locks.ts';

export interface TaskRow {
  readonly taskId: string;
  /** 0 for a task that waits in the inbox to be made. */
  readonly version: number;
  /** Dotted state of the saga, or `QUEUED` while no daemon has answered the `add`. */
  readonly state: string;
  /** As given when the task was added, parsed. */
  readonly spec: unknown;
  /** Null while `QUEUED`. */
  readonly snapshotJson: string | null;
  readonly accountId: string;
  readonly accountName: string;
  readonly environment: ExchangeEnvironment;
  /** Why the account cannot trade; `null` when nothing is known to keep it from that. */
  readonly trouble: AccountTrouble | null;
  readonly userName: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface Transition {
  readonly version: number;
  /** Exchange time of the turn. */
  readonly atMs: number;
  /** Actor that received the stimulus; `""` is the task itself. */
  readonly path: string;
  /** The stimulus, byte for byte as journaled. */
  readonly eventJson: string;
  readonly state: string;
  readonly writer: string;
}

export interface JournalRow extends Transition {
  /** Byte for byte as journaled. */
  readonly snapshotJson: string;
  readonly machine: string;
  /** Of this row and all before it, hex. */
  readonly hash: string;
}

export interface TaskCommandRow {
  readonly commandId: string;
  readonly kind: string;
  readonly status: 'waiting' | 'done' | 'refused';
  readonly answer: string | null;
  readonly createdAtMs: number;
}

export interface TaskAlertRow extends Alert {
  readonly alertId: string;
  /** `null` for an alert about the account. */
  readonly version: number | null;
  /** Exchange time of the turn that raised it. */
  readonly atMs: number;
  readonly delivered: boolean;
}

export interface TaskDetails extends TaskRow {
  /** Session of the daemon that holds it; null when that has ended. */
  readonly owner: string | null;
  /** Session of the daemon that held it last; null while `QUEUED`. */
  readonly lastOwner: string | null;
  /** The last ones, oldest first. */
  readonly journal: readonly Transition[];
  /** Waiting ones and the last answered, oldest first. */
  readonly commands: readonly TaskCommandRow[];
  readonly alerts: readonly TaskAlertRow[];
}

export interface Question {
  readonly accountId: string;
  readonly taskId: string;
  readonly kind: Command['kind'];
  /** Anything JSON; for `add` the task's spec. */
  readonly payload: unknown;
  /** Asking again under the same id asks once. Default: a random one. */
  readonly commandId?: string;
}

export interface UndeliveredAlert extends Alert {
  readonly alertId: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly userName: string;
  /** `null` for an alert about the account itself. */
  readonly taskId: string | null;
  readonly version: number | null;
  readonly atMs: number;
}
