/**
 * One request for all who want to know the same. What an account holds is shared until the request leaves: whoever joins
 * is answered exactly as if he had asked himself, and nobody joins a request that is on its way, because what he did
 * meanwhile might not be in its answer. What the market shows is shared until it is answered: it does not depend on who
 * asks, and every quote says how old it is. A price that wakes thousands of tasks costs one look at the market after the
 * other, and each account one at its positions and margin, not one for each task.
 */
export class SharedReads {
  readonly #notLeft = new Map<string, Promise<unknown>>();

  /**
   * @param key what is asked, in full
   * @param read asks; calls `onLeave` when nobody may join any more, never before it has returned; without that call its
   * answer ends it
   */
  share<T>(key: string, read: (onLeave: () => void) => Promise<T>): Promise<T> {
    const known = this.#notLeft.get(key) as Promise<T> | undefined;
    if (known) return known;
    const left = (): void => {
      if (this.#notLeft.get(key) === reading) this.#notLeft.delete(key);
    };
    const reading = read(left);
    this.#notLeft.set(key, reading);
    // What never leaves because it is refused here is not waited for either.
    reading.then(left, left);
    return reading;
  }
}
