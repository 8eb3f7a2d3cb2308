/**
 * What is reported while a daemon cannot claim its accounts: nothing of a single miss, critical when it lasts or a person
 * has to put it right, once for each reason, and when it is over.
 */
import type { Logger } from 'pino';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { logCritical } from '../critical.ts';

/** A claim is tried every second. */
const missesMax = 5;

/** Follows one claim after the other and reports when they go on failing, and when that is over. */
export class ClaimWatch {
  readonly #log: Logger;
  #misses = 0;
  #said: string | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Settles as the claim does. */
  async follow(claim: Promise<void>): Promise<void> {
    try {
      await claim;
    } catch (error) {
      this.#missed(error);
      throw error;
    }
    this.#misses = 0;
    if (this.#said !== null) this.#log.info('accounts can be claimed again');
    this.#said = null;
  }

  #missed(error: unknown): void {
    this.#misses += 1;
    const reason = messageOf(error);
    this.#log.debug({ err: error, misses: this.#misses }, 'the accounts could not be claimed');
    if (reason === this.#said || (this.#misses < missesMax && !(error instanceof BadInput))) return;
    this.#said = reason;
    logCritical(
      this.#log,
      { misses: this.#misses },
      `no account can be claimed by this daemon: ${reason}; it goes on trying`,
    );
  }
}
