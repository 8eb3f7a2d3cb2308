/**
 * One daemon's way to the database: requests take time, may be lost on the way there or back, and everything fails
 * while the database is away. The journal's logic is the real one (store/journal/group-commit); only its writers are here.
 */
import { Conflict, NotHeld, Retryable, UnknownOutcome } from '../../../src/domain/errors.ts';
import type { Command, CommandAnswer, Inbox } from '../../../src/ports/inbox.ts';
import type {
  Holding,
  NewTask,
  ReloadedTask,
  StoredTask,
  TaskOwnership,
} from '../../../src/ports/journal.ts';
import { AccountFences } from '../../../src/store/ownership/account-fences.ts';
import { fairShare } from '../../../src/store/ownership/fair-share.ts';
import { GroupCommitJournal, type JournalBounds } from '../../../src/store/journal/group-commit.ts';
import { silentLog } from '../../../src/store/log.ts';
import type { Turn, TurnWriter } from '../../../src/store/journal/turn-writer.ts';
import { booksOf } from './account-books.ts';
import type { SimDatabase } from './database.ts';
import type { Process } from './process.ts';
import type { Chance } from './random.ts';
import type { Timeline } from './timeline.ts';

/** After so long a silence the server ends a session and its locks (store/ownership/lock-session). */
const sessionSilenceMaxMs = 12_000;
const heartbeatMs = 3_000;
const statementTimeoutMs = 4_000;
const lanes = 2;

export interface StoreParts {
  readonly database: SimDatabase;
  readonly process: Process;
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly owner: string;
  /** Answers of flushes that get lost although they were stored; counts down. */
  readonly trouble: { lostAnswers: number };
  /** Where they differ from the usual ones. */
  readonly bounds?: JournalBounds;
  /** Those of another store of the same daemon. Default: its own. */
  readonly fences?: AccountFences;
}

export class SimStore implements TaskOwnership, Inbox {
  readonly journal: GroupCommitJournal;
  readonly books: ReturnType<typeof booksOf>;
  readonly #parts: StoreParts;
  readonly #fences: AccountFences;
  /** In which session each account was taken over last. */
  readonly #fencedIn = new Map<string, string | null>();
  readonly #lostListeners: ((reason: string) => void)[] = [];
  #session: string | null = null;
  #sessions = 0;
  #hasResigned = false;
  #lastHeardMs = 0;
  #onArrival: () => void = () => undefined;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.#fences = parts.fences ?? new AccountFences();
    this.books = booksOf(parts.database.bounds, parts.owner, (what, run) => this.#ask(what, run));
    const writer: TurnWriter = {
      flush: (turns) => this.#flush(turns),
      drop: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    this.journal = new GroupCommitJournal({
      ...parts.bounds,
      owner: parts.owner,
      epochOf: this.#fences.epochOf,
      writers: Array.from({ length: lanes }, () => writer),
      log: silentLog,
      after: (delayMs, action) => parts.process.after(delayMs, action),
    });
  }

  /** Every account is a shard of its own here; the arithmetic of shares is the real one. */
  async claimAccounts(): Promise<Holding> {
    const { database } = this.#parts;
    return this.#ask('Claiming accounts', () => {
      const session = this.#openSession();
      const { members, slices } = database.census();
      const { take, movable, surplus } = fairShare({
        ownNumber: database.numberOf(session),
        members,
        slices,
      });
      if (!this.#hasResigned) database.claim(session, take.map(String));
      const shards = database.held(session).map((id) => ({ shard: Number(id), accountIds: [id] }));
      return { shards, movable, surplus };
    });
  }

  noteAccount(): Promise<void> {
    return Promise.resolve();
  }

