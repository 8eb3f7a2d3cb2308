/** The ports to a database, in memory, for one account and one run: there is no other owner and nothing gets lost. */
import { Conflict } from '../domain/errors.ts';
import type { Command, CommandAnswer, Inbox } from '../ports/inbox.ts';
import type { Journal, NewTask, StoredTask, TaskOwnership, TurnRecord } from '../ports/journal.ts';

/** Receives every turn of the task, in order. */
export type OnTurn = (turn: Pick<TurnRecord, 'atMs' | 'state' | 'snapshotJson'>) => void;

export class MemoryStore {
  readonly #accountId: string;
  readonly #onTurn: OnTurn;
  readonly #commands: Command[] = [];
  readonly #tasks = new Map<string, StoredTask>();
  readonly answers: CommandAnswer[] = [];
  turns = 0;

  constructor(accountId: string, onTurn: OnTurn) {
    this.#accountId = accountId;
    this.#onTurn = onTurn;
  }

  ask(command: Omit<Command, 'accountId'>): void {
    this.#commands.push({ ...command, accountId: this.#accountId });
  }

  readonly journal: Journal = {
    commit: (record) => {
      const { taskId, expectedVersion, answers } = record;
      const stored = this.#tasks.get(taskId);
      if (stored?.version !== expectedVersion)
        return conflict(`Task ${taskId}: version ${expectedVersion} expected, not ${stored?.version ?? '-'}`);
      this.#store(record, expectedVersion + 1);
      for (const answer of answers) this.#answer(answer);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };

  readonly inbox: Inbox = {
    waiting: (accountIds) =>
      Promise.resolve(
        this.#commands.filter(
          ({ accountId, commandId }) => accountIds.includes(accountId) && !this.#isAnswered(commandId),
        ),
      ),
    answer: (answer) => {
      this.#answer(answer);
      return Promise.resolve();
    },
    listen: () => Promise.resolve(),
  };

  readonly ownership: TaskOwnership = {
    claimAccounts: () =>
      Promise.resolve({ shards: [{ shard: 0, accountIds: [this.#accountId] }], surplus: 0 }),
    giveBack: () => Promise.resolve(),
    resign: () => Promise.resolve(),
    noteAccount: () => Promise.resolve(),
    // eslint-disable-next-line @typescript-eslint/require-await -- a run begins with no task
    adopt: async function* () {
      yield [];
    },
    reload: (_, taskId) => {
      const task = this.#tasks.get(taskId);
      return Promise.resolve(task ? { ...task, isOurs: true } : null);
    },
    create: (task: NewTask) => {
      if (this.#tasks.has(task.taskId)) return conflict(`Task ${task.taskId} exists already`);
      this.#store(task, 1);
      this.#answer(task.answer);
      return Promise.resolve();
    },
    onLost: () => undefined,
    release: () => Promise.resolve(),
  };

  #store(turn: NewTask | TurnRecord, version: number): void {
    const { accountId, taskId, state, phase, snapshotJson, machine } = turn;
    this.#tasks.set(taskId, { accountId, taskId, version, state, phase, snapshotJson, machine });
    this.turns += 1;
    this.#onTurn(turn);
  }

  #answer(answer: CommandAnswer): void {
    if (!this.#isAnswered(answer.commandId)) this.answers.push(answer);
  }

  #isAnswered(commandId: string): boolean {
    return this.answers.some((answer) => answer.commandId === commandId);
  }
}

const conflict = (message: string): Promise<never> => Promise.reject(new Conflict(message));
