/**
 * The accounts that this daemon manages: connects them, has their tasks adopted and brought back, tries again later when
 * that fails, and releases them at any moment, also half-way there. Which accounts these are is said by the shards.
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

export interface ManagedAccountsOptions extends AccountNames {
  readonly access: AccountAccess;
  readonly ownership: Pick<TaskOwnership, 'adopt' | 'noteAccount'>;
  readonly tasks: TaskHost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One try to manage an account; its connection once it exists. */
interface Attempt {
  account: TradingAccount | null;
}

/** An account that has not answered for so long counts as one that cannot be managed here; it goes on being tried. */
const answerMaxMs = 45_000;

/** Accounts by id; an account is in here once every task of it is back. */
export class ManagedAccounts {
  readonly #options: ManagedAccountsOptions;
  readonly #troubles: AccountTroubles;
  /** Connected, and every task of them back. */
  readonly #accounts = new Map<string, TradingAccount>();
  /** On their way there; an attempt that is no longer in here was given up and ends by itself. */
  readonly #attempts = new Map<string, Attempt>();
  /** Under way, of every account that was opened. */
  readonly #periods = new Map<string, AccountPeriod>();
  /** Could not be managed: when to try again. */
  readonly #retries = new Map<string, { readonly failures: number; readonly atMs: number }>();

  constructor(options: ManagedAccountsOptions) {
    this.#options = options;
    this.#troubles = new AccountTroubles(options);
  }

  /** `undefined` when the account is not managed here, or not every task of it is back. */
  get(accountId: string): TradingAccount | undefined {
    return this.#accounts.get(accountId);
  }

  get ids(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /** It is time to take it, because it is neither managed here nor about to be. */
  isDue(accountId: string): boolean {
    return (
      !this.#accounts.has(accountId) &&
      !this.#attempts.has(accountId) &&
      (this.#retries.get(accountId)?.atMs ?? 0) <= this.#options.clock.nowMs()
    );
  }

  /** Never rejects. @returns whether the account is managed now; if not, it is due again later */
  async manage(accountId: string): Promise<boolean> {
    const attempt: Attempt = { account: null };
    this.#attempts.set(accountId, attempt);
    const answered = this.#expectAnswer(accountId, attempt);
    try {
      return await this.#take(accountId, attempt, answered);
    } catch (error) {
      if (this.#isGivenUp(accountId, attempt)) return false;
      this.#postpone(accountId, error);
      await this.release(accountId);
      return false;
    } finally {
      answered();
    }
  }

  /** Lets go of it, wherever it is on its way; what was committed is what its next daemon finds. */
  async release(accountId: string): Promise<void> {
    this.#periods.get(accountId)?.end();
    this.#periods.delete(accountId);
    this.#options.tasks.close(accountId);
    const account = this.#accounts.get(accountId) ?? this.#attempts.get(accountId)?.account;
    this.#accounts.delete(accountId);
    this.#attempts.delete(accountId);
    await account?.close();
  }

  /** Also those that are only on their way. */
  async releaseAll(): Promise<void> {
    const accountIds = new Set([...this.#accounts.keys(), ...this.#attempts.keys()]);
    await Promise.all([...accountIds].map((accountId) => this.release(accountId)));
  }

  /** Accounts held here that no daemon can manage, as the look at all of them shows. */
  reportUnmanageable(accountIds: readonly string[]): void {
    this.#troubles.unmanageable(accountIds);
  }

  /** @returns false when it was given up meanwhile: its connection is closed then, and the next daemon adopts again */
  async #take(accountId: string, attempt: Attempt, answered: () => void): Promise<boolean> {
    const { access, ownership, tasks, log } = this.#options;
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
    tasks.open(accountId, account);
    let total = 0;
    for await (const stored of ownership.adopt(accountId)) {
      if (this.#isGivenUp(accountId, attempt)) return false;
      await tasks.bringBack(accountId, stored);
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
    const { registry, held } = tasks;
    const accountName = nameOf(this.#options, accountId);
    const period = new AccountPeriod({ accountId, accountName, account, registry, held, clock, log });
    this.#periods.set(accountId, period);
    return period;
  }

  #isGivenUp(accountId: string, attempt: Attempt): boolean {
    return this.#attempts.get(accountId) !== attempt;
  }

  /** @returns what is to be called when it has answered */
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
