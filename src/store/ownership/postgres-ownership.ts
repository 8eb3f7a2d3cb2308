/**
 * Which tasks this daemon holds. Accounts fall into sixty-four slices (shards); a daemon holds a slice by an advisory
 * lock of one dedicated session. Living daemons are counted by a lock that their sessions share, and each holds its fair
 * share of the slices. Everything that needs the slice (adopting, creating) runs in that very session, so that it fails
 * together with the lock. Adopting raises the account's epoch, which fences the previous owner (account-fences.ts). The journal
 * writes turns.
 */
import { z } from 'zod';
import { BadInput, Conflict, NotHeld, Retryable, Terminal, UnknownOutcome } from '../../domain/errors.ts';
import type { ExchangeEnvironment } from '../../ports/directory.ts';
import type {
  AccountState,
  FreedShard,
  Holding,
  NewTask,
  ReloadedTask,
  Shard,
  StoredTask,
  TaskOwnership,
} from '../../ports/journal.ts';
import type { ShardsStanding } from '../../ports/system.ts';
import type { Listening } from '../commands/listening.ts';
import type { AccountFences } from './account-fences.ts';
import { AccountNotes } from './account-notes.ts';
import { livingLockClass, memberLockClass, shardLockClass, shardsTotal } from './advisory-locks.ts';
import { Adoption } from './adoption.ts';
import {
  describeDatabaseError,
  isBadRow,
  isDuplicate,
  sqlStateOf,
  surelyDidNotHappen,
} from '../database-errors.ts';
import { fairShare, type Member, type Slice } from './fair-share.ts';
import { storable } from '../journal/flush-turns.ts';
import { LockSession } from './lock-session.ts';
import { assertSessionsAreOwn } from './own-sessions.ts';
import { sql } from '../sql.ts';

export interface OwnershipOptions {
  readonly databaseUrl: string;
  readonly daemonName: string;
  /** Session of this daemon, unique per start; the same that the journal writes with. */
  readonly owner: string;
  /** Accounts of other environments are never claimed. */
  readonly environment: ExchangeEnvironment;
  /** Learns the epochs of accounts that are taken over. */
  readonly fences: AccountFences;
  /** For notices of other daemons. Default: it looks at the locks alone. */
  readonly listening?: Listening;
  readonly heartbeatMs?: number;
  /** Bound of one statement. */
  readonly statementTimeoutMs?: number;
}

interface CensusRow extends Shard, Slice {
  readonly shard: number;
  readonly duplicates: readonly string[];
  readonly unmanageable: readonly string[];
  /** The server shows its lock as held by this very session. */
  readonly isHeldHere: boolean;
  readonly members: readonly Member[];
  readonly ownNumber: number;
  readonly [column: string]: unknown;
}

/** The channel is written in give-shard-back.sql, too. Any user of the database can send there. */
const freedChannel = 'rollkeeper_shards';
const freedNotice = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ class: z.int(), shard: z.int().nonnegative(), forMs: z.int().nonnegative() }));

/** A slice that stays free for more looks than this is taken by another daemon. */
const looksFreeMax = 5;

