/**
 * Reports that a daemon cannot claim its accounts: as critical when it lasts or a person has to put it right, once for
 * each reason, and when it is over. A few misses are not reported.
 */
import type { Logger } from 'pino';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { logCritical } from '../critical.ts';

/** A claim is tried every second, so this is seconds too. */
const missesMax = 5;

/** Follows one claim after the other, and reports when they keep failing and when that is over. */
export class ClaimWatch {
  readonly #log: Logger;
  #misses = 0;
  /** The reason that was reported last; `null` while claims succeed. */
  #reported: string | null = null;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Settles as the claim does, with its error. */
  async follow(claim: Promise<void>): Promise<void> {
    try {
      await claim;
    } catch (error) {
      this.#missed(error);
      throw error;
    }
    this.#misses = 0;
    if (this.#reported !== null) this.#log.info('accounts can be claimed again');
    this.#reported = null;
  }

  #missed(error: unknown): void {
    this.#misses += 1;
    const reason = messageOf(error);
    this.#log.debug({ err: error, misses: this.#misses }, 'the accounts could not be claimed');
    if (reason === this.#reported || (this.#misses < missesMax && !(error instanceof BadInput))) return;
    this.#reported = reason;
    logCritical(
      this.#log,
      { misses: this.#misses },
      `no account can be claimed by this daemon: ${reason}; it keeps trying`,
    );
  }
}
