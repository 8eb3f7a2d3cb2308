/**
 * What people see of tasks and their journals. Nothing here changes a task: only the daemon that manages it does,
 * through the journal. Times are ms since epoch, by the database's clock unless said otherwise.
 */
import type { AccountTrouble } from '../domain/orders/account-trouble.ts';
import type { RollTurn, TimedRoll } from '../domain/explain/roll-timing.ts';
import type { RollSummary } from '../domain/roll/roll.ts';
import type { Alert } from './alerts.ts';
import type { Seal } from './seal.ts';
import type { ExchangeEnvironment, Role, Scope } from './directory.ts';

export interface TaskRow {
  readonly taskId: string;
  /** 0 while no daemon has answered the `add`. */
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
  /** The owner of the account. */
  readonly userName: string;
  /** The caller's on the account; `owner` where the scope is everybody's. */
  readonly role: Role;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A task without what is large of it. A version never has another spec or snapshot. */
export type TaskHead = Omit<TaskRow, 'spec' | 'snapshotJson'>;

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

/** A row of the journal without its snapshot, but with what a reader wants to see of it. */
export interface JournalStep extends Pick<Transition, 'version' | 'atMs' | 'path' | 'eventJson' | 'state'> {
  /** The roll that is under way. */
  readonly rollId: string | null;
  /** State of the order that is being worked, as its machine has it; `null` when none is. */
  readonly orderValue: unknown;
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
  /** The turn that raised it; `null` for an alert about the account. */
  readonly version: number | null;
  /** Exchange time. */
  readonly atMs: number;
  readonly delivered: boolean;
}

export interface TaskDetails extends TaskRow {
  /** Session of the daemon that holds the task; null when that session has ended. */
  readonly owner: string | null;
  /** Session of the daemon that held the task last; null while `QUEUED`. */
  readonly lastOwner: string | null;
  /** The last transitions, oldest first. */
  readonly journal: readonly Transition[];
  /** Those that wait and the last that were answered, oldest first. */
  readonly commands: readonly TaskCommandRow[];
  /** The last alerts of the task and of its account, oldest first. */
  readonly alerts: readonly TaskAlertRow[];
}

/** Enough of a task to tell it from others. */
export interface TaskMatch {
  readonly taskId: string;
  /** Dotted, or `QUEUED`. */
  readonly state: string;
  /** The option that it holds, or was added for; `null` where that is not known. */
  readonly symbol: string | null;
}

export interface WantedTasks {
  /** Default: of all users. */
  readonly userName?: string | undefined;
  /** Whole ids. Default: all. */
  readonly taskIds?: readonly string[] | undefined;
}

export interface TaskReading {
  /** Tasks by user, account and age, also those that are still `QUEUED`. Empty for an unknown user. */
  listTasks(wanted: WantedTasks, scope: Scope): Promise<readonly TaskRow[]>;
  /** The same tasks in the same order, at a small part of the cost. */
  taskHeads(wanted: Pick<WantedTasks, 'userName'>, scope: Scope): Promise<readonly TaskHead[]>;
  /** One task with its recent history; `null` when there is no such task within the scope. */
  showTask(taskId: string, scope: Scope): Promise<TaskDetails | null>;
  /** Tasks whose id begins so, by id, at most `limit`; empty when there is none within the scope. */
  tasksLike(prefix: string, limit: number, scope: Scope): Promise<readonly TaskMatch[]>;
  /** The journal of one task in order of versions; empty when there is no such task within the scope. */
  journalRows(taskId: string, page: JournalPage, scope: Scope): Promise<readonly JournalRow[]>;
  /** As `journalRows`, without the snapshots. */
  journalSteps(taskId: string, page: Required<JournalPage>, scope: Scope): Promise<readonly JournalStep[]>;
  /** What of its journal is archived in files, in order; empty when nothing is, or there is no such task within the scope. */
  sealsOf(taskId: string, scope: Scope): Promise<readonly Seal[]>;
  /** The turns of its roll that is under way, oldest first; empty when none is, or there is no such task within the scope. */
  rollTurns(taskId: string, scope: Scope): Promise<readonly RollTurn[]>;
  /** Its newest rolls that have ended and had ordered something, at most `limit`, oldest first; empty as above. */
  timedRolls(taskId: string, limit: number, scope: Scope): Promise<readonly TimedRoll[]>;
  /** Its rolls that have ended and have traded something, oldest first; empty as above. */
  rollsOf(taskId: string, scope: Scope): Promise<readonly RollSummary[]>;
  /**
   * How far the journal of each task goes, also of those that are over.
   * @param withinMs only of tasks that moved within this time; `null` for all
   */
  taskVersions(withinMs: number | null, scope: Scope): Promise<readonly TaskVersion[]>;
  /** Those of all tasks that ended since a moment of exchange time, oldest first. */
  rollsSince(sinceMs: number, scope: Scope): Promise<readonly TaskRoll[]>;
}

export interface TaskVersion {
  readonly taskId: string;
  readonly accountId: string;
  readonly version: number;
}

export interface TaskRoll {
  readonly taskId: string;
  readonly accountName: string;
  readonly roll: RollSummary;
}

export interface JournalPage {
  /** The first row's version. Default: 1. */
  readonly fromVersion?: number;
  /** How many rows at most. Default: 10,000. */
  readonly limit?: number;
}
