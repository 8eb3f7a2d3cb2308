/**
 * Notices that the exchange refuses an account, on whatever path, and tells it once for all of its tasks: at once, again
 * as reminders do, and when it is over. Everything that is asked for the account passes through here. While something is
 * refused it is asked again every minute; what it is asked for, and when, is otherwise its callers' business.
 */
import type { Logger } from 'pino';
import {
  isReminderOfTroubleDue,
  reminded,
  restored,
  saysTheSame,
  troubleBegins,
  troubleEnds,
  troubleLasts,
  withoutOldWrites,
  withoutRefusal,
  withRefusal,
  type AccountTrouble,
  type Ask,
} from '../../domain/orders/account-trouble.ts';
import type { Alert } from '../../domain/alert.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { messageOf, Terminal } from '../../domain/errors.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountListener, TradingAccount } from '../../ports/exchange.ts';
import { logCritical } from '../critical.ts';

export interface AccountFacts {
  /** Without one, what is noticed is only in the log. */
  readonly accounts?: AccountBook;
  /** An account's name, for people; without it they read its id. */
  readonly accountName?: (accountId: string) => string;
}

/** What people read of an account. */
export const nameOf = ({ accountName }: AccountFacts, accountId: string): string =>
  accountName?.(accountId) ?? accountId;

export interface AccountAccessOptions extends AccountFacts {
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  readonly clock: Clock;
  readonly log: Logger;
}

const askAgainEveryMs = 60_000;
const storeAgainAfterMs = 5_000;

export class AccountAccess {
  readonly #options: AccountAccessOptions;
  readonly #watches = new Map<string, AccessWatch>();

  constructor(options: AccountAccessOptions) {
    this.#options = options;
  }

