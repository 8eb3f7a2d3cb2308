/**
 * Which tasks this daemon holds. Accounts fall into sixty-four slices (shards); a daemon holds a slice by an advisory
 * lock of one dedicated session. The daemons that are alive are counted by a lock that their sessions share, and each
 * holds its fair share of the slices. Everything that assumes the slice (adopting, creating) runs in that very session,
 * so that it fails together with the lock. Adopting makes this daemon the stored owner and bumps the version, which
 * fences whoever had the task. Writing turns is the journal's.
 */
import { Conflict, Retryable, Terminal, UnknownOutcome } from '../domain/errors.ts';
import type { Holding, NewTask, ReloadedTask, Shard, StoredTask, TaskOwnership } from '../ports/journal.ts';
import { membersLockKey, shardLockClass, shardsTotal, type ExchangeEnvironment } from './advisory-locks.ts';
import { Adoption } from './adoption.ts';
import {
  describeDatabaseError,
  isBadRow,
  isDuplicate,
  sqlStateOf,
  surelyDidNotHappen,
} from './database-errors.ts';
import { balance } from './fair-share.ts';
import { storable } from './flush-turns.ts';
import { LockSession } from './lock-session.ts';
import { sql } from './sql.ts';

export interface OwnershipOptions {
  readonly databaseUrl: string;
  readonly daemonName: string;
  /** Session of this daemon, unique per start; the same that the journal writes with. */
  readonly owner: string;
  /** Accounts of other environments are never claimed. */
  readonly environment: ExchangeEnvironment;
  readonly heartbeatMs?: number;
  /** Bound of one statement. */
  readonly statementTimeoutMs?: number;
}

export class PostgresOwnership implements TaskOwnership {
  readonly #options: OwnershipOptions;
  readonly #adoption: Adoption;
  readonly #listeners: ((reason: string) => void)[] = [];
  readonly #shards = new Set<number>();
  #session: LockSession | null = null;
  #opening: Promise<LockSession> | null = null;
  /** The one in which this daemon is counted among those that want their share. */
  #memberSession: LockSession | null = null;
  #hasResigned = false;
  #sequence = 0;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    const { owner, daemonName } = options;
    this.#adoption = new Adoption({
      owner,
      daemonName,
      sessionFor: (accountId) => this.#sessionFor(accountId),
    });
  }

  /** Slices held now, ascending. */
  get shards(): readonly number[] {
    return [...this.#shards].sort((a, b) => a - b);
  }

  /** Call again at any time: it picks up new accounts, and slices whose daemon has died or left. @throws Retryable */
  async claimAccounts(): Promise<Holding> {
    return this.#asRetryable('Claiming accounts', async () => {
      const session = await this.#openSession();
      await this.#join(session);
      const { environment } = this.#options;
      const census = await session.query<Shard & { members: number }>(sql('shard-census'), [
        environment,
        shardsTotal,
        ...this.#membersLock,
      ]);
      const isHeld = ({ shard }: Shard): boolean => this.#shards.has(shard);
      const { members } = census.rows[0] ?? { members: 0 };
      const { room, surplus } = balance(census.rows.length, members, census.rows.filter(isHeld).length);
      const others = census.rows.filter((row) => !isHeld(row)).map(({ shard }) => shard);
      if (room > 0 && !this.#hasResigned) await this.#take(session, others, room);
      const shards = census.rows.filter(isHeld).map(({ shard, accountIds }) => ({ shard, accountIds }));
      return { shards, surplus };
    });
  }

  async giveBack(shard: number): Promise<void> {
    if (!this.#shards.delete(shard)) return;
    await this.#asRetryable(`Giving shard ${shard} back`, async () => {
      await this.#session?.query(sql('give-shard-back'), [shardLockClass[this.#options.environment], shard]);
    });
  }

  async resign(): Promise<void> {
    this.#hasResigned = true;
    await this.#asRetryable('Resigning', async () => {
      await this.#session?.query(sql('leave-members'), [...this.#membersLock]);
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
   * UnknownOutcome when the session died meanwhile: `onLost` tells too, and the next `adopt` returns the task if it exists.
   */
  async create(task: NewTask): Promise<void> {
    const session = this.#sessionFor(task.accountId);
    const { owner } = this.#options;
    const writer = `${owner}/create-${++this.#sequence}`;
    const { commandId, status, text } = task.answer;
    try {
      await session.query(sql('create-task'), [
        task.accountId,
        task.taskId,
        owner,
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

  get #membersLock(): readonly [lockClass: number, key: number] {
    return [shardLockClass[this.#options.environment], membersLockKey];
  }

  async #join(session: LockSession): Promise<void> {
    if (this.#hasResigned || this.#memberSession === session) return;
    await session.query(sql('join-members'), [...this.#membersLock]);
    this.#memberSession = session;
  }

  async #take(session: LockSession, shards: readonly number[], max: number): Promise<void> {
    const taken = await session.query<{ shard: number }>(sql('take-shards'), [
      shardLockClass[this.#options.environment],
      shards,
      max,
    ]);
    if (session.alive) for (const { shard } of taken.rows) this.#shards.add(shard);
  }

  #sessionFor(accountId: string): LockSession {
    const shard = Number(BigInt(accountId) % BigInt(shardsTotal));
    if (this.#session?.alive === true && this.#shards.has(shard)) return this.#session;
    throw new Conflict(
      `Account ${accountId} is not held by this daemon (${this.#options.owner}): claim it first`,
    );
  }

  #openSession(): Promise<LockSession> {
    if (this.#session?.alive === true) return Promise.resolve(this.#session);
    const { databaseUrl, daemonName, heartbeatMs = 4_000, statementTimeoutMs = 60_000 } = this.#options;
    this.#opening ??= LockSession.open({
      databaseUrl,
      name: `rollkeeper shards ${daemonName}`,
      heartbeatMs,
      statementTimeoutMs,
      onLost: (reason) => this.#lose(reason),
    })
      .then((session) => (this.#session = session))
      .finally(() => (this.#opening = null));
    return this.#opening;
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

const retryable = (what: string, error: unknown): Retryable =>
  new Retryable(`${what}: ${describeDatabaseError(error)}`, { cause: error });

function creationError(task: NewTask, error: unknown): Error {
  const what = `Creating task ${task.taskId}`;
  const reason = describeDatabaseError(error);
  if (isDuplicate(error)) return new Conflict(`Task ${task.taskId} exists already`, { cause: error });
  if (isBadRow(error)) return new Terminal(`${what}: ${reason}`, { code: sqlStateOf(error), cause: error });
  if (surelyDidNotHappen(error)) return new Retryable(`${what}: ${reason}`, { cause: error });
  return new UnknownOutcome(`${what}: ${reason}`, { cause: error });
}
