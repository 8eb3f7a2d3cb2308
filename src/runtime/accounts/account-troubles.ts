/**
 * What is said of accounts that cannot be managed here: once as critical when it begins or its reason changes, and to
 * the other daemons, so that one of them tries. When to try again is the account keeper's.
 */
import type { Logger } from 'pino';
import { AccountUnmanageable, messageOf, Terminal } from '../../domain/errors.ts';
import type { AccountState } from '../../ports/journal.ts';
import { logCritical } from '../critical.ts';

export interface AccountTroublesOptions {
  readonly note: (accountId: string, state: AccountState) => Promise<void>;
  readonly log: Logger;
}

/** What may pass by itself is others' business only after so many tries. */
const passingTriesMax = 3;
const stayAwayMs = { first: 60_000, max: 3_600_000 };

export class AccountTroubles {
  readonly #options: AccountTroublesOptions;
  /** What was said last of each account. */
  readonly #said = new Map<string, string>();
  #unmanageable: ReadonlySet<string> = new Set();

  constructor(options: AccountTroublesOptions) {
    this.#options = options;
  }

  /** @param failures how many tries in a row have failed */
  failed(accountId: string, error: unknown, failures: number, retryAfterMs: number): void {
    const { note, log } = this.#options;
    const reason = messageOf(error);
    const fields = { accountId, retryAfterMs, err: error };
    const isLasting = error instanceof Terminal || failures >= passingTriesMax;
    if (!isLasting) {
      log.error(fields, `account cannot be managed yet: ${reason}`);
      return;
    }
    const forEverybody = error instanceof AccountUnmanageable;
    const waitMs = Math.min(stayAwayMs.first * 2 ** Math.min(failures - 1, 10), stayAwayMs.max);
    void note(accountId, { kind: 'failed', reason, forEverybody, stayAwayMs: waitMs });
    const next = forEverybody ? '' : '; another daemon is to try, if there is one';
    const isNews = this.#said.get(accountId) !== reason;
    this.#said.set(accountId, reason);
    if (isNews)
      logCritical(log, fields, `account ${accountId} cannot be managed by this daemon: ${reason}${next}`);
    else log.warn(fields, `account still cannot be managed: ${reason}`);
  }

  managed(accountId: string): void {
    this.#said.delete(accountId);
    void this.#options.note(accountId, { kind: 'managed' });
  }

  /** Every daemon that lives has tried these. Said once, when an account comes to be among them. */
  nobodyCan(accountIds: readonly string[]): void {
    for (const accountId of accountIds) {
      if (this.#unmanageable.has(accountId)) continue;
      const reason = this.#said.get(accountId) ?? 'see the logs of the other daemons';
      logCritical(
        this.#options.log,
        { accountId },
        `no daemon can manage account ${accountId}, its tasks are watched by nobody: ${reason}`,
      );
    }
    this.#unmanageable = new Set(accountIds);
  }
}
