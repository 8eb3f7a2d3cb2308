/**
 * Asks the exchange about the keys of the accounts that are managed here: soon after an account is claimed, then every hour.
 * A key that has become unusable, or is about to end, is alerted; the account's own fee rates are kept for those who
 * estimate fees. Nothing waits for it: a few accounts at each look, one request after the other.
 */
import type { Logger } from 'pino';
import { messageOf } from '../../domain/errors.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import type { AccountFees, FeeRates } from '../../domain/market/fee-rates.ts';
import { lookAtKey } from '../../domain/orders/key-standing.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { AccountAsking } from '../../ports/key-check.ts';
import type { LiveReports } from '../../ports/live.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import { logCritical } from '../critical.ts';

export interface KeyWatchOptions extends AccountNames {
  /** Default: nobody is asked, and every account pays what is usual. */
  readonly asking?: AccountAsking | undefined;
  /** Stores what was found, and the alerts. Default: they are only in the log. */
  readonly accounts?: Pick<AccountBook, 'keyStanding' | 'noteKeyStanding'>;
  /** The accounts that are managed here now. */
  readonly managed: () => readonly string[];
  /** Releases an account, which is then claimed and connected anew. */
  readonly release: (accountId: string) => Promise<void>;
  readonly log: Logger;
  /** Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

/** `look` is called every second, in the time of this computer: a tape's clock may run through a day in that time. */
const looksAnHour = 3_600;
const looksUntilRetry = 300;
const looksBetweenKeys = 5;
/** So many accounts at each look, so that a start with thousands leaves room for what trades. */
const askedAtOnce = 5;

interface Watched {
  /** The look at which it is asked next. */
  dueAtLook: number;
  /** Empty until the exchange has said them. */
  fees: AccountFees;
}

export class KeyWatch {
  readonly #options: KeyWatchOptions;
  readonly #watched = new Map<string, Watched>();
  #looks = 0;
  #isAsking = false;

  constructor(options: KeyWatchOptions) {
    this.#options = options;
  }

  /** The account's own rates for options of this coin; `null` while they are not known. */
  feesOf(accountId: string, baseCoin: string): FeeRates | null {
    const fees = this.#watched.get(accountId)?.fees ?? {};
    return Object.hasOwn(fees, baseCoin) ? (fees[baseCoin] ?? null) : null;
  }

  /** To be called every second. Resolves when the accounts whose turn it is were asked; never rejects. */
  async look(): Promise<void> {
    const { asking, managed } = this.#options;
    this.#looks += 1;
    if (!asking) return;
    const accountIds = managed();
    const present = new Set(accountIds);
    for (const accountId of this.#watched.keys())
      if (!present.has(accountId)) this.#watched.delete(accountId);
    if (this.#isAsking) return;
    const due = accountIds.filter((accountId) => this.#isDue(accountId)).slice(0, askedAtOnce);
    this.#isAsking = true;
    if (this.#looks % looksBetweenKeys === 0) await this.#reconnect(asking);
    await Promise.all(due.map((accountId) => this.#ask(accountId, asking)));
    this.#isAsking = false;
  }

  #isDue(accountId: string): boolean {
    return (this.#watched.get(accountId)?.dueAtLook ?? 0) <= this.#looks;
  }

  /** An account with another key is released, wherever its rolls are: they go on from what was committed. */
  async #reconnect(asking: AccountAsking): Promise<void> {
    const { log, managed, release } = this.#options;
    try {
      const replaced = new Set(await asking.replacedKeys());
      for (const accountId of managed().filter((each) => replaced.has(each))) {
        const account = nameOf(this.#options, accountId);
        log.info({ account, accountId }, 'the account has another API key: it is connected anew');
        await release(accountId);
      }
    } catch (error) {
      log.info({ problem: messageOf(error) }, 'it could not be read whether keys were replaced');
    }
  }

  async #ask(accountId: string, asking: AccountAsking): Promise<void> {
    const watched = this.#watched.get(accountId) ?? { dueAtLook: 0, fees: {} };
    this.#watched.set(accountId, watched);
    watched.dueAtLook = this.#looks + looksAnHour;
    try {
      watched.fees = await asking.feeRatesOf(accountId);
      await this.#judge(accountId, asking);
    } catch (error) {
      watched.dueAtLook = this.#looks + looksUntilRetry;
      const account = nameOf(this.#options, accountId);
      this.#options.log.info(
        { account, accountId, problem: messageOf(error) },
        'the exchange could not be asked about the key of the account: it is asked again',
      );
    }
  }

  async #judge(accountId: string, asking: AccountAsking): Promise<void> {
    const { accounts: book, log, live } = this.#options;
    const before = (await book?.keyStanding(accountId)) ?? null;
    const facts = await asking.ofAccount(accountId);
    if (facts === null) return;
    const account = nameOf(this.#options, accountId);
    const news = lookAtKey(before, facts, account);
    const isStored = (await book?.noteKeyStanding(accountId, before, news)) ?? true;
    // Somebody else has looked meanwhile, and alerted.
    if (!isStored) return;
    for (const alert of news.alerts) {
      const fields = { accountId, account };
      if (alert.severity === 'critical') logCritical(log, fields, alertText(alert));
      else log.warn(fields, alertText(alert));
      live?.accountAlert(accountId, { ...alert, atMs: news.standing.checkedAtMs });
    }
  }
}