  giveBack(shard: number): Promise<void> {
    this.#fencedIn.delete(String(shard));
    return this.#ask(`Giving shard ${shard} back`, () => {
      if (this.#session !== null) this.#parts.database.giveBack(this.#session, String(shard));
    });
  }

  resign(): Promise<void> {
    this.#hasResigned = true;
    return this.#ask('Resigning', () => {
      if (this.#session !== null) this.#parts.database.resign(this.#session);
    });
  }

  /** In three statements, as `store/ownership/adoption` does. */
  async *adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    await this.#fence(accountId);
    const rolling = await this.#adopt(accountId, ({ phase }) => phase === 'rolling');
    yield rolling;
    const adopted = new Set(rolling.map(({ taskId }) => taskId));
    yield await this.#adopt(accountId, ({ taskId }) => !adopted.has(taskId));
  }

  async #fence(accountId: string): Promise<void> {
    const { database, owner } = this.#parts;
    const epoch = await this.#ask(`Taking account ${accountId} over`, () => {
      this.#assertHeld(accountId);
      return database.fence(accountId, owner);
    });
    this.#fences.note(accountId, epoch);
    this.#fencedIn.set(accountId, this.#session);
  }

  #adopt(accountId: string, isWanted: (task: StoredTask) => boolean): Promise<readonly StoredTask[]> {
    const { database, owner } = this.#parts;
    return this.#ask(`Adopting the tasks of account ${accountId}`, () => {
      this.#assertHeld(accountId);
      return database.adopt(accountId, owner, isWanted);
    });
  }

  reload(_accountId: string, taskId: string): Promise<ReloadedTask | null> {
    const { database, owner } = this.#parts;
    return this.#ask(`Reading task ${taskId}`, () => {
      const task = database.task(taskId);
      return task ? { ...task, isOurs: database.ownerOf(taskId) === owner } : null;
    });
  }

  async create(task: NewTask): Promise<void> {
    const { database, owner } = this.#parts;
    this.#assertHeld(task.accountId);
    if (this.#fencedIn.get(task.accountId) !== this.#session) await this.#fence(task.accountId);
    return this.#ask(`Creating task ${task.taskId}`, () => {
      this.#assertHeld(task.accountId);
      database.create(task, owner);
    });
  }

  onLost(listener: (reason: string) => void): void {
    this.#lostListeners.push(listener);
  }

  release(): Promise<void> {
    this.loseSession();
    this.#session = null;
    return Promise.resolve();
  }

  waiting(accountIds: readonly string[]): Promise<readonly Command[]> {
    return this.#ask('Reading the inbox', () => this.#parts.database.waiting(accountIds));
  }

  answer(answer: CommandAnswer): Promise<void> {
    return this.#ask('Answering a command', () => this.#parts.database.answer(answer));
  }

  listen(onArrival: () => void): Promise<void> {
    this.#onArrival = onArrival;
    return Promise.resolve();
  }

  /** A command may have arrived. */
  notify(): void {
    this.#parts.process.after(this.#latencyMs(), () => this.#onArrival());
  }

  /** The server ends the session: its locks are free at once; the daemon learns of it later. */
  loseSession(noticedAfterMs?: number): void {
    const { database, process } = this.#parts;
    const session = this.#session;
    if (session === null) return;
    database.endSession(session);
    if (noticedAfterMs !== undefined)
      process.after(noticedAfterMs, () => this.#lose(session, 'the session was ended'));
  }

  #lose(session: string, reason: string): void {
    if (this.#session !== session) return;
    this.#session = null;
    for (const listener of this.#lostListeners) listener(reason);
  }

  #openSession(): string {
    const { database, owner } = this.#parts;
    if (this.#session === null) {
      this.#session = `${owner}#${(this.#sessions += 1)}`;
      database.openSession(this.#session);
      this.#lastHeardMs = this.#parts.timeline.nowMs();
      this.#beat(this.#session);
    }
    if (!database.hasSession(this.#session)) throw new Retryable('the session was ended');
    return this.#session;
  }

  /** The daemon asks now and then; a server that gets no request for long ends the session by itself. */
  #beat(session: string): void {
    const { process, timeline, database } = this.#parts;
    timeline.after(sessionSilenceMaxMs, () => {
      const silentMs = timeline.nowMs() - this.#lastHeardMs;
      if (this.#session === session && silentMs >= sessionSilenceMaxMs) database.endSession(session);
    });
    process.after(heartbeatMs, () => {
      if (this.#session !== session) return;
      if (database.isAway || !database.hasSession(session)) {
        database.endSession(session);
        this.#lose(session, 'no answer to a heartbeat');
        return;
      }
      this.#lastHeardMs = timeline.nowMs();
      this.#beat(session);
    });
  }

  #assertHeld(accountId: string): void {
    const { database, owner } = this.#parts;
    const isHeld = this.#session !== null && database.held(this.#session).includes(accountId);
    if (!isHeld) throw new NotHeld(`Account ${accountId} is not held by this daemon (${owner})`);
  }

  #flush(turns: readonly Turn[]): ReturnType<TurnWriter['flush']> {
    const { database, owner, trouble } = this.#parts;
    return this.#statement(
      () => database.flush(owner, turns),
      () => {
        const isLost = trouble.lostAnswers > 0;
        if (isLost) trouble.lostAnswers -= 1;
        return isLost;
      },
    );
  }

  #ask<T>(what: string, run: () => T): Promise<T> {
    return this.#statement(run).catch((error: unknown) => {
      if (error instanceof Conflict) throw error;
      throw new Retryable(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  }

  #statement<T>(run: () => T, isAnswerLost: () => boolean = () => false): Promise<T> {
    const { database, process, timeline } = this.#parts;
    return process.call<T>((answer, fail) => {
      timeline.after(this.#latencyMs(), () => {
        if (database.isAway) {
          timeline.after(this.#latencyMs(), () => fail(new Error('ECONNREFUSED')));
          return;
        }
        let outcome: { value: T } | { error: Error };
        try {
          outcome = { value: run() };
        } catch (error) {
          outcome = { error: error as Error };
        }
        const delayMs = isAnswerLost() ? statementTimeoutMs : this.#latencyMs();
        timeline.after(delayMs, () => {
          if (delayMs === statementTimeoutMs) fail(new UnknownOutcome('no answer in time'));
          else if ('error' in outcome) fail(outcome.error);
          else answer(outcome.value);
        });
      });
    });
  }

  #latencyMs(): number {
    return this.#parts.chance.between(0.3, 4);
  }
}
