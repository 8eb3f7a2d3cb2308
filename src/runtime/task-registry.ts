/** Every task that is alive in this daemon, found by its id or by its account. */
import type { TaskActor } from './task-actor.ts';

export class TaskRegistry {
  readonly #tasks = new Map<string, TaskActor>();

  add(task: TaskActor): void {
    this.#tasks.set(task.taskId, task);
  }

  /** Removes this very actor; a successor under the same id stays. */
  remove(task: TaskActor): void {
    if (this.#tasks.get(task.taskId) === task) this.#tasks.delete(task.taskId);
  }

  get(taskId: string): TaskActor | undefined {
    return this.#tasks.get(taskId);
  }

  all(): TaskActor[] {
    return [...this.#tasks.values()];
  }

  ofAccount(accountId: string): TaskActor[] {
    return this.all().filter((task) => task.accountId === accountId);
  }
}
