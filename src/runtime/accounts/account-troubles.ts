/**
 * What is reported of accounts that cannot be managed here: once as critical when it begins or its reason changes, and to
 * the other daemons, so that one of them tries. When to try again is the managed accounts' to say.
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

/** What may pass by itself is reported to other daemons only after so many tries. */
const passingTriesMax = 3;
const stayAwayMs = { first: minuteMs, max: hourMs };

/** Reports each trouble once for each reason, in the log and to the other daemons. */
export class AccountTroubles {
  readonly #options: AccountTroublesOptions;
  /** What was said last of each account. */
  readonly #said = new Map<string, string>();
  #unmanageable: ReadonlySet<string> = new Set();

  constructor(options: AccountTroublesOptions) {
    this.#options = options;
  }

  /** A try to manage the account has failed. */
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
    const isNews = this.#said.get(accountId) !== reason;
    this.#said.set(accountId, reason);
    if (isNews)
      logCritical(log, fields, `account ${accountId} cannot be managed by this daemon: ${reason}${next}`);
    else log.warn(fields, `account still cannot be managed: ${reason}`);
  }

  /** It is managed: the next trouble is news again. */
  managed(accountId: string): void {
    this.#said.delete(accountId);
    void this.#options.ownership.noteAccount(accountId, { kind: 'managed' });
  }

  /** Every daemon that lives has tried these. Reported once, when an account comes to be among them. */
  unmanageable(accountIds: readonly string[]): void {
    for (const accountId of accountIds) {
      if (this.#unmanageable.has(accountId)) continue;
      const reason = this.#said.get(accountId) ?? 'see the logs of the other daemons';
      logCritical(
        this.#options.log,
        { accountId },
        `no daemon can manage account ${accountId}, its tasks are not watched: ${reason}`,
      );
    }
    this.#unmanageable = new Set(accountIds);
  }
}
