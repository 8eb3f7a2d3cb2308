/** Every task that lives in this daemon, found by its id or by its account. */
import { Groups } from '../groups.ts';
import type { TaskActor } from './task-actor.ts';

/** Live tasks; ids are unique over all accounts. */
export class TaskRegistry {
  readonly #tasks = new Map<string, TaskActor>();
  readonly #byAccount = new Groups<string, TaskActor>();

  /** Instead of a former actor of the same id. */
  add(task: TaskActor): void {
    const former = this.#tasks.get(task.taskId);
    if (former) this.remove(former);
    this.#tasks.set(task.taskId, task);
    this.#byAccount.add(task.accountId, task);
  }

  /** Removes this very actor; a successor under the same id stays. */
  remove(task: TaskActor): void {
    if (this.#tasks.get(task.taskId) === task) this.#tasks.delete(task.taskId);
    this.#byAccount.remove(task.accountId, task);
  }

  get(taskId: string): TaskActor | undefined {
    return this.#tasks.get(taskId);
  }

  get size(): number {
    return this.#tasks.size;
  }

  all(): IterableIterator<TaskActor> {
    return this.#tasks.values();
  }

  /** Up to `most` of them, those that `goFirst` before others. */
  first(most: number, goFirst: (task: TaskActor) => boolean): readonly TaskActor[] {
    const [first, others]: [TaskActor[], TaskActor[]] = [[], []];
    for (const task of this.#tasks.values()) {
      if (goFirst(task)) first.push(task);
      else if (others.length < most) others.push(task);
    }
    return [...first, ...others].slice(0, most);
  }

  /** A copy, so that tasks may be removed while it is gone through. */
  ofAccount(accountId: string): readonly TaskActor[] {
    return this.#byAccount.of(accountId);
  }
}
