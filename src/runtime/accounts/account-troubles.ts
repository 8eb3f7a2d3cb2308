/**
 * Reports accounts that cannot be managed here: as critical when that begins or its reason changes, and to the other
 * daemons, so that one of them tries. When to try again is decided in managed-accounts.ts.
 */
import type { Logger } from 'pino';
import { AccountUnmanageable, messageOf, Terminal } from '../../domain/errors.ts';
import { hourMs, minuteMs } from '../../domain/units.ts';
import type { TaskOwnership } from '../../ports/journal.ts';
import { logCritical } from '../critical.ts';

export interface AccountTroublesOptions {
  readonly ownership: Pick<TaskOwnership, 'noteAccount'>;
  readonly log: Logger;
}

export interface FailedTries {
  /** In a row, this one included. */
  readonly failures: number;
  readonly retryAfterMs: number;
}

/** A failure that may pass by itself is reported only after so many tries. */
const passingTriesMax = 3;
const stayAwayMs = { first: minuteMs, max: hourMs };

/** Reports each reason once as critical, and every failure that lasts to the other daemons. */
export class AccountTroubles {
  readonly #options: AccountTroublesOptions;
  /** The reason that was reported last, by account. */
  readonly #reported = new Map<string, string>();
  #unmanageable: ReadonlySet<string> = new Set();

  constructor(options: AccountTroublesOptions) {
    this.#options = options;
  }

  /** To be called when a try to manage the account has failed. */
  failed(accountId: string, error: unknown, { failures, retryAfterMs }: FailedTries): void {
    const { ownership, log } = this.#options;
    const reason = messageOf(error);
    const fields = { accountId, retryAfterMs, err: error };
    const isLasting = error instanceof Terminal || failures >= passingTriesMax;
    if (!isLasting) {
      log.error(fields, `account cannot be managed yet: ${reason}`);
      return;
    }
    const forEverybody = error instanceof AccountUnmanageable;
    const waitMs = Math.min(stayAwayMs.first * 2 ** Math.min(failures - 1, 10), stayAwayMs.max);
    void ownership.noteAccount(accountId, { kind: 'failed', reason, forEverybody, stayAwayMs: waitMs });
    const next = forEverybody ? '' : '; another daemon is to try, if there is one';
    const isNews = this.#reported.get(accountId) !== reason;
    this.#reported.set(accountId, reason);
    if (isNews)
      logCritical(log, fields, `account ${accountId} cannot be managed by this daemon: ${reason}${next}`);
    else log.warn(fields, `account still cannot be managed: ${reason}`);
  }

  /** To be called when the account is managed: the next failure is reported again, whatever its reason. */
  managed(accountId: string): void {
    this.#reported.delete(accountId);
    void this.#options.ownership.noteAccount(accountId, { kind: 'managed' });
  }

  /** Reports accounts that every running daemon has failed to manage, once when an account gets among them. */
  unmanageable(accountIds: readonly string[]): void {
    for (const accountId of accountIds) {
      if (this.#unmanageable.has(accountId)) continue;
      const reason = this.#reported.get(accountId) ?? 'see the logs of the other daemons';
      logCritical(
        this.#options.log,
        { accountId },
        `no daemon can manage account ${accountId}, its tasks are not watched: ${reason}`,
      );
    }
    this.#unmanageable = new Set(accountIds);
  }
}
