/** The tasks of this daemon, found by id or by account. */
import { Groups } from '../groups.ts';
import type { TaskActor } from './task-actor.ts';

/** Tasks by id; ids are unique over all accounts. */
export class TaskRegistry {
  readonly #tasks = new Map<string, TaskActor>();
  readonly #byAccount = new Groups<string, TaskActor>();

  /** Adds a task; replaces a former actor of the same id. */
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

  /** `undefined` when this daemon has no such task. */
  get(taskId: string): TaskActor | undefined {
    return this.#tasks.get(taskId);
  }

  get size(): number {
    return this.#tasks.size;
  }

  /** Every task, the one that was added first at the front. */
  all(): IterableIterator<TaskActor> {
    return this.#tasks.values();
  }

  /** Up to `tasksMax` tasks; those for which `goesFirst` holds come before the others. */
  first(tasksMax: number, goesFirst: (task: TaskActor) => boolean): readonly TaskActor[] {
    const [first, others]: [TaskActor[], TaskActor[]] = [[], []];
    for (const task of this.#tasks.values()) {
      if (goesFirst(task)) first.push(task);
      else if (others.length < tasksMax) others.push(task);
    }
    return [...first, ...others].slice(0, tasksMax);
  }

  /** A copy, so that tasks may be removed while a caller iterates over it. Empty for an unknown account. */
  ofAccount(accountId: string): readonly TaskActor[] {
    return this.#byAccount.of(accountId);
  }
}
