/**
 * What the accounts of this daemon may do, and what is used of that. A plan is judged by it in the very turn that makes the
 * plan, and that turn is counted before another one begins: so two tasks that plan at once cannot both take what is left.
 * What was used is stored with the turns, and read again when an account is entered.
 */
import type { Logger } from 'pino';
import { sum } from '../../domain/money.ts';
import type { AccountLimits, AccountStanding, UseEntry } from '../../domain/rules/account-limits.ts';
import { dayMs, minuteMs } from '../../domain/units.ts';
import type { LimitsBook, TurnUse } from '../../ports/account-limits.ts';
import type { Clock } from '../../ports/clock.ts';

export interface LimitsOptions {
  /** Default: no account has limits. */
  readonly limits?: LimitsBook | undefined;
  /** Is told when the limits of an account have changed. */
  readonly changed: (accountId: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Metered {
  limits: AccountLimits | null;
  turns: TurnUse[];
}

const readAgainEveryMs = minuteMs;

/** Whether anything is limited. */
const isSet = (limits: AccountLimits | null): limits is AccountLimits =>
  limits !== null && Object.values(limits).some((limit) => limit !== null && limit !== undefined);

/** Limits and use by account. */
export class Limits {
  readonly #options: LimitsOptions;
  readonly #accounts = new Map<string, Metered>();
  #readAtMs = 0;

  constructor(options: LimitsOptions) {
    this.#options = options;
  }

  /** Learns limits and use of an account, before a task of it may act. @throws what the database rejects with */
  async enter(accountId: string): Promise<void> {
    const { limits: book, clock } = this.#options;
    if (!book) return;
    const sinceMs = Math.floor(clock.nowMs() / dayMs) * dayMs - minuteMs;
    const [limits, turns] = await Promise.all([
      book.limitsOf([accountId]),
      book.usedSince(accountId, sinceMs),
    ]);
    this.#accounts.set(accountId, { limits: limits.get(accountId) ?? null, turns: [...turns] });
  }

  /** Forgets an account that is released. */
  leave(accountId: string): void {
    this.#accounts.delete(accountId);
  }

  /** What limits the account at this moment; `null` where nothing does. @param atMs exchange time */
  standingOf(accountId: string, atMs: number): AccountStanding | null {
    const account = this.#accounts.get(accountId);
    if (!account || !isSet(account.limits)) return null;
    const { limits } = account;
    const entries = account.turns.flatMap(({ use }) => use);
    const today = entries.filter((entry) => dayOf(entry.atMs) === dayOf(atMs));
    const isLimited = limits.ordersPerMinute !== null && limits.ordersPerMinute !== undefined;
    return {
      limits,
      used: {
        rolls: today.reduce((total, { rolls }) => total + rolls, 0),
        debit: sum(today.map(({ debit }) => debit)),
        notional: sum(today.map(({ notional }) => notional)),
        ordersMs: isLimited ? ordersAfter(entries, atMs - minuteMs) : [],
      },
    };
  }

  /** Counts what a turn has used, whether it is committed yet or not. */
  note(accountId: string, turn: TurnUse): void {
    const account = this.#accounts.get(accountId);
    if (!account || turn.use.length === 0) return;
    const todayMs = Math.floor(this.#options.clock.nowMs() / dayMs) * dayMs - minuteMs;
    if (account.turns.some(({ use }) => use.every(({ atMs }) => atMs < todayMs)))
      account.turns = account.turns.filter(({ use }) => use.some(({ atMs }) => atMs >= todayMs));
    account.turns.push(turn);
  }

  /** Turns of the task beyond this version were not stored. */
  forgetBeyond(accountId: string, taskId: string, version: number): void {
    const account = this.#accounts.get(accountId);
    if (!account) return;
    account.turns = account.turns.filter((turn) => turn.taskId !== taskId || turn.version <= version);
  }

  /** Reads the limits again when that was a minute ago, in case a notice was lost. Never rejects. */
  look(): Promise<void> {
    const isDue = this.#options.clock.nowMs() >= this.#readAtMs + readAgainEveryMs;
    return isDue ? this.lookNow() : Promise.resolve();
  }

  /** Reads the limits again. To be called upon a notice. Never rejects. */
  async lookNow(): Promise<void> {
    const { limits: book, clock, changed, log } = this.#options;
    if (!book || this.#accounts.size === 0) return;
    this.#readAtMs = clock.nowMs();
    try {
      const limits = await book.limitsOf([...this.#accounts.keys()]);
      for (const [accountId, account] of this.#accounts) {
        const next = limits.get(accountId) ?? null;
        if (JSON.stringify(next) === JSON.stringify(account.limits)) continue;
        account.limits = next;
        log.info({ accountId, limits: next }, 'the limits of the account were changed');
        changed(accountId);
      }
    } catch (error) {
      log.warn({ err: error }, 'the limits of accounts could not be read; trying again');
      this.#readAtMs = 0;
    }
  }
}

const dayOf = (atMs: number): number => Math.floor(atMs / dayMs);

/** One moment for each order; what was reserved and not sent is taken off where it was reserved. */
function ordersAfter(entries: readonly UseEntry[], afterMs: number): readonly number[] {
  const byMoment = new Map<number, number>();
  for (const { atMs, orders } of entries)
    if (atMs > afterMs) byMoment.set(atMs, (byMoment.get(atMs) ?? 0) + orders);
  return [...byMoment]
    .sort(([a], [b]) => a - b)
    .flatMap(([atMs, orders]) => Array.from({ length: Math.max(0, orders) }, () => atMs));
}
