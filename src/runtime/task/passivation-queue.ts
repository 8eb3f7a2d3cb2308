/**
 * Who may let go of his machine? Waking costs as much as a turn, and who was just busy is often busy again: the tasks
 * that fell quiet last stay awake, and the one that has been quiet longest rests when there are too many.
 */

export interface Restful {
  /** Does nothing while something is under way. */
  rest(): void;
}

export class RestQueue<Task extends Restful> {
  readonly #awakeMax: number;
  /** Quiet as far as is known, longest first. */
  readonly #quiet = new Set<Task>();

  /** @param awakeMax how many quiet tasks keep their machines */
  constructor(awakeMax: number) {
    this.#awakeMax = awakeMax;
  }

  /** It has just fallen quiet, also if it had done so before. */
  add(task: Task): void {
    this.#quiet.delete(task);
    this.#quiet.add(task);
    if (this.#quiet.size <= this.#awakeMax) return;
    for (const longest of this.#quiet) {
      this.#quiet.delete(longest);
      longest.rest();
      return;
    }
  }

  forget(task: Task): void {
    this.#quiet.delete(task);
  }
}
