/**
 * One request for all callers that want to read the same. A read of an account is shared until the request is sent: a
 * caller that joins before gets the answer that its own request would have got, and no caller joins later, because the
 * answer might not show what that caller did meanwhile. A read of the market is shared until it is answered, because every
 * quote carries its own time. So when one price wakes thousands of tasks, the market is read once at a time, and each
 * account's positions and margin once rather than once for each task.
 */
export class SharedReads {
  readonly #notLeft = new Map<string, Promise<unknown>>();

  /**
   * @param key names the whole request
   * @param read sends it, and calls `onLeave` from when on no caller may join, but not before it has returned; without
   * that call the answer ends the sharing
   */
  share<T>(key: string, read: (onLeave: () => void) => Promise<T>): Promise<T> {
    const known = this.#notLeft.get(key) as Promise<T> | undefined;
    if (known) return known;
    const left = (): void => {
      if (this.#notLeft.get(key) === reading) this.#notLeft.delete(key);
    };
    const reading = read(left);
    this.#notLeft.set(key, reading);
    // A request that is refused before it is sent ends the sharing too.
    reading.then(left, left);
    return reading;
  }
}