export class PostgresOwnership implements TaskOwnership {
  readonly #options: OwnershipOptions;
  readonly #adoption: Adoption;
  readonly #notes: AccountNotes;
  readonly #listeners: ((reason: string) => void)[] = [];
  readonly #shards = new Set<number>();
  /** For how many looks in a row a slice was seen free. */
  readonly #looksFree = new Map<number, number>();
  #session: LockSession | null = null;
  #opening: Promise<LockSession> | null = null;
  /** The session in which this daemon is counted among those that want their share. */
  #memberSession: LockSession | null = null;
  #hasResigned = false;
  #sequence = 0;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    const { owner, daemonName, fences } = options;
    this.#adoption = new Adoption({
      owner,
      daemonName,
      fences,
      sessionFor: (accountId) => this.#sessionFor(accountId),
    });
    this.#notes = new AccountNotes(owner, () => this.#session);
  }

  /** Slices held now, ascending. */
  get shards(): readonly number[] {
    return [...this.#shards].sort((a, b) => a - b);
  }

  /** As of the last claim. */
  get standing(): ShardsStanding {
    let unowned = 0;
    for (const [shard, looks] of this.#looksFree) if (looks > 1 && !this.#shards.has(shard)) unowned += 1;
    return { held: this.#shards.size, unowned };
  }

  /** May be called at any time: it picks up new accounts, and slices whose daemon has died or left. @throws Retryable */
  async claimAccounts(): Promise<Holding> {
    return this.#asRetryable('Claiming accounts', async () => {
      const session = await this.#openSession();
      await this.#join(session);
      const { environment, owner } = this.#options;
      const values = [
        environment,
        shardsTotal,
        shardLockClass[environment],
        memberLockClass[environment],
        owner,
      ];
      const { rows } = await session.query<CensusRow>(sql('shard-census'), values);
      this.#assertStillHeld(session, rows);
      const members = rows[0]?.members ?? [];
      const ownNumber = rows[0]?.ownNumber ?? 0;
      const { take, movable, surplus } = fairShare({
        ownNumber,
        members,
        slices: rows,
        overdue: this.#overdue(rows),
      });
      if (take.length > 0) await this.#take(session, take);
      const held = rows.filter(({ shard }) => this.#shards.has(shard));
      return {
        shards: held.map(({ shard, accountIds }) => ({ shard, accountIds })),
        movable,
        surplus,
        heldElsewhere: rows
          .filter(({ shard, isFree }) => !isFree && !this.#shards.has(shard))
          .map(({ shard }) => shard),
        duplicates: held.flatMap(({ duplicates }) => duplicates),
        unmanageable: held.flatMap(({ unmanageable }) => unmanageable),
      };
    });
  }

  noteAccount(accountId: string, state: AccountState): Promise<void> {
    return this.#notes.add(accountId, state);
  }

  async giveBack(shard: number, forMs = 0): Promise<void> {
    if (!this.#shards.delete(shard)) return;
    this.#adoption.left((accountId) => shardOf(accountId) === shard);
    await this.#asRetryable(`Giving shard ${shard} back`, async () => {
      await this.#session?.query(sql('give-shard-back'), [
        shardLockClass[this.#options.environment],
        shard,
        Math.round(forMs),
      ]);
    });
  }

  async onFreed(listener: (freed: FreedShard) => void): Promise<void> {
    await this.#options.listening?.listen(freedChannel, {
      message: (payload) => {
        const freed = freedNotice.safeParse(payload);
        if (freed.success && freed.data.class === shardLockClass[this.#options.environment])
          listener({ shard: freed.data.shard, forMs: freed.data.forMs });
      },
    });
  }

  async resign(): Promise<void> {
    this.#hasResigned = true;
    await this.#asRetryable('Resigning', async () => {
      const { environment, owner } = this.#options;
      await this.#session?.query(sql('leave-members'), [memberLockClass[environment], owner]);
    });
  }

  /** @throws Conflict when the account's slice is not held; Retryable when the session is lost (claim again). */
  async *adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    try {
      yield* this.#adoption.adopt(accountId);
    } catch (error) {
      throw error instanceof Conflict
        ? error
        : retryable(`Adopting the tasks of account ${accountId}`, error);
    }
  }

  async reload(accountId: string, taskId: string): Promise<ReloadedTask | null> {
    return this.#asRetryable(`Reading task ${taskId}`, async () => {
      const session = await this.#openSession();
      const { rows } = await session.query<ReloadedTask & { [column: string]: unknown }>(sql('reload-task'), [
        accountId,
        taskId,
        this.#options.owner,
      ]);
      return rows[0] ?? null;
    });
  }

  /**
   * @throws Conflict when the id is taken or the account's slice is not held; Terminal when the values are refused;
   * UnknownOutcome when the session died meanwhile: `onLost` is called too, and the next `adopt` returns the task if it
   * exists.
   */
  async create(task: NewTask): Promise<void> {
    this.#sessionFor(task.accountId);
    // Done already where this daemon has taken the account over before.
    await this.#asRetryable(`Creating task ${task.taskId}`, () => this.#adoption.fence(task.accountId));
    // Asked again, because the account may have been given back meanwhile.
    const session = this.#sessionFor(task.accountId);
    const { owner } = this.#options;
    const writer = `${owner}/create-${++this.#sequence}`;
    const { commandId, status, text } = task.answer;
    try {
      await session.query(sql('create-task'), [
        task.accountId,
        task.taskId,
        task.phase,
        task.state,
        task.specJson,
        task.snapshotJson,
        task.atMs,
        task.eventJson,
        writer,
        commandId,
        status,
        storable(text),
        task.machine,
      ]);
    } catch (error) {
      throw creationError(task, error);
    }
  }

  onLost(listener: (reason: string) => void): void {
    this.#listeners.push(listener);
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#shards.clear();
    await session?.close();
  }

  async #join(session: LockSession): Promise<void> {
    if (this.#hasResigned || this.#memberSession === session) return;
    const { environment, owner } = this.#options;
    await session.query(sql('join-members'), [memberLockClass[environment], owner]);
    this.#memberSession = session;
  }

  /** Notices a pooler that was put in between meanwhile, and sends queries to other backends than those with the locks. */
  #assertStillHeld(session: LockSession, rows: readonly CensusRow[]): void {
    const lost = rows.find(({ shard, isHeldHere }) => this.#shards.has(shard) && !isHeldHere);
    if (!lost) return;
    const reason = `the server no longer shows shard ${lost.shard} as locked by this session`;
    session.lose(reason);
    throw new Error(reason);
  }

  /** Counts looks, because daemons share no clock. */
  #overdue(rows: readonly CensusRow[]): ReadonlySet<number> {
    const overdue = new Set<number>();
    for (const { shard, isFree } of rows) {
      const looks = isFree ? (this.#looksFree.get(shard) ?? 0) + 1 : 0;
      this.#looksFree.set(shard, looks);
      if (looks > looksFreeMax) overdue.add(shard);
    }
    return overdue;
  }

  async #take(session: LockSession, shards: readonly number[]): Promise<void> {
    const taken = await session.query<{ shard: number }>(sql('take-shards'), [
      shardLockClass[this.#options.environment],
      shards,
    ]);
    if (session.alive) for (const { shard } of taken.rows) this.#shards.add(shard);
  }

  #sessionFor(accountId: string): LockSession {
    const shard = shardOf(accountId);
    if (this.#session?.alive === true && this.#shards.has(shard)) return this.#session;
    throw new NotHeld(
      `Account ${accountId} is not held by this daemon (${this.#options.owner}): claim it first`,
    );
  }

  #openSession(): Promise<LockSession> {
    if (this.#session?.alive === true) return Promise.resolve(this.#session);
    this.#opening ??= this.#newSession()
      .then((session) => (this.#session = session))
      .finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #newSession(): Promise<LockSession> {
    const {
      databaseUrl,
      daemonName,
      owner,
      heartbeatMs = 4_000,
      statementTimeoutMs = 60_000,
    } = this.#options;
    await assertSessionsAreOwn(databaseUrl);
    const session = await LockSession.open({
      databaseUrl,
      name: `rollkeeper shards ${daemonName}`,
      heartbeatMs,
      statementTimeoutMs,
      onLost: (reason) => this.#lose(reason),
    });
    await session.query(sql('join-members'), [livingLockClass, owner]);
    return session;
  }

  #lose(reason: string): void {
    this.#session = null;
    this.#shards.clear();
    for (const listener of this.#listeners) listener(reason);
  }

  async #asRetryable<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw retryable(what, error);
    }
  }
}

const shardOf = (accountId: string): number => Number(BigInt(accountId) % BigInt(shardsTotal));

/** `BadInput` stays what it is, because the operator has to put it right. */
const retryable = (what: string, error: unknown): Retryable | BadInput =>
  error instanceof BadInput
    ? error
    : new Retryable(`${what}: ${describeDatabaseError(error)}`, { cause: error });

function creationError(task: NewTask, error: unknown): Error {
  const what = `Creating task ${task.taskId}`;
  const reason = describeDatabaseError(error);
  if (isDuplicate(error)) return new Conflict(`Task ${task.taskId} exists already`, { cause: error });
  if (isBadRow(error)) return new Terminal(`${what}: ${reason}`, { code: sqlStateOf(error), cause: error });
  if (surelyDidNotHappen(error)) return new Retryable(`${what}: ${reason}`, { cause: error });
  return new UnknownOutcome(`${what}: ${reason}`, { cause: error });
}
