/** What is open and has to be closed, in the opposite order and each within a bound; nothing more is opened meanwhile. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

const closeTimeoutMs = 10_000;
/** How long closing waits for a step of opening: making a database takes a while on a busy computer. */
const openingTimeoutMs = 30_000;

interface Resource {
  readonly what: string;
  readonly close: () => Promise<unknown>;
}

export class Resources {
  readonly #log: Logger;
  /** In the order in which they were opened. */
  readonly #open: Resource[] = [];
  #isClosing = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param what for the log, when it does not close */
  add(what: string, close: () => Promise<unknown>): void {
    this.#open.push({ what, close });
  }

  /** To be called between two steps of opening. @throws Error once closing has begun */
  assertNotClosing(): void {
    if (this.#isClosing) throw new Error('stopped while starting');
  }

  /**
   * Closes twice, because a step of opening may add one more resource before it notices.
   * @param opening the step of opening that may be under way; its rejection is ignored
   */
  async close(opening: Promise<unknown>): Promise<void> {
    await this.#closeWhatIsOpen();
    await Promise.race([opening.catch(() => undefined), sleep(openingTimeoutMs, undefined, { ref: false })]);
    await this.#closeWhatIsOpen();
  }

  async #closeWhatIsOpen(): Promise<void> {
    this.#isClosing = true;
    for (const { what, close } of this.#open.splice(0).reverse()) {
      const outcome = await Promise.race([
        close().then(
          () => 'closed',
          (error: unknown) => error,
        ),
        sleep(closeTimeoutMs, 'timed out', { ref: false }),
      ]);
      if (outcome !== 'closed') this.#log.warn({ what, err: outcome }, `${what} did not close cleanly`);
    }
  }
}
