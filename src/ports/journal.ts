/**
 * Durable memory of tasks. One record is one turn of one task. It is committed together with its alerts and the answers
 * to the commands that caused it, or not at all.
 */
import type { EndedRoll } from '../domain/explain/roll-timing.ts';
import type { RollPart } from '../domain/explain/state-text.ts';
import type { TaskPhase } from '../domain/roll/task-phase.ts';
import type { UseEntry } from '../domain/rules/account-limits.ts';
import type { Alert } from './alerts.ts';
import type { CommandAnswer } from './inbox.ts';

export interface TurnRecord {
  readonly accountId: string;
  readonly taskId: string;
  /** The version this turn was made on; the commit makes it `expectedVersion + 1`. */
  readonly expectedVersion: number;
  /** Exchange time of the turn. */
  readonly atMs: number;
  /** Path of the actor that received the stimulus: `""` is the task's own machine, `"leg 1"` its child. */
  readonly path: string;
  /** The stimulus as JSON text. */
  readonly eventJson: string;
  /** Dotted state value, e.g. `LEG2_OPENING.opening`. */
  readonly state: string;
  /** What the chart says of that state. */
  readonly phase: TaskPhase;
  /** Deep persisted snapshot as JSON text; stored byte for byte. */
  readonly snapshotJson: string;
  /** Version of the machine that made it. */
  readonly machine: string;
  readonly alerts: readonly Alert[];
  readonly answers: readonly CommandAnswer[];
  /** What it has changed of what its account has used; absent where it is nothing. */
  readonly use?: readonly UseEntry[];
  /** Which part of a roll it leads into; absent while none is under way. */
  readonly rollPart?: RollPart;
  /** The roll that it ends; it is stored with its parts beside the journal. */
  readonly endedRoll?: EndedRoll;
  /** Nothing waits until it is stored: it may be stored with the turns that follow within a few milliseconds. */
  readonly mayWait?: true;
}

export interface Journal {
  /**
   * Resolves when the record is durable. Records of one task are committed in the order of the calls.
   * @throws Conflict when the stored version is not `expectedVersion`, or the account was taken over since, by another daemon or this one
   * @throws Retryable when the record was not stored, e.g. because too many wait for the database already
   * @throws Terminal when the database refuses a value; UnknownOutcome when it may have been stored
   */
  commit(record: TurnRecord): Promise<void>;
  /** Takes no further record, writes those that wait, and resolves when every one is committed or rejected. */
  close(): Promise<void>;
}

/** A task as it is stored, with everything that restoring its actor needs. */
export interface StoredTask {
  readonly accountId: string;
  readonly taskId: string;
  readonly version: number;
  readonly state: string;
  readonly phase: TaskPhase;
  readonly snapshotJson: string;
  /** Version of the machine that made the snapshot: no other version may restore it. */
  readonly machine: string;
}

/** A stored task, and whether this daemon is the one that took it over last. */
export interface ReloadedTask extends StoredTask {
  readonly isOurs: boolean;
}

export interface NewTask {
  readonly accountId: string;
  readonly taskId: string;
  /** Exchange time. */
  readonly atMs: number;
  readonly specJson: string;
  readonly eventJson: string;
  readonly state: string;
  readonly phase: TaskPhase;
  readonly snapshotJson: string;
  readonly machine: string;
  /** The answer to the command that added it, stored in the same transaction. */
  readonly answer: CommandAnswer;
}

/** A slice of the accounts; a daemon manages and releases them together. */
export interface Shard {
  readonly shard: number;
  readonly accountIds: readonly string[];
}

/** What a daemon holds after a claim. */
export interface Holding {
  readonly shards: readonly Shard[];
  /** How many of them other daemons are to have: they exceed its fair share, or it cannot manage them. */
  readonly surplus: number;
  /** Which of them may be given back, the most urgent first. Default: any. */
  readonly movable?: readonly number[];
  /** Shards that another daemon holds. Default: not known. */
  readonly heldElsewhere?: readonly number[];
  /** Accounts of these shards that every running daemon has failed to manage. */
  readonly unmanageable?: readonly string[];
  /** Accounts of these shards that must not be managed: an older account has the same key or exchange user. */
  readonly duplicates?: readonly string[];
}

export interface FreedShard {
  readonly shard: number;
  /** Since how long its tasks have not been watched. */
  readonly forMs: number;
}

/** Whether a daemon could manage an account. */
export type AccountState =
  | { readonly kind: 'managed' }
  | {
      readonly kind: 'failed';
      /** One sentence for a person, without secrets. */
      readonly reason: string;
      /** Every other daemon would fail as well. */
      readonly forEverybody: boolean;
      /** For how long this daemon takes no shard with this account merely to even out the load. */
      readonly stayAwayMs: number;
    };

/**
 * Which accounts and tasks a daemon holds. Every promise rejects with `Retryable` when the database cannot be reached,
 * unless the method says otherwise.
 */
export interface TaskOwnership {
  /**
   * Takes free shards up to this daemon's fair share. To be repeated: other daemons join and leave, accounts are added.
   * @throws BadInput when a person has to change the set-up, e.g. a pooler that shares sessions
   */
  claimAccounts(): Promise<Holding>;
  /** Reports to the other daemons whether this one could manage an account: if not, another tries. Never rejects. */
  noteAccount(accountId: string, state: AccountState): Promise<void>;
  /**
   * Frees the shard for another daemon, and tells them. The caller has released its accounts before.
   * @param forMs since how long their tasks have not been watched, default 0
   */
  giveBack(shard: number, forMs?: number): Promise<void>;
  /** Calls the listener when another daemon has given a shard back; some notices may be lost. */
  onFreed?(listener: (freed: FreedShard) => void): Promise<void>;
  /** Takes no further shard, and is not counted when shards are shared out. Shards that are held stay held. */
  resign(): Promise<void>;
  /**
   * Takes an account over with every task that is not over. From here on no turn is stored that was made before, by this daemon or another.
   * Tasks come in batches, rolls under way first; each of those has its version raised by one, with a journal row of its own.
   * The first batch comes in any case, and is empty when no roll is under way.
   * @throws Conflict when this daemon does not hold the account's shard
   */
  adopt(accountId: string): AsyncIterable<readonly StoredTask[]>;
  /** The newest stored form of one task; `null` when the account has no such task. */
  reload(accountId: string, taskId: string): Promise<ReloadedTask | null>;
  /**
   * Stores a new task at version 1 with its first journal row.
   * @throws Conflict when the id is taken; NotHeld when this daemon does not hold the account's shard
   * @throws Terminal when the database refuses a value; UnknownOutcome when the task may have been stored
   */
  create(task: NewTask): Promise<void>;
  /** Calls the listener when the session that holds the shards is lost: the daemon must stop until it claims again. */
  onLost(listener: (reason: string) => void): void;
  /** Gives every shard back, and ends the session that held them. */
  release(): Promise<void>;
}
