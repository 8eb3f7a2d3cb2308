/** The ports to a database, kept in memory for one account and one run: nobody else owns anything and nothing is lost. */
import type { Command, CommandAnswer, Inbox } from '../ports/inbox.ts';
import type { Journal, NewTask, TaskOwnership, TurnRecord } from '../ports/journal.ts';

/** Hears of every state a task comes to, in order. */
export type OnTurn = (turn: Pick<TurnRecord, 'atMs' | 'state' | 'snapshotJson'>) => void;

export class MemoryStore {
  readonly #accountId: string;
  readonly #onTurn: OnTurn;
  readonly #waiting: Command[] = [];
  readonly answers: CommandAnswer[] = [];
  turns = 0;

  constructor(accountId: string, onTurn: OnTurn) {
    this.#accountId = accountId;
    this.#onTurn = onTurn;
  }

  ask(command: Omit<Command, 'accountId'>): void {
    this.#waiting.push({ ...command, accountId: this.#accountId });
  }

  readonly journal: Journal = {
    commit: (record) => {
      this.#take(record);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };

  readonly inbox: Inbox = {
    waiting: () => Promise.resolve(this.#waiting.splice(0)),
    answer: (answer) => {
      this.answers.push(answer);
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
    // eslint-disable-next-line @typescript-eslint/require-await -- nothing is stored that it could wait for
    adopt: async function* () {
      yield [];
    },
    reload: () => Promise.resolve(null),
    create: (task: NewTask) => {
      this.#take(task);
      this.answers.push(task.answer);
      return Promise.resolve();
    },
    onLost: () => undefined,
    release: () => Promise.resolve(),
  };

  #take(turn: Pick<TurnRecord, 'atMs' | 'state' | 'snapshotJson'>): void {
    this.turns += 1;
    this.#onTurn(turn);
  }
}
