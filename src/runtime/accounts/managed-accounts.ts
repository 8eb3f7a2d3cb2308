/**
 * The accounts that this daemon manages: connects them, adopts and restores their tasks, tries again later when that
 * fails, and can release them at any moment, also half-way there. Which accounts these are is decided in shards.ts.
 */
import type { Logger } from 'pino';
import { Retryable } from '../../domain/errors.ts';
import { backOffAfter } from '../../domain/roll/roll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { TaskOwnership } from '../../ports/journal.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import type { TaskHost } from '../task/task-host.ts';
import type { AccountAccess } from './account-access.ts';
import { AccountPeriod } from './account-period.ts';
import { AccountTroubles } from './account-troubles.ts';
import type { Halts } from './halts.ts';

export interface ManagedAccountsOptions extends AccountNames {
  readonly access: AccountAccess;
  readonly ownership: Pick<TaskOwnership, 'adopt' | 'noteAccount'>;
  readonly tasks: TaskHost;
  /** What has to be known of an account before a task of it may act. */
  readonly entry: Pick<Halts, 'enter' | 'leave'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One try to manage an account. */
interface Attempt {
  /** The connection, once it exists. */
  account: TradingAccount | null;
}

/** An account that has not answered for so long is reported as one that cannot be managed here; the try continues. */
const answerMaxMs = 45_000;

/** Accounts by id. An account counts as managed once every task of it is restored. */
export class ManagedAccounts {
  readonly #options: ManagedAccountsOptions;
  readonly #troubles: AccountTroubles;
  /** Connected, and every task restored. */
  readonly #accounts = new Map<string, TradingAccount>();
  /** Attempts under way; one that is no longer in here was given up, and ends by itself. */
  readonly #attempts = new Map<string, Attempt>();
  /** The present period of every account that was opened. */
  readonly #periods = new Map<string, AccountPeriod>();
  /** Accounts that could not be managed, and when to try again. */
  readonly #retries = new Map<string, { readonly failures: number; readonly atMs: number }>();

  constructor(options: ManagedAccountsOptions) {
    this.#options = options;
    this.#troubles = new AccountTroubles(options);
  }

  /** `undefined` when the account is not managed here, or not every task of it is restored. */
  get(accountId: string): TradingAccount | undefined {
    return this.#accounts.get(accountId);
  }

  get ids(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /**
   * Whether to call `manage` now: the account is neither managed nor about to be, and no wait after a failure is left.
   */
  isDue(accountId: string): boolean {
    return (
      !this.#accounts.has(accountId) &&
      !this.#attempts.has(accountId) &&
      (this.#retries.get(accountId)?.atMs ?? 0) <= this.#options.clock.nowMs()
    );
  }

  /**
   * Connects the account and restores its tasks. Never rejects.
   * @returns false when that failed, and it is due later
   */
  async manage(accountId: string): Promise<boolean> {
    const attempt: Attempt = { account: null };
    this.#attempts.set(accountId, attempt);
    const answered = this.#expectAnswer(accountId, attempt);
    try {
      return await this.#claim(accountId, attempt, answered);
    } catch (error) {
      if (this.#isGivenUp(accountId, attempt)) return false;
      this.#postpone(accountId, error);
      await this.release(accountId);
      return false;
    } finally {
      answered();
    }
  }

  /** Drops the account's tasks and closes it, also half-way there. Its next daemon finds what was committed. */
  async release(accountId: string): Promise<void> {
    this.#periods.get(accountId)?.end();
    this.#periods.delete(accountId);
    this.#options.tasks.close(accountId);
    this.#options.entry.leave(accountId);
    const account = this.#accounts.get(accountId) ?? this.#attempts.get(accountId)?.account;
    this.#accounts.delete(accountId);
    this.#attempts.delete(accountId);
    await account?.close();
  }

  /** Releases all accounts, also those that are half-way there. */
  async releaseAll(): Promise<void> {
    const accountIds = new Set([...this.#accounts.keys(), ...this.#attempts.keys()]);
    await Promise.all([...accountIds].map((accountId) => this.release(accountId)));
  }

  /** Accounts held here that every running daemon has failed to manage. */
  reportUnmanageable(accountIds: readonly string[]): void {
    this.#troubles.unmanageable(accountIds);
  }

  /** @returns false when it was given up meanwhile: its connection is closed then, and the next daemon adopts again */
  async #claim(accountId: string, attempt: Attempt, answered: () => void): Promise<boolean> {
    const { access, ownership, tasks, entry, log } = this.#options;
    const account = await access.connect(accountId);
    if (this.#isGivenUp(accountId, attempt)) {
      await account.close();
      return false;
    }
    attempt.account = account;
    const period = this.#begin(accountId, account);
    await account.open(period);
    answered();
    if (this.#isGivenUp(accountId, attempt)) return false;
    let total = 0;
    let isEntered = false;
    for await (const stored of ownership.adopt(accountId)) {
      if (this.#isGivenUp(accountId, attempt)) return false;
      if (!isEntered) {
        // Only now: until it was taken over, a former daemon could still store what counts towards its limits.
        await entry.enter(accountId);
        if (this.#isGivenUp(accountId, attempt)) return false;
        tasks.open(accountId, account);
        isEntered = true;
      }
      await tasks.restore(accountId, stored);
      if (this.#isGivenUp(accountId, attempt)) return false;
      total += stored.length;
    }
    if (this.#isGivenUp(accountId, attempt)) return false;
    this.#accounts.set(accountId, account);
    this.#attempts.delete(accountId);
    this.#retries.delete(accountId);
    period.complete();
    this.#troubles.managed(accountId);
    log.info({ account: nameOf(this.#options, accountId), accountId, tasks: total }, 'account is managed');
    return true;
  }

  #begin(accountId: string, account: TradingAccount): AccountPeriod {
    const { tasks, clock, log } = this.#options;
    const { registry, held, stops } = tasks;
    const accountName = nameOf(this.#options, accountId);
    const period = new AccountPeriod({ accountId, accountName, account, registry, held, stops, clock, log });
    this.#periods.set(accountId, period);
    return period;
  }

  #isGivenUp(accountId: string, attempt: Attempt): boolean {
    return this.#attempts.get(accountId) !== attempt;
  }

  /** @returns a function to call when the account has answered */
  #expectAnswer(accountId: string, attempt: Attempt): () => void {
    const { clock } = this.#options;
    return clock.alarm(clock.nowMs() + answerMaxMs, () => {
      if (this.#isGivenUp(accountId, attempt)) return;
      const silent = new Retryable(`the exchange has not let it in for ${answerMaxMs / 1_000} s`);
      this.#troubles.failed(accountId, silent, { failures: Number.MAX_SAFE_INTEGER, retryAfterMs: 0 });
    });
  }

  #postpone(accountId: string, error: unknown): void {
    const { clock } = this.#options;
    const failures = (this.#retries.get(accountId)?.failures ?? 0) + 1;
    const retryAfterMs = backOffAfter(failures);
    this.#retries.set(accountId, { failures, atMs: clock.nowMs() + retryAfterMs });
    this.#troubles.failed(accountId, error, { failures, retryAfterMs });
  }
}
