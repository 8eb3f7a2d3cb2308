/** A promise that a connection which keeps trying is live for the first time. */

/** Settles once: resolves with the first success, or rejects with what makes success impossible. */
export class FirstTime {
  readonly promise: Promise<void>;
  #resolve = (): void => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // The caller may not be waiting any more.
    this.promise.catch(() => undefined);
  }

  happened(): void {
    this.#resolve();
  }

  fail(error: Error): void {
    this.#reject(error);
  }
}
