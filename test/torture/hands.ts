/**
 * The owner of the positions: hands each over to a task, and when the task is over hands it over again for the way
 * back. Asks through the inbox like everybody else, whatever is just dying; an answer that does not come is waited
 * for, and a question that may not have been heard is asked again under its own id.
 */
import { randomUUID } from 'node:crypto';
import { newTaskId } from '../../src/application/task-id.ts';
import type { HeldPosition } from '../../src/domain/market/held-option.ts';
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import type { Store } from '../../src/store/store.ts';
import { heldQty, specOf, type TorturedAccount } from './portfolio.ts';

interface Wish {
  readonly commandId: string;
  readonly taskId: string;
  readonly spec: object;
  isAsked: boolean;
}

const restingStates = /^(IDLE\.watching|COMPLETED|FAILED|PAUSED)/;

/** One position and the tasks that cared for it, one after the other. */
export class Hand {
  readonly account: TorturedAccount;
  /** As it was before any task. */
  readonly opening: HeldPosition;
  readonly taskIds: string[] = [];
  readonly #store: Store;
  readonly #accountId: string;
  readonly #offset: number;
  #symbol: string;
  #wish: Wish | null = null;

  constructor(options: {
    readonly store: Store;
    readonly account: TorturedAccount;
    readonly accountId: string;
    readonly symbol: string;
    readonly offset: number;
  }) {
    this.#store = options.store;
    this.account = options.account;
    this.#accountId = options.accountId;
    this.#symbol = options.symbol;
    this.opening = { symbol: options.symbol, side: options.account.side, qty: heldQty };
    this.#offset = options.offset;
  }

  /** One look and at most one step; again whenever the database can be reached. */
  async tend(): Promise<void> {
    if (this.#wish) return this.#follow(this.#wish);
    const task = await this.task();
    if (task && !task.state.startsWith('COMPLETED')) return;
    if (task) this.#symbol = task.context.held.symbol;
    const direction = this.taskIds.length % 2 === 0 ? 'up' : 'down';
    const spec = specOf(this.account, this.#symbol, direction, this.#offset);
    this.#wish = { commandId: randomUUID(), taskId: newTaskId(), spec, isAsked: false };
    await this.#follow(this.#wish);
  }

  /** Nothing is under way and nothing was asked that is not answered; a first task may have been refused to the last. */
  async isAtRest(): Promise<boolean> {
    if (this.#wish) await this.#follow(this.#wish);
    const task = await this.task();
    return this.#wish === null && (task === null || restingStates.test(task.state));
  }

  /** The newest task of the position. */
  async task(): Promise<{ state: string; context: RollContext } | null> {
    const details = await this.#store.tasks.showTask(this.taskIds.at(-1) ?? '');
    if (!details?.snapshotJson) return null;
    const { context } = JSON.parse(details.snapshotJson) as { context: RollContext };
    return { state: details.state, context };
  }

  async #follow(wish: Wish): Promise<void> {
    const { commandId, taskId, spec } = wish;
    if (!wish.isAsked) {
      const question = {
        commandId,
        taskId,
        accountId: this.#accountId,
        kind: 'add',
        askedBy: 'operator',
        payload: spec,
      } as const;
      await this.#store.commands.send(question);
      wish.isAsked = true;
    }
    const answer = await this.#store.commands.awaitAnswer(commandId, 0);
    if (answer === null) return;
    // A refusal is no end: the next look asks anew.
    if (answer.status === 'done') this.taskIds.push(taskId);
    this.#wish = null;
  }
}
