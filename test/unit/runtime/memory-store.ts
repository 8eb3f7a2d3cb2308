/**
 * The store in memory: versions are checked and raised as the real store does it, so that a test can own tasks, lose
 * them to another daemon, and read every record. The real store has its own suite in test/contract.
 */
import { asRead } from '../../support/texts.ts';
import { Conflict } from '../../../src/domain/errors.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import type { Command, CommandAnswer, Inbox } from '../../../src/ports/inbox.ts';
import type {
  AccountState,
  Journal,
  NewTask,
  StoredTask,
  TaskOwnership,
  TurnRecord,
} from '../../../src/ports/journal.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { firstSnapshot } from '../../../src/runtime/task/first-snapshot.ts';
import { holdingsNamed, readSpec } from '../../support/options.ts';

/** The option that a task holds unless its test sets another. */
export const symbol = 'BTC-31MAR23-24000-C-USDT';

/** A task as the store keeps it, at its second version, as after a first turn that changed nothing. @param changes to its spec */
export function storedTask(taskId: string, changes: object = {}, accountId = '1'): StoredTask {
  const of = 'legs' in changes ? {} : { symbol };
  const rule = 'rules' in changes ? {} : { trigger: 23500, target: 1000 };
  const spec = readSpec({ ...of, ...rule, ...changes });
  const input = { taskId, spec, ...holdingsNamed(spec, { side: 'Sell', qty: '0.3' }) };
  return { accountId, taskId, version: 2, ...firstSnapshot(provideEffects(), input) };
}

/** Journal, ownership and inbox over the same tasks. */
export class MemoryStore {
  readonly tasks = new Map<string, StoredTask>();
  readonly records: TurnRecord[] = [];
  readonly answers: CommandAnswer[] = [];
  /** Tasks that another daemon has adopted. */
  readonly takenAway = new Set<string>();
  commands: Command[] = [];
  /** The accounts that this daemon may claim; each is a shard of its own. */
  accountIds: string[] = ['1'];
  /** How many of the shards other daemons are to have. */
  surplus = 0;
  /** What was noted about accounts, in order. */
  readonly notes: { readonly accountId: string; readonly state: AccountState }[] = [];
  hasResigned = false;
  /** The error that the next operation of this kind rejects with. */
  readonly failing = new Map<'commit' | 'answer' | 'waiting' | 'reload' | 'adopt', Error>();
  /** While this is set, commits wait in it; calling an entry commits. */
  held: (() => void)[] | null = null;

  keep(...tasks: StoredTask[]): void {
    for (const task of tasks) this.tasks.set(task.taskId, task);
  }

  stateOf(taskId: string): string | undefined {
    return this.tasks.get(taskId)?.state;
  }

  /** The saga's context as it was committed last. */
  contextOf(taskId: string): RollContext {
    const { snapshotJson } = this.tasks.get(taskId) ?? { snapshotJson: '{}' };
    return (JSON.parse(snapshotJson) as { context: RollContext }).context;
  }

  get alerts() {
    return this.records.flatMap(({ alerts }) => alerts.map(asRead));
  }

  /** Is called when an account is about to be taken over: what a former daemon stores last. */
  beforeAdoption: () => void = () => undefined;

  /** Does what another daemon does when it adopts the task. */
  takeAway(taskId: string): void {
    this.takenAway.add(taskId);
  }

  async *#adopt(accountId: string): AsyncGenerator<readonly StoredTask[], void> {
    await Promise.resolve();
    this.#failIfAsked('adopt');
    this.beforeAdoption();
    const mine = [...this.tasks.values()].filter(
      (task) => task.accountId === accountId && task.phase !== 'over',
    );
    const isRolling = ({ phase }: StoredTask): boolean => phase === 'rolling';
    for (const batch of [mine.filter(isRolling), mine.filter((task) => !isRolling(task))]) {
      for (const { taskId } of batch) {
        this.takenAway.delete(taskId);
        const task = this.tasks.get(taskId);
        if (task && isRolling(task)) this.keep({ ...task, version: task.version + 1 });
      }
      yield batch.flatMap(({ taskId }) => this.tasks.get(taskId) ?? []);
    }
  }

  readonly journal: Journal = {
    commit: async (record) => {
      if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
      await Promise.resolve();
      this.#failIfAsked('commit');
      const task = this.tasks.get(record.taskId);
      if (task?.version !== record.expectedVersion || this.takenAway.has(record.taskId))
        throw new Conflict(`version is ${String(task?.version)}`);
      const { state, phase, snapshotJson, machine } = record;
      this.keep({ ...task, state, phase, snapshotJson, machine, version: task.version + 1 });
      this.records.push(record);
      this.answers.push(...record.answers);
    },
    close: () => Promise.resolve(),
  };

  readonly ownership: TaskOwnership = {
    claimAccounts: () => {
      const shards = this.accountIds.map((accountId) => ({
        shard: Number(accountId),
        accountIds: [accountId],
      }));
      return Promise.resolve({ shards, surplus: this.surplus });
    },
    giveBack: (shard) => {
      this.accountIds = this.accountIds.filter((accountId) => Number(accountId) !== shard);
      this.surplus = Math.max(this.surplus - 1, 0);
      return Promise.resolve();
    },
    resign: () => {
      this.hasResigned = true;
      return Promise.resolve();
    },
    noteAccount: (accountId, state) => {
      this.notes.push({ accountId, state });
      return Promise.resolve();
    },
    adopt: (accountId) => this.#adopt(accountId),
    reload: async (_, taskId) => {
      await Promise.resolve();
      this.#failIfAsked('reload');
      const task = this.tasks.get(taskId);
      return task ? { ...task, isOurs: !this.takenAway.has(taskId) } : null;
    },
    create: async (task: NewTask) => {
      await Promise.resolve();
      if (this.tasks.has(task.taskId)) throw new Conflict(`task ${task.taskId} exists`);
      const { accountId, taskId, state, phase, snapshotJson, machine } = task;
      this.keep({ accountId, taskId, state, phase, snapshotJson, machine, version: 1 });
      this.answers.push(task.answer);
    },
    onLost: () => {},
    release: () => Promise.resolve(),
  };

  readonly inbox: Inbox = {
    waiting: async (accountIds) => {
      await Promise.resolve();
      this.#failIfAsked('waiting');
      return this.commands.filter(
        ({ accountId, commandId }) =>
          accountIds.includes(accountId) && !this.answers.some((answer) => answer.commandId === commandId),
      );
    },
    answer: async (answer) => {
      await Promise.resolve();
      this.#failIfAsked('answer');
      this.answers.push(answer);
    },
    listen: () => Promise.resolve(),
  };

  #failIfAsked(operation: 'commit' | 'answer' | 'waiting' | 'reload' | 'adopt'): void {
    const error = this.failing.get(operation);
    this.failing.delete(operation);
    if (error) throw error;
  }
}
