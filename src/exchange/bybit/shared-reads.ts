/**
 * One request for all who want to know the same before it has left. Whoever joins is answered exactly as if he had asked
 * himself; nobody ever joins a request that is on its way, because what he did meanwhile might not be in its answer.
 * A price that wakes every task of an account costs it one look at positions and margin, not one for each task.
 */
export class SharedReads {
  readonly #notLeft = new Map<string, Promise<unknown>>();

  /**
   * @param key what is asked, in full
   * @param read asks; calls `onLeave` when the request leaves, never before it has returned
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
