/**
 * Which task lets go of its machine? Activating one costs as much as a turn, and a task that was just busy is often busy
 * again: those that fell quiet last stay active, and the one that has been quiet longest is passivated when there are too
 * many.
 */

export interface Passivatable {
  /** Does nothing while something is under way. */
  passivate(): void;
}

/** The quiet tasks that keep their machines. */
export class PassivationQueue<Task extends Passivatable> {
  readonly #activeMax: number;
  /** Quiet as far as is known, longest first. */
  readonly #quiet = new Set<Task>();

  /** @param activeMax how many quiet tasks keep their machines */
  constructor(activeMax: number) {
    this.#activeMax = activeMax;
  }

  /** It has just fallen quiet, also if it had done so before. */
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

  /** It is dropped. */
  forget(task: Task): void {
    this.#quiet.delete(task);
  }
}
