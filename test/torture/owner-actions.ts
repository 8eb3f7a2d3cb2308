/**
 * What the owner of the positions does: hands each position to a task, and when the task is over hands it to another
 * one for the way back. Sends commands through the inbox like every other client, whichever daemon is dying at that
 * moment; waits for each answer, and sends a command that may not have arrived again under its own id.
 */
import { randomUUID } from 'node:crypto';
import { newTaskId } from '../../src/application/task-id.ts';
import type { HeldPosition } from '../../src/domain/market/held-option.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { legsOf } from '../../src/domain/rules/structure.ts';
import type { Store } from '../../src/store/store.ts';
import { specOf, type TorturedAccount } from './portfolio.ts';

/** A command that adds a task, sent or to be sent. */
interface PendingTask {
  readonly commandId: string;
  readonly taskId: string;
  readonly spec: object;
  isSent: boolean;
}

const settledStates = /^(IDLE\.watching|COMPLETED|FAILED|PAUSED)/;

/** The owner of one position, and the tasks that managed it one after the other. */
export class PositionOwner {
  readonly account: TorturedAccount;
  /** As it was before any task: one option, or the legs of a structure. */
  readonly opening: readonly HeldPosition[];
  readonly taskIds: string[] = [];
  readonly #store: Store;
  readonly #accountId: string;
  readonly #offset: number;
  #symbols: readonly string[];
  #pending: PendingTask | null = null;

  constructor(options: {
    readonly store: Store;
    readonly account: TorturedAccount;
    readonly accountId: string;
    readonly opening: readonly HeldPosition[];
    readonly offset: number;
  }) {
    this.#store = options.store;
    this.account = options.account;
    this.#accountId = options.accountId;
    this.opening = options.opening;
    this.#symbols = options.opening.map(({ symbol }) => symbol);
    this.#offset = options.offset;
  }

  /** Looks once and takes at most one step; to be called again whenever the database can be reached. */
  async act(): Promise<void> {
    if (this.#pending) return this.#pursue(this.#pending);
    const task = await this.task();
    if (task && !task.state.startsWith('COMPLETED')) return;
    if (task) this.#symbols = legsOf(task.context).map(({ symbol }) => symbol);
    const direction = this.taskIds.length % 2 === 0 ? 'up' : 'down';
    const spec = specOf(this.account, { symbols: this.#symbols, direction, offset: this.#offset });
    this.#pending = { commandId: randomUUID(), taskId: newTaskId(), spec, isSent: false };
    await this.#pursue(this.#pending);
  }

  /** No roll is under way and no command waits for its answer. Without a task when even the first one was refused. */
  async isSettled(): Promise<boolean> {
    if (this.#pending) await this.#pursue(this.#pending);
    const task = await this.task();
    return this.#pending === null && (task === null || settledStates.test(task.state));
  }

  /** The newest task of the position. */
  async task(): Promise<{ state: string; context: RollContext } | null> {
    const details = await this.#store.tasks.showTask(this.taskIds.at(-1) ?? '');
    if (!details?.snapshotJson) return null;
    const { context } = JSON.parse(details.snapshotJson) as { context: RollContext };
    return { state: details.state, context };
  }

  async #pursue(pending: PendingTask): Promise<void> {
    const { commandId, taskId, spec } = pending;
    if (!pending.isSent) {
      const command = {
        commandId,
        taskId,
        accountId: this.#accountId,
        kind: 'add',
        askedBy: 'operator',
        payload: spec,
      } as const;
      await this.#store.commands.send(command);
      pending.isSent = true;
    }
    const answer = await this.#store.commands.awaitAnswer(commandId, 0);
    if (answer === null) return;
    // After a refusal the next call of act() sends a new command.
    if (answer.status === 'done') this.taskIds.push(taskId);
    this.#pending = null;
  }
}
