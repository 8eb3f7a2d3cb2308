/**
 * Takes over the tasks of accounts, rolls under way first, many accounts in one statement: a start asks for thousands of
 * accounts at once, and whatever is asked while a statement runs goes with the next. It owns the order and the batches;
 * in which session it runs, and whether that may, is its owner's (postgres-ownership).
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

interface Wanted {
  readonly accountId: string;
  readonly onlyUnderWay: boolean;
  readonly after: string;
  readonly spared: readonly string[];
  readonly taken: (tasks: readonly StoredTask[], isLast: boolean) => void;
  readonly failed: (error: Error) => void;
}

type Batch = { readonly tasks: readonly StoredTask[]; readonly isLast: boolean };

/** Few tasks are under way, so many accounts are asked for theirs at once; of those that wait there are many each. */
const accountsAtOnceMax = { underWay: 250, any: 20 };
/** Of one account alone: no statement is long, and the first tasks are alive before the last are read. */
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

  /** In batches, each as soon as it is taken over. */
  async *adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    const underWay: string[] = [];
    for await (const tasks of this.#adopt(accountId, true, [])) {
      underWay.push(...tasks.map(({ taskId }) => taskId));
      yield tasks;
    }
    // All others, whatever they do now: until its version is bumped, a turn that its former keeper had decided may still
    // be stored, and begin a roll.
    yield* this.#adopt(accountId, false, underWay);
  }

  async *#adopt(
    accountId: string,
    onlyUnderWay: boolean,
    spared: readonly string[],
  ): AsyncGenerator<readonly StoredTask[], void> {
    for (let after = ''; ;) {
      const { tasks, isLast } = await this.#ask({ accountId, onlyUnderWay, after, spared });
      if (tasks.length > 0) yield tasks;
      if (isLast) return;
      after = tasks.at(-1)?.taskId ?? after;
    }
  }

  #ask(wanted: Omit<Wanted, 'taken' | 'failed'>): Promise<Batch> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        ...wanted,
        taken: (tasks, isLast) => resolve({ tasks, isLast }),
        failed: reject,
      });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Never rejects: whoever asked is told. */
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
        wanted.failed(error as Error);
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
        for (const { accountId, taken } of held) {
          const tasks = byAccount.get(accountId) ?? [];
          taken(tasks, tasks.length < each);
        }
      } catch (error) {
        for (const { failed } of held) failed(error as Error);
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
