/**
 * Takes accounts over with their tasks, rolls under way first, many accounts in one statement: a start asks for thousands of
 * accounts at once, and requests that arrive while a statement runs share the next one. It owns the order and the batches;
 * account-fences.ts says why what is read here is final, and postgres-ownership.ts provides the session.
 */
import type { StoredTask } from '../../ports/journal.ts';
import type { AccountFences } from './account-fences.ts';
import type { LockSession } from './lock-session.ts';
import { sql } from '../sql.ts';

export interface AdoptionOptions {
  /** Session of this daemon, unique per start; the same that the journal writes with. */
  readonly owner: string;
  readonly daemonName: string;
  readonly fences: AccountFences;
  /** The session that holds the account's slice. @throws Conflict when it is not held. */
  readonly sessionFor: (accountId: string) => LockSession;
}

/** Which tasks of an account are to be taken over. */
interface Selection {
  readonly accountId: string;
  readonly onlyUnderWay: boolean;
  /** Tasks that were taken over already. */
  readonly spared: readonly string[];
}

interface Wanted extends Selection {
  /** Only ids after this one. */
  readonly after: string;
  readonly resolve: (batch: Batch) => void;
  readonly reject: (error: Error) => void;
}

interface Batch {
  readonly tasks: readonly StoredTask[];
  /** The last id that was looked at; `null` when there are no more. */
  readonly last: string | null;
}

interface FoundTask extends StoredTask {
  /** It is taken over by a version of its own. */
  readonly isWritten: boolean;
}

type Row<Fields> = Fields & { [column: string]: unknown };

/** Accounts in one statement: few tasks of each are under way, but many may wait. */
const accountsAtOnceMax = { underWay: 250, any: 20 };
/** Tasks in one statement, so that no statement is long and the first tasks run before the last are read. */
const tasksAtOnceMax = 2_000;
const tasksEachMin = 200;

