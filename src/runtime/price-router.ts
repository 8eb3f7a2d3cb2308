/**
 * Brings index prices to the tasks they concern (design §2): a tick asks the trigger book and wakes only whom it hits.
 * Level, not edge: a task that starts to wait is compared with the last fresh price at once. A stale feed wakes nobody.
 */
import { parseOptionSymbol } from '../domain/option-symbol.ts';
import { wakeWhenReleased, wakeWhenTriggered, type WakeLevel } from '../domain/triggers.ts';
import type { IndexTick } from '../ports/market-data.ts';
import type { TaskActor } from './task-actor.ts';
import type { TaskRegistry } from './task-registry.ts';
import { TriggerBook } from './trigger-book.ts';

export class PriceRouter {
  readonly #registry: TaskRegistry;
  readonly #book = new TriggerBook();
  readonly #lastPrices = new Map<string, string>();
  #isStopped = false;

  constructor(registry: TaskRegistry) {
    this.#registry = registry;
  }

  tick({ baseCoin, price }: IndexTick): void {
    if (this.#isStopped) return;
    this.#lastPrices.set(baseCoin, price);
    this.#wake(baseCoin, price);
  }

  /** Nothing may fire on prices from before; the next tick ends it. What was being confirmed is no longer. */
  forgetPrices(): void {
    this.#lastPrices.clear();
    for (const task of this.#registry.all()) {
      if (task.state === 'IDLE.confirming') task.send({ type: 'PRICES_STALE' });
    }
  }

  /** Arms the task for what it waits for now. `compareNow`: it has just begun to wait. */
  watch(task: TaskActor, compareNow: boolean): void {
    const level = task.isOver ? null : levelOf(task);
    if (!level) {
      this.#book.disarm(task.taskId);
      return;
    }
    const { baseCoin } = parseOptionSymbol(task.context.held.symbol);
    this.#book.arm(task.taskId, baseCoin, level);
    const lastPrice = this.#lastPrices.get(baseCoin);
    if (compareNow && lastPrice !== undefined) this.#wake(baseCoin, lastPrice);
  }

  forget(task: TaskActor): void {
    this.#book.disarm(task.taskId);
  }

  /** No new roll starts from here on. */
  stop(): void {
    this.#isStopped = true;
    this.forgetPrices();
  }

  get waitingTasks(): number {
    return this.#book.size;
  }

  #wake(baseCoin: string, price: string): void {
    if (this.#isStopped) return;
    for (const taskId of this.#book.wake(baseCoin, price)) {
      this.#registry.get(taskId)?.send({ type: 'PRICE', price });
    }
  }
}

function levelOf(task: TaskActor): WakeLevel | null {
  const { trigger } = task.context;
  switch (task.state) {
    case 'IDLE.watching':
      return wakeWhenTriggered(trigger);
    case 'IDLE.confirming':
      return wakeWhenReleased(trigger);
    default:
      return null;
  }
}
