/**
 * Takes over the tasks of accounts, rolls under way first, many accounts in one statement: a start asks for thousands of
 * accounts at once, and requests that arrive while a statement runs share the next one. It owns the order and the batches;
 * postgres-ownership.ts provides the session and decides whether it may be used.
 */
import type { StoredTask } from '../../ports/journal.ts';
import type { LockSession } from './lock-session.ts';
import { sql } from '../sql.ts';

export interface AdoptionOptions {
  /** Session of this daemon, unique per start; the same that the journal writes with. */
  readonly owner: string;
  readonly daemonName: string;
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
  readonly isLast: boolean;
}

/** Accounts in one statement: few tasks of each are under way, but many may wait. */
const accountsAtOnceMax = { underWay: 250, any: 20 };
/** Tasks in one statement, so that no statement is long and the first tasks run before the last are read. */
const tasksAtOnceMax = 2_000;
const tasksEachMin = 200;

export class Adoption {
  readonly #options: AdoptionOptions;
  #waiting: Wanted[] = [];
  #isRunning = false;
  #sequence = 0;

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Yields batches, each as soon as it is taken over. */
  async *adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    const underWay: string[] = [];
    for await (const tasks of this.#adopt({ accountId, onlyUnderWay: true, spared: [] })) {
      underWay.push(...tasks.map(({ taskId }) => taskId));
      yield tasks;
    }
    // Then all others, whatever state they are in by now: until a task's version is bumped, its previous owner may still
    // store a turn that begins a roll.
    yield* this.#adopt({ accountId, onlyUnderWay: false, spared: underWay });
  }

  async *#adopt(selection: Selection): AsyncGenerator<readonly StoredTask[], void> {
    for (let after = ''; ;) {
      const { tasks, isLast } = await this.#ask({ ...selection, after });
      if (tasks.length > 0) yield tasks;
      if (isLast) return;
      after = tasks.at(-1)?.taskId ?? after;
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
      const next = this.#waiting
        .filter((wanted) => wanted.onlyUnderWay === onlyUnderWay)
        .slice(0, accountsAtOnceMax[onlyUnderWay ? 'underWay' : 'any']);
      this.#waiting = this.#waiting.filter((wanted) => !next.includes(wanted));
      await this.#take(next, onlyUnderWay);
    }
    this.#isRunning = false;
  }

  async #take(asked: readonly Wanted[], onlyUnderWay: boolean): Promise<void> {
    const { owner, daemonName, sessionFor } = this.#options;
    const sessions = new Map<LockSession, Wanted[]>();
    for (const wanted of asked) {
      try {
        const session = sessionFor(wanted.accountId);
        sessions.set(session, [...(sessions.get(session) ?? []), wanted]);
      } catch (error) {
        wanted.reject(error as Error);
      }
    }
    for (const [session, held] of sessions) {
      const each = Math.max(tasksEachMin, Math.floor(tasksAtOnceMax / held.length));
      const accounts = held.map(({ accountId, after, spared }) => ({ account_id: accountId, after, spared }));
      const event = JSON.stringify({ type: 'ADOPTED', daemon: daemonName });
      const writer = `${owner}/adopt-${(this.#sequence += 1)}/`;
      const values = [JSON.stringify(accounts), owner, event, writer, onlyUnderWay, each];
      try {
        const { rows } = await session.query<StoredTask & { [column: string]: unknown }>(
          sql('adopt-tasks'),
          values,
        );
        const byAccount = groupByAccount(rows);
        for (const { accountId, resolve } of held) {
          const tasks = byAccount.get(accountId) ?? [];
          resolve({ tasks, isLast: tasks.length < each });
        }
      } catch (error) {
        for (const { reject } of held) reject(error as Error);
      }
    }
  }
}

function groupByAccount(tasks: readonly StoredTask[]): ReadonlyMap<string, readonly StoredTask[]> {
  const groups = new Map<string, StoredTask[]>();
  for (const task of tasks) {
    const group = groups.get(task.accountId);
    if (group) group.push(task);
    else groups.set(task.accountId, [task]);
  }
  return groups;
}
