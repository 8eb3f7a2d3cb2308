/**
 * Notices when the exchange refuses an account, in whichever request, and reports it once for all tasks of the account:
 * when it begins, again like a reminder, and when it is over. Every request for the account passes through here. A read
 * that is refused is repeated every minute; all other requests are decided by the callers.
 */
import type { Logger } from 'pino';
import {
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
import { isReminderDue, markReminded } from '../../domain/orders/reminders.ts';
import type { Alert } from '../../domain/alert.ts';
import { alertText } from '../../domain/explain/alert-text.ts';
import { messageOf, Terminal } from '../../domain/errors.ts';
import { minuteMs } from '../../domain/units.ts';
import type { AccountBook } from '../../ports/accounts.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountListener, TradingAccount } from '../../ports/exchange.ts';
import type { LiveReports } from '../../ports/live.ts';
import { nameOf, type AccountNames } from '../account-name.ts';
import { logCritical } from '../critical.ts';
import { pause } from '../pause.ts';

export interface AccountAccessOptions extends AccountNames {
  /** Stores the trouble and its alerts. Default: they are only in the log. */
  readonly accounts?: AccountBook;
  /** Gives an account's connection to the exchange, not opened yet; may reject. */
  readonly connect: (accountId: string) => Promise<TradingAccount>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

const askAgainEveryMs = minuteMs;
const storeAgainAfterMs = 5_000;

/** Connects accounts, and keeps what it noticed of each from one connection to the next. */
export class AccountAccess {
  readonly #options: AccountAccessOptions;
  readonly #watches = new Map<string, AccessWatch>();

  constructor(options: AccountAccessOptions) {
    this.#options = options;
  }

  /**
   * The account, not opened yet; every request through it is watched until it is closed.
   * @throws what `connect` of the options rejects with
   */
  async connect(accountId: string): Promise<TradingAccount> {
    const account = await this.#options.connect(accountId);
    const last = this.#watches.get(accountId);
    last?.close();
    const watch = new AccessWatch({ ...this.#options, accountId, account, after: last?.work });
    this.#watches.set(accountId, watch);
    return watch.account;
  }
}

interface AccessWatchOptions extends Omit<AccountAccessOptions, 'connect'> {
  readonly accountId: string;
  readonly account: TradingAccount;
  /** What the last watch of this account still has to store. */
  readonly after: Promise<void> | undefined;
}

/** Watches one connection of an account. */
class AccessWatch {
  readonly account: TradingAccount;
  readonly #accountId: string;
  readonly #options: AccessWatchOptions;
  /** The reads that are refused, to be repeated. */
  readonly #again = new Map<Ask, () => Promise<unknown>>();
  /** `undefined` until the stored trouble was read. */
  #trouble: AccountTrouble | null | undefined = undefined;
  /** Refusals and passes are processed one by one: each is stored before the next is looked at. */
  #work: Promise<void>;
  #cancelAlarm: (() => void) | null = null;
  #isClosed = false;

  constructor(options: AccessWatchOptions) {
    this.#accountId = options.accountId;
    this.#options = options;
    this.#work = options.after ?? Promise.resolve();
    this.account = this.#watching(options.account);
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

  /** Notices nothing more. What was noticed before is still reported. */
  close(): void {
    this.#isClosed = true;
    this.#cancelAlarm?.();
  }

  #watching(account: TradingAccount): TradingAccount {
    return {
      open: (listener) => this.#once('log-in', () => account.open(this.#listening(listener))),
      close: () => {
        this.close();
        return account.close();
      },
      submit: (order, notAfterMs) => this.#once('writes', () => account.submit(order, notAfterMs)),
      amend: (order, notAfterMs) => this.#once('writes', () => account.amend(order, notAfterMs)),
      cancel: (order, notAfterMs) => this.#once('writes', () => account.cancel(order, notAfterMs)),
      findOrder: (order) => this.#noted('orders', () => account.findOrder(order)),
      stops: (ageMaxMs) => this.#noted('orders', () => account.stops(this.#mayBeKept(ageMaxMs))),
      stopFills: (symbol) => this.#noted('orders', () => account.stopFills(symbol)),
      setStop: (stop, notAfterMs) => this.#once('writes', () => account.setStop(stop, notAfterMs)),
      position: (symbol) => this.#noted('positions', () => account.position(symbol)),
      positions: (ageMaxMs) => this.#noted('positions', () => account.positions(this.#mayBeKept(ageMaxMs))),
      holding: (symbol) => this.#noted('holdings', () => account.holding(symbol)),
      margin: (ageMaxMs) => this.#noted('margin', () => account.margin(this.#mayBeKept(ageMaxMs))),
      preCheck: (order, ageMaxMs) => this.#checked(() => account.preCheck(order, this.#mayBeKept(ageMaxMs))),
      prepare: (isNear) => account.prepare?.(isNear),
      settlement: (option) => this.#noted('deliveries', () => account.settlement(option)),
    };
  }

  /** Only a request shows that a trouble is over, or that there is none. */
  #mayBeKept(ageMaxMs = 0): number {
    return this.#trouble === null ? ageMaxMs : 0;
  }

  #listening(listener: AccountListener): AccountListener {
    return {
      order: (report) => listener.order(report),
      fill: (fill) => listener.fill(fill),
      stop: (kind, symbol) => listener.stop?.(kind, symbol),
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

  /** Does a read, and repeats it later if it is refused. */
  async #noted<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#once(ask, work);
    } catch (error) {
      if (isRefusal(error)) this.#again.set(ask, () => this.#noted(ask, work));
      throw error;
    }
  }

  /** Does a request that must not be repeated from here, and notices whether it is refused. */
  async #once<T>(ask: Ask, work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work();
      this.passed(ask);
      return answer;
    } catch (error) {
      if (isRefusal(error)) this.refused(ask, messageOf(error));
      throw error;
    }
  }

  /** A refusal of a check refuses orders as well; that one passes does not show that an order would. */
  async #checked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isRefusal(error)) this.refused('writes', messageOf(error));
      throw error;
    }
  }

  #change(change: (trouble: AccountTrouble | null) => AccountTrouble | null): void {
    this.#work = this.#work.then(() => this.#take(change));
  }

  /** Never rejects: what cannot be stored is logged, and stored later. */
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
      if (before !== null) await this.#alert(null, troubleEnds(name, before, nowMs), nowMs);
      return;
    }
    if (!this.#isClosed) this.#cancelAlarm ??= this.#askAgainLater();
    if (before === null) await this.#alert(after, troubleBegins(name, after), nowMs);
    else if (isReminderDue(after, nowMs)) {
      this.#trouble = markReminded(after, nowMs);
      await this.#alert(this.#trouble, troubleLasts(name, after, nowMs), nowMs);
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
        'the stored trouble of the account cannot be read',
      );
      return null;
    }
  }

  async #alert(trouble: AccountTrouble | null, alert: Alert, atMs: number): Promise<void> {
    const { log } = this.#options;
    const fields = { accountId: this.#accountId, account: this.#name };
    const text = alertText(alert);
    if (alert.severity === 'critical') logCritical(log, fields, text);
    else log.info(fields, text);
    await this.#store(trouble, alert, atMs);
  }

  async #store(trouble: AccountTrouble | null, alert: Alert | null, atMs: number): Promise<void> {
    const { accounts: book, clock, log, live } = this.#options;
    for (;;) {
      try {
        await book?.noteTrouble(this.#accountId, trouble, alert && { ...alert, atMs });
        if (alert) live?.accountAlert(this.#accountId, { ...alert, atMs });
        return;
      } catch (error) {
        log.warn(
          { accountId: this.#accountId, err: error },
          'an alert about the account cannot be stored yet',
        );
      }
      await pause(clock, storeAgainAfterMs);
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

const isRefusal = (error: unknown): error is Terminal =>
  error instanceof Terminal && error.scope === 'account';
