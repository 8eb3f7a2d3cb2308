/**
 * Which accounts of this daemon are halted, and why. The tasks ask it before they act; a change is put into force with the
 * tasks before it is noted for the person who waits for it. What is stored is asked for when an account is entered, upon a
 * notice and with every look around, because a notice may be lost.
 */
import type { Logger } from 'pino';
import { haltText } from '../../domain/explain/halt-text.ts';
import { plainHalt, type Halt } from '../../domain/halt.ts';
import { minuteMs } from '../../domain/units.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HaltBook, StandingHalt } from '../../ports/halts.ts';
import type { LiveReports } from '../../ports/live.ts';
import { nameOf, type AccountNames } from '../account-name.ts';

/** What the tasks of an account do about a halt. */
export interface HaltedTasks {
  /** Puts it into force; resolves once no order of leg 1 can leave any more. */
  halt(accountId: string, halt: Halt): Promise<void>;
  /** Lets them go on. */
  resume(accountId: string): Promise<void>;
}

export interface HaltsOptions extends AccountNames {
  /** Default: nothing is ever halted. */
  readonly halts?: HaltBook | undefined;
  readonly tasks: HaltedTasks;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: nobody watches. */
  readonly live?: LiveReports | undefined;
}

interface Entered {
  readonly userId: string;
  halts: readonly StandingHalt[];
  /** Those that the tasks have put into force, and those that are noted to be. */
  inForce: readonly string[];
  noted: readonly string[];
}

const isSame = (some: readonly string[], others: readonly string[]): boolean => some.join() === others.join();

/** Sorted, so that two lists can be compared. */
const idsOf = (halts: readonly StandingHalt[]): readonly string[] => halts.map(({ id }) => id).sort();

/** The halts of the accounts that were entered, by account. */
export class Halts {
  readonly #options: HaltsOptions;
  readonly #accounts = new Map<string, Entered>();
  #looking: Promise<void> | null = null;
  #again: Promise<void> | null = null;
  #noting: Promise<void> = Promise.resolve();
  #warnAgainMs = 0;

  constructor(options: HaltsOptions) {
    this.#options = options;
  }

  /** The first of what halts the account; `null` while nothing does. */
  haltOf(accountId: string): Halt | null {
    const [first] = this.#accounts.get(accountId)?.halts ?? [];
    return first ? plainHalt(first) : null;
  }

  /**
   * Learns what halts the account, before a task of it may act.
   * @throws what the database rejects with: what is not known must not be taken for nothing
   */
  async enter(accountId: string): Promise<void> {
    const book = this.#options.halts;
    if (!book) return;
    const { userId, halts } = await book.enter(accountId);
    const ids = idsOf(halts);
    this.#accounts.set(accountId, { userId, halts, inForce: ids, noted: ids });
    if (halts[0]) this.#log(accountId, halts[0]);
  }

  /** Forgets an account that is released. */
  leave(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  /** Asks what is halted now. A call during a look has another one follow it. Never rejects. */
  look(): Promise<void> {
    if (!this.#options.halts || this.#accounts.size === 0) return Promise.resolve();
    if (this.#looking === null) {
      const done = this.#lookOnce().finally(() => (this.#looking = null));
      return (this.#looking = done);
    }
    return (this.#again ??= this.#looking.then(() => {
      this.#again = null;
      return this.look();
    }));
  }

  async #lookOnce(): Promise<void> {
    const { halts: book, log } = this.#options;
    if (!book) return;
    try {
      const entered = [...this.#accounts];
      const all = await book.inForce();
      for (const [accountId, account] of entered) this.#follow(accountId, account, all);
      await this.#note();
      await this.#warn(book);
    } catch (error) {
      log.warn({ err: error }, 'whether trading is halted could not be read; trying again');
    }
  }

  async #warn(book: HaltBook): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    if (nowMs < this.#warnAgainMs) return;
    this.#warnAgainMs = nowMs + minuteMs;
    await book.warnOfAccessEnds();
  }

  /** Does nothing when nothing has changed. An account whose order is slow to be answered keeps no other waiting. */
  #follow(accountId: string, account: Entered, all: readonly StandingHalt[]): void {
    const halts = all.filter((halt) => concerns(halt, { accountId, userId: account.userId }));
    const ids = idsOf(halts);
    if (isSame(ids, idsOf(account.halts)) || this.#accounts.get(accountId) !== account) return;
    account.halts = halts;
    void this.#putIntoForce(accountId, halts).then(() => {
      const { live, clock } = this.#options;
      live?.halt({ accountId, isHalted: halts.length > 0, atMs: clock.nowMs() });
      if (account.halts !== halts) return;
      account.inForce = ids;
      return this.#note();
    });
  }

  #putIntoForce(accountId: string, [first]: readonly StandingHalt[]): Promise<void> {
    const { tasks, log } = this.#options;
    if (first) {
      this.#log(accountId, first);
      return tasks.halt(accountId, plainHalt(first));
    }
    log.warn({ accountId, account: nameOf(this.#options, accountId) }, 'trading is resumed');
    return tasks.resume(accountId);
  }

  /** One at a time, for all accounts in which something has changed. Never rejects: the next look tries again. */
  #note(): Promise<void> {
    return (this.#noting = this.#noting.then(() => this.#noteOnce()));
  }

  async #noteOnce(): Promise<void> {
    const { halts: book, log } = this.#options;
    const changed = [...this.#accounts].filter(([, { inForce, noted }]) => !isSame(inForce, noted));
    if (!book || changed.length === 0) return;
    const accounts = changed.map(([accountId, { inForce }]) => ({ accountId, haltIds: inForce }));
    try {
      await book.noteInForce(accounts);
      for (const [at, [, account]] of changed.entries()) account.noted = accounts[at]?.haltIds ?? [];
    } catch (error) {
      log.warn({ err: error }, 'which halts are in force could not be stored; trying again');
    }
  }

  #log(accountId: string, halt: Halt): void {
    const { log } = this.#options;
    log.warn({ accountId, account: nameOf(this.#options, accountId) }, `no roll begins: ${haltText(halt)}`);
  }
}

const concerns = (
  halt: StandingHalt,
  { accountId, userId }: { readonly accountId: string; readonly userId: string },
): boolean =>
  (halt.accountId === null || halt.accountId === accountId) &&
  (halt.userId === null || halt.userId === userId);