export class Adoption {
  readonly #options: AdoptionOptions;
  /** In which session each account was fenced last. */
  readonly #fencedIn = new Map<string, LockSession>();
  #waiting: Wanted[] = [];
  #isRunning = false;
  #sequence = 0;

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Yields batches, each as soon as it is taken over; the first one also when it is empty. */
  async *adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    const underWay: string[] = [];
    for await (const tasks of this.#adopt({ accountId, onlyUnderWay: true, spared: [] })) {
      underWay.push(...tasks.map(({ taskId }) => taskId));
      yield tasks;
    }
    // Then all others, whatever state they are in by now: until a task of a daemon that knows no fence is written, that daemon may
    // still store a turn that begins a roll.
    yield* this.#adopt({ accountId, onlyUnderWay: false, spared: underWay });
  }

  /** Takes an account over without its tasks, unless that was done in this session. */
  async fence(accountId: string): Promise<void> {
    const session = this.#options.sessionFor(accountId);
    if (this.#fencedIn.get(accountId) !== session) await this.#fence(session, [accountId]);
  }

  /** These accounts may be another daemon's from here on. */
  left(isLeft: (accountId: string) => boolean): void {
    for (const accountId of this.#fencedIn.keys()) if (isLeft(accountId)) this.#fencedIn.delete(accountId);
  }

  async *#adopt(selection: Selection): AsyncGenerator<readonly StoredTask[], void> {
    for (let after = ''; ;) {
      const { tasks, last } = await this.#ask({ ...selection, after });
      yield tasks;
      if (last === null) return;
      after = last;
    }
  }

  #ask(wanted: Omit<Wanted, 'resolve' | 'reject'>): Promise<Batch> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...wanted, resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Never rejects: errors go to the callers that wait. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    // In a microtask, so that everything asked for in this stretch shares the first statement.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const onlyUnderWay = this.#waiting.some((wanted) => wanted.onlyUnderWay);
      const next = this.#next(onlyUnderWay);
      this.#waiting = this.#waiting.filter((wanted) => !next.includes(wanted));
      await this.#take(next, onlyUnderWay);
    }
    this.#isRunning = false;
  }

  /** Once for each account: an attempt that was given up may still ask for its next tasks when another asks for the first. */
  #next(onlyUnderWay: boolean): readonly Wanted[] {
    const byAccount = new Map<string, Wanted>();
    for (const wanted of this.#waiting)
      if (wanted.onlyUnderWay === onlyUnderWay && !byAccount.has(wanted.accountId))
        byAccount.set(wanted.accountId, wanted);
    return [...byAccount.values()].slice(0, accountsAtOnceMax[onlyUnderWay ? 'underWay' : 'any']);
  }

  async #take(asked: readonly Wanted[], onlyUnderWay: boolean): Promise<void> {
    for (const [session, held] of this.#sessionsOf(asked)) {
      try {
        // Each adoption begins with those under way.
        const begun = held.filter(({ after }) => onlyUnderWay && after === '');
        if (begun.length > 0)
          await this.#fence(
            session,
            begun.map(({ accountId }) => accountId),
          );
        await this.#read(session, held, onlyUnderWay);
      } catch (error) {
        for (const { reject } of held) reject(error as Error);
      }
    }
  }

  /** Rejects those whose account is not held. */
  #sessionsOf(asked: readonly Wanted[]): Map<LockSession, Wanted[]> {
    const sessions = new Map<LockSession, Wanted[]>();
    for (const wanted of asked) {
      try {
        const session = this.#options.sessionFor(wanted.accountId);
        sessions.set(session, [...(sessions.get(session) ?? []), wanted]);
      } catch (error) {
        wanted.reject(error as Error);
      }
    }
    return sessions;
  }

  /** To be asked before each further statement, because an account may be given back meanwhile. Rejects the others. */
  #stillHeld(session: LockSession, asked: readonly Wanted[]): readonly Wanted[] {
    const held = this.#sessionsOf(asked).get(session) ?? [];
    const ended = new Error('the session that held the account has ended');
    for (const wanted of asked) if (!held.includes(wanted)) wanted.reject(ended);
    return held;
  }

  /** In a statement of its own, because only a later one sees what the flushes stored that this one waited for. */
  async #fence(session: LockSession, accountIds: readonly string[]): Promise<void> {
    const { fences, owner } = this.#options;
    const { rows } = await session.query<Row<{ accountId: string; epoch: number }>>(sql('fence-accounts'), [
      accountIds,
      owner,
    ]);
    for (const { accountId, epoch } of rows) {
      fences.note(accountId, epoch);
      this.#fencedIn.set(accountId, session);
    }
  }

  async #read(session: LockSession, asked: readonly Wanted[], onlyUnderWay: boolean): Promise<void> {
    const read = this.#stillHeld(session, asked);
    if (read.length === 0) return;
    const each = Math.max(tasksEachMin, Math.floor(tasksAtOnceMax / read.length));
    const accounts = read.map(({ accountId, after, spared }) => ({ account_id: accountId, after, spared }));
    const { rows } = await session.query<Row<FoundTask>>(sql('tasks-to-adopt'), [
      JSON.stringify(accounts),
      onlyUnderWay,
      each,
    ]);
    const byAccount = groupByAccount(rows);
    const held = this.#stillHeld(session, read);
    const toWrite = held.flatMap(({ accountId }) => byAccount.get(accountId) ?? []);
    const written = await this.#write(
      session,
      toWrite.filter(({ isWritten }) => isWritten),
    );
    for (const { accountId, resolve } of held) {
      const found = byAccount.get(accountId) ?? [];
      const tasks = found.flatMap((task) =>
        task.isWritten ? (written.get(task.taskId) ?? []) : [storedOf(task)],
      );
      resolve({ tasks, last: found.length < each ? null : (found.at(-1)?.taskId ?? null) });
    }
  }

  /** @returns the tasks as they are taken over, by id */
  async #write(session: LockSession, tasks: readonly StoredTask[]): Promise<ReadonlyMap<string, StoredTask>> {
    if (tasks.length === 0) return new Map();
    const { owner, daemonName } = this.#options;
    const { rows } = await session.query<Row<StoredTask>>(sql('adopt-tasks'), [
      JSON.stringify(tasks.map(({ accountId, taskId }) => ({ account_id: accountId, id: taskId }))),
      JSON.stringify({ type: 'ADOPTED', daemon: daemonName }),
      `${owner}/adopt-${(this.#sequence += 1)}/`,
    ]);
    return new Map(rows.map((task) => [task.taskId, task]));
  }
}

const storedOf = ({ isWritten: _, ...task }: FoundTask): StoredTask => task;

function groupByAccount(tasks: readonly FoundTask[]): ReadonlyMap<string, readonly FoundTask[]> {
  const groups = new Map<string, FoundTask[]>();
  for (const task of tasks) {
    const group = groups.get(task.accountId);
    if (group) group.push(task);
    else groups.set(task.accountId, [task]);
  }
  return groups;
}
