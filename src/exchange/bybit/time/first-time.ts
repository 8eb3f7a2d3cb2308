/** Whether something that keeps trying has worked once. */

/** Settled once: by the first time live, or by what makes that impossible. */
export class FirstTime {
  readonly promise: Promise<void>;
  #resolve = (): void => undefined;
  #reject: (error: Error) => void = () => undefined;
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever opened may have gone away already.
    this.promise.catch(() => undefined);
  }
  happened(): void {
    this.#resolve();
  }
  impossible(error: Error): void {
    this.#reject(error);
  }
}
