/**
 * Decides which task is passivated. Activating a task costs as much as a turn, and a task that was just busy is often
 * busy again: those that fell quiet last stay active, and when there are too many, the one that has been quiet longest
 * is passivated.
 */

export interface Passivatable {
  /** Drops the machine; does nothing while something is under way. */
  passivate(): void;
}

/** The quiet tasks that are still active. */
export class PassivationQueue<Task extends Passivatable> {
  readonly #activeMax: number;
  /** Quiet when they were added, the longest first. */
  readonly #quiet = new Set<Task>();

  /** @param activeMax how many quiet tasks stay active */
  constructor(activeMax: number) {
    this.#activeMax = activeMax;
  }

  /** Adds a task that has just fallen quiet, or moves it to the end, and passivates one task if there are too many. */
  add(task: Task): void {
    this.#quiet.delete(task);
    this.#quiet.add(task);
    if (this.#quiet.size <= this.#activeMax) return;
    for (const longest of this.#quiet) {
      this.#quiet.delete(longest);
      longest.passivate();
      return;
    }
  }

  /** Removes a task that is dropped. */
  forget(task: Task): void {
    this.#quiet.delete(task);
  }
}
