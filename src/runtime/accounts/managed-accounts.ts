/**
 * The accounts in this daemon's care: connects them, has their tasks adopted and brought back, tries again later when
 * that fails, and lets them go at any moment, also half-way there. Which accounts these are is the supervisor's to say.
 */
import type { Logger } from 'pino';
import { Retryable } from '../../domain/errors.ts';
import { backOffAfter } from '../../domain/roll/roll.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { AccountState, Holding, StoredTask } from '../../ports/journal.ts';
import type { AccountPeriod } from './account-period.ts';
import { AccountTroubles } from './account-troubles.ts';

export interface AccountKeeperOptions {
  /** The account's connection to the exchange, not opened yet. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  readonly adopt: (accountId: string) => AsyncIterable<readonly StoredTask[]>;
  /** From now on this daemon manages the account. */
  readonly begin: (accountId: string, account: TradingAccount) => AccountPeriod;
  readonly bringBack: (
    accountId: string,
    account: TradingAccount,
    stored: readonly StoredTask[],
  ) => Promise<void>;
  readonly stopTasks: (accountId: string) => void;
  /** Lets other daemons know how it went. */
  readonly note: (accountId: string, state: AccountState) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  /** What its owner calls it, for the log. */
  readonly nameOf: (accountId: string) => string;
}

/** One try to take an account into care; its connection once it exists. */
interface Attempt {
  account: TradingAccount | null;
}

/** An account that has not answered for so long counts as one that cannot be managed here; it goes on being tried. */
const answerMaxMs = 45_000;

export class AccountKeeper {
  readonly #options: AccountKeeperOptions;
  readonly #troubles: AccountTroubles;
  /** Connected, and their tasks adopted. */
  readonly #accounts = new Map<string, TradingAccount>();
  /** On their way there; an attempt that is no longer in here was given up and ends by itself. */
  readonly #attempts = new Map<string, Attempt>();
  /** Under way, of every account that was opened. */
  readonly #periods = new Map<string, AccountPeriod>();
  /** Could not be taken into care: when to try again. */
  readonly #retries = new Map<string, { readonly failures: number; readonly atMs: number }>();

  constructor(options: AccountKeeperOptions) {
    this.#options = options;
    this.#troubles = new AccountTroubles(options);
  }

  get(accountId: string): TradingAccount | undefined {
    return this.#accounts.get(accountId);
  }

  /** In care, every task of it back. */
  isInCare(accountId: string): boolean {
    return this.#accounts.has(accountId) && !this.#attempts.has(accountId);
  }

  get ids(): readonly string[] {
    return [...this.#accounts.keys()].filter((accountId) => this.isInCare(accountId));
  }

  /** It is time to take it, because nobody here has it or is about to. */
  isDue(accountId: string): boolean {
    return (
      !this.#accounts.has(accountId) &&
      !this.#attempts.has(accountId) &&
      (this.#retries.get(accountId)?.atMs ?? 0) <= this.#options.clock.nowMs()
    );
  }

  /** Never rejects. @returns whether the account is in care now; if not, it is due again later */
  async take(accountId: string): Promise<boolean> {
    const { connect, adopt, begin, bringBack, log, nameOf } = this.#options;
    const attempt: Attempt = { account: null };
    this.#attempts.set(accountId, attempt);
    const isGivenUp = () => this.#attempts.get(accountId) !== attempt;
    const answered = this.#expectAnswer(accountId, isGivenUp);
    try {
      const account = await connect(accountId);
      if (isGivenUp()) {
        await account.close();
        return false;
      }
      attempt.account = account;
      const period = begin(accountId, account);
      this.#periods.set(accountId, period);
      await account.open(period);
      answered();
      let tasks = 0;
      for await (const stored of adopt(accountId)) {
        // Whoever gave it up meanwhile has closed the account, and the next one to take it adopts again.
        if (isGivenUp()) return false;
        this.#accounts.set(accountId, account);
        await bringBack(accountId, account, stored);
        if (isGivenUp()) return false;
        tasks += stored.length;
      }
      if (isGivenUp()) return false;
      this.#accounts.set(accountId, account);
      this.#attempts.delete(accountId);
      this.#retries.delete(accountId);
      period.complete();
      this.#troubles.managed(accountId);
      log.info({ account: nameOf(accountId), accountId, tasks }, 'account is managed');
      return true;
    } catch (error) {
      if (isGivenUp()) return false;
      this.#postpone(accountId, error);
      await this.leave(accountId);
      return false;
    } finally {
      answered();
    }
  }

  /** What the look at all daemons says of the accounts held here; those that are duplicates are left as soon as nothing is under way. */
  async follow(
    { duplicates = [], unmanageable = [] }: Holding,
    isQuiet: (accountId: string) => boolean,
  ): Promise<void> {
    this.#troubles.nobodyCan(unmanageable);
    const leaving = duplicates.filter((accountId) => this.isInCare(accountId) && isQuiet(accountId));
    await Promise.all(leaving.map((accountId) => this.leave(accountId)));
  }

  /** @returns what is to be called when it has answered */
  #expectAnswer(accountId: string, isGivenUp: () => boolean): () => void {
    const { clock } = this.#options;
    return clock.alarm(clock.nowMs() + answerMaxMs, () => {
      if (isGivenUp()) return;
      const silent = new Retryable(`the exchange has not let it in for ${answerMaxMs / 1_000} s`);
      this.#troubles.failed(accountId, silent, Number.MAX_SAFE_INTEGER, 0);
    });
  }

  /** Lets go of it, wherever it is on its way; what was committed is what its next keeper finds. */
  async leave(accountId: string): Promise<void> {
    this.#periods.get(accountId)?.end();
    this.#periods.delete(accountId);
    this.#options.stopTasks(accountId);
    const account = this.#accounts.get(accountId) ?? this.#attempts.get(accountId)?.account;
    this.#accounts.delete(accountId);
    this.#attempts.delete(accountId);
    await account?.close();
  }

  async leaveAll(): Promise<void> {
    const accountIds = new Set([...this.#accounts.keys(), ...this.#attempts.keys()]);
    await Promise.all([...accountIds].map((accountId) => this.leave(accountId)));
  }

  #postpone(accountId: string, error: unknown): void {
    const { clock } = this.#options;
    const failures = (this.#retries.get(accountId)?.failures ?? 0) + 1;
    const retryAfterMs = backOffAfter(failures);
    this.#retries.set(accountId, { failures, atMs: clock.nowMs() + retryAfterMs });
    this.#troubles.failed(accountId, error, failures, retryAfterMs);
  }
}