  readonly connect = async (accountId: string): Promise<TradingAccount> =>
    this.watched(accountId, await this.#options.connect(accountId));

  /** The account, with everything that is asked for it watched; closing it ends the watch. */
  watched(accountId: string, account: TradingAccount): TradingAccount {
    const last = this.#watches.get(accountId);
    last?.close();
    const watch = new AccessWatch(accountId, account, this.#options, last?.work);
    this.#watches.set(accountId, watch);
    return watch.account;
  }
}

class AccessWatch {
  readonly account: TradingAccount;
  readonly #accountId: string;
  readonly #options: AccountAccessOptions;
  /** How to ask again for what is refused. */
  readonly #again = new Map<Ask, () => Promise<unknown>>();
  /** `undefined` until it is known what was stored. */
  #trouble: AccountTrouble | null | undefined = undefined;
  /** Refusals and passes are taken one after the other: each is stored before the next is looked at. */
  #work: Promise<void>;
  #cancelAlarm: (() => void) | null = null;
  #isClosed = false;

  /** @param after what the last watch of this account has still to store */
  constructor(
    accountId: string,
    account: TradingAccount,
    options: AccountAccessOptions,
    after: Promise<void> = Promise.resolve(),
  ) {
    this.#accountId = accountId;
    this.#options = options;
    this.#work = after;
    this.account = this.#watching(account);
  }

  get work(): Promise<void> {
    return this.#work;
  }

  get #name(): string {
    return nameOf(this.#options, this.#accountId);
  }

  refused(ask: Ask, said: string): void {
    if (this.#isClosed) return;
    const atMs = this.#options.clock.nowMs();
    this.#change((trouble) => withRefusal(trouble, ask, { said, atMs }));
  }

  passed(ask: Ask): void {
    if (this.#isClosed || this.#trouble === null) return;
    if (this.#trouble !== undefined && this.#trouble.refusals[ask] === undefined) return;
    this.#change((trouble) => trouble && withoutRefusal(trouble, ask));
  }

  /** What was noticed before is still told. */
  close(): void {
    this.#isClosed = true;
    this.#cancelAlarm?.();
  }

  #watching(account: TradingAccount): TradingAccount {
    return {
      open: (listener) => this.#noted('log-in', () => account.open(this.#listening(listener)), false),
      close: () => {
        this.close();
        return account.close();
      },
      submit: (order, notAfterMs) => this.#noted('writes', () => account.submit(order, notAfterMs), false),
      amend: (order, notAfterMs) => this.#noted('writes', () => account.amend(order, notAfterMs), false),
      cancel: (order, notAfterMs) => this.#noted('writes', () => account.cancel(order, notAfterMs), false),
      findOrder: (order) => this.#noted('orders', () => account.findOrder(order)),
      position: (symbol) => this.#noted('positions', () => account.position(symbol)),
      positions: () => this.#noted('positions', () => account.positions()),
      margin: () => this.#noted('margin', () => account.margin()),
      settlement: (option) => this.#noted('deliveries', () => account.settlement(option)),
    };
  }

  #listening(listener: AccountListener): AccountListener {
    return {
      order: (report) => listener.order(report),
      fill: (fill) => listener.fill(fill),
      position: (position) => listener.position(position),
      connected: () => {
        this.passed('log-in');
        listener.connected();
      },
      disconnected: (reason) => listener.disconnected(reason),
      barred: (said) => this.refused('log-in', said),
      idle: () => void this.account.positions().catch(() => undefined),
    };
  }

  async #noted<T>(ask: Ask, work: () => Promise<T>, isRepeatable = true): Promise<T> {
    try {
      const answer = await work();
      this.passed(ask);
      return answer;
    } catch (error) {
      if (error instanceof Terminal && error.scope === 'account') {
        if (isRepeatable) this.#again.set(ask, () => this.#noted(ask, work));
        this.refused(ask, messageOf(error));
      }
      throw error;
    }
  }

  #change(change: (trouble: AccountTrouble | null) => AccountTrouble | null): void {
    this.#work = this.#work.then(() => this.#take(change));
  }

  /** Never rejects: what cannot be stored is in the log, and stored later. */
  async #take(change: (trouble: AccountTrouble | null) => AccountTrouble | null): Promise<void> {
    const { clock } = this.#options;
    const before = this.#trouble === undefined ? await this.#stored() : this.#trouble;
    const nowMs = clock.nowMs();
    const name = this.#name;
    const after = change(before);
    this.#trouble = after;
    if (after === null) {
      this.#again.clear();
      this.#cancelAlarm?.();
      if (before !== null) await this.#tell(null, troubleEnds(name, before, nowMs), nowMs);
      return;
    }
    if (!this.#isClosed) this.#cancelAlarm ??= this.#askAgainLater();
    if (before === null) await this.#tell(after, troubleBegins(name, after), nowMs);
    else if (isReminderOfTroubleDue(after, nowMs)) {
      this.#trouble = reminded(after, nowMs);
      await this.#tell(this.#trouble, troubleLasts(name, after, nowMs), nowMs);
    } else if (!saysTheSame(before, after)) await this.#store(after, null, nowMs);
  }

  async #stored(): Promise<AccountTrouble | null> {
    const { accounts: book, log } = this.#options;
    try {
      const stored = (await book?.trouble(this.#accountId)) ?? null;
      if (stored === null) return null;
      this.#again.set('positions', () => this.account.positions());
      this.#again.set('margin', () => this.account.margin());
      return restored(stored);
    } catch (error) {
      log.warn(
        { accountId: this.#accountId, err: error },
        'it cannot be read whether the account could trade',
      );
      return null;
    }
  }

  async #tell(trouble: AccountTrouble | null, alert: Alert, atMs: number): Promise<void> {
    const { log } = this.#options;
    const fields = { accountId: this.#accountId, account: this.#name };
    const text = alertText(alert);
    if (alert.severity === 'critical') logCritical(log, fields, text);
    else log.info(fields, text);
    await this.#store(trouble, alert, atMs);
  }

  async #store(trouble: AccountTrouble | null, alert: Alert | null, atMs: number): Promise<void> {
    const { accounts: book, clock, log } = this.#options;
    for (;;) {
      try {
        await book?.noteTrouble(this.#accountId, trouble, alert && { ...alert, atMs });
        return;
      } catch (error) {
        log.warn(
          { accountId: this.#accountId, err: error },
          'an alert about the account cannot be stored yet',
        );
      }
      await new Promise<void>((resolve) => clock.alarm(clock.nowMs() + storeAgainAfterMs, resolve));
      if (this.#isClosed) return;
    }
  }

  #askAgainLater(): () => void {
    const { clock } = this.#options;
    return clock.alarm(clock.nowMs() + askAgainEveryMs, () => {
      this.#cancelAlarm = null;
      if (this.#isClosed) return;
      for (const ask of this.#again.values()) ask().catch(() => undefined);
      this.#change((trouble) => trouble && withoutOldWrites(trouble, clock.nowMs()));
    });
  }
}
