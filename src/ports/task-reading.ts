/**
 * What people see of tasks and their journals. Nothing here changes a task: that is done by the owning daemon, through the
 * journal. Times are ms since epoch, by the database's clock unless said otherwise.
 */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { RollSummary } from '../domain/roll/roll.ts';
import type { Alert } from './alerts.ts';
import type { ExchangeEnvironment, Scope } from './directory.ts';

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
  /** As `Command.askedBy`. */
  readonly askedBy: string;
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

export interface TaskReading {
  /** Tasks, and wishes for tasks that no daemon has answered yet, by user, account and age. */
  listTasks(wanted: { readonly userName?: string | undefined }, scope: Scope): Promise<readonly TaskRow[]>;
  /** One task with its recent history; `null` when there is none within the scope. */
  showTask(taskId: string, scope: Scope): Promise<TaskDetails | null>;
  /** The journal of one task in order of versions, snapshots included; empty when there is none within the scope. */
  journalRows(taskId: string, page: JournalPage, scope: Scope): Promise<readonly JournalRow[]>;
  /** Every roll of a task that has ended, oldest first. */
  rollsOf(taskId: string, scope: Scope): Promise<readonly RollSummary[]>;
}

export interface JournalPage {
  /** Default: the first. */
  readonly fromVersion?: number;
  /** Rows at most. */
  readonly limit?: number;
}
