/**
 * Durable memory of tasks. One record is one turn of one task, the unit of durability; it is
 * committed together with its alerts and the answers to the commands that caused it, or not at all.
 */
import type { TaskPhase } from '../domain/roll/task-phase.ts';
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
}

export interface Journal {
  /**
   * Resolves when the record is durable.
   * @throws Conflict when the stored version is another: someone else owns the task.
   * @throws Retryable when too many records wait already (the database is away): nothing was queued.
   */
  commit(record: TurnRecord): Promise<void>;
  /** Stops taking records, writes what waits, and resolves when all of it is settled. */
  close(): Promise<void>;
}

/** A task as stored, with everything needed to bring its actor back. */
export interface StoredTask {
  readonly accountId: string;
  readonly taskId: string;
  readonly version: number;
  readonly state: string;
  readonly phase: TaskPhase;
  readonly snapshotJson: string;
  /** Version of the machine that made the snapshot: only that one goes on with it. */
  readonly machine: string;
}

/** A stored task, and whether this daemon is the one that adopted it last. */
export interface ReloadedTask extends StoredTask {
  readonly isOurs: boolean;
}

export interface NewTask {
  readonly accountId: string;
  readonly taskId: string;
  readonly atMs: number;
  readonly specJson: string;
  readonly eventJson: string;
  readonly state: string;
  readonly phase: TaskPhase;
  readonly snapshotJson: string;
  readonly machine: string;
  /** The command that asked for it, answered in the same transaction. */
  readonly answer: CommandAnswer;
}

/** A slice of the accounts; a daemon manages and releases them together. */
export interface Shard {
  readonly shard: number;
  readonly accountIds: readonly string[];
}

/** What a daemon holds, after it has taken what it may. */
export interface Holding {
  readonly shards: readonly Shard[];
  /** How many of them others are to have: they are beyond its fair share, or it cannot serve them. */
  readonly surplus: number;
  /** Which of them, the most urgent first; any, when it is not said. */
  readonly movable?: readonly number[];
  /** Accounts of these shards that no daemon could manage, each of those alive having tried. */
  readonly unmanageable?: readonly string[];
  /** Accounts of these shards that are not to be managed: another one has the same key or exchange user. */
  readonly duplicates?: readonly string[];
}

/** What a daemon makes of an account. */
export type AccountState =
  | { readonly kind: 'managed' }
  | {
      readonly kind: 'failed';
      /** For a person; holds no secret. */
      readonly reason: string;
      /** No other daemon would do better. */
      readonly forEverybody: boolean;
      /** So long it wants no shard with this account merely to even out the load. */
      readonly stayAwayMs: number;
    };

/** Which tasks a daemon holds. */
export interface TaskOwnership {
  /** Takes free shards up to this daemon's fair share. Safe to repeat: others join and leave, accounts are added. */
  claimAccounts(): Promise<Holding>;
  /** Lets others know how it went, so that one that cannot manage an account leaves it to one that can. Never rejects. */
  noteAccount(accountId: string, state: AccountState): Promise<void>;
  /** Lets another daemon have the shard; its accounts are released before. */
  giveBack(shard: number): Promise<void>;
  /** Takes no further shard and counts no longer when they are shared out; what is held stays held. */
  resign(): Promise<void>;
  /**
   * Takes over every task of an account that is not over: bumps the version (with a journal row of its own), which
   * fences any former owner. They come in batches, each as soon as it is taken over, rolls under way first.
   */
  adopt(accountId: string): AsyncIterable<readonly StoredTask[]>;
  /** The newest stored form of one task. */
  reload(accountId: string, taskId: string): Promise<ReloadedTask | null>;
  /** Stores a new task at version 1 with its first journal row. @throws Conflict when the id is taken. */
  create(task: NewTask): Promise<void>;
  /** Calls back when the session that holds the shards is lost: the daemon must stop acting until it claims again. */
  onLost(listener: (reason: string) => void): void;
  /** Gives every shard back. */
  release(): Promise<void>;
}
