/**
 * How many tasks may decide something at the same time? A price that wakes thousands would make each of them wait for all
 * the others at every step, until every order is too old to be sent (domain/orders/write-window.ts) and has to be decided anew,
 * for ever. So only so many read the market and submit at a time; the others wait with nothing decided. Accounts take
 * turns: in one turn come as many tasks as the account may send orders, which share one look at its positions and margin.
 * Rolls that are open on one side go first.
 */
import type { OrderPace } from '../../domain/market/exchange-rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Stopping } from './effect.ts';

export interface Applicant {
  readonly accountId: string;
  readonly taskId: string;
}

/** `naked`: its old option is closed and its new one is not open. */
export type Urgency = 'naked' | 'usual';

/**
 * While fewer are inside, the next account has its turn: enough to keep a machine busy, few enough to be done at once.
 * `giving way`: while accounts are taken over, the rolls that stand still there are more urgent than those that begin, so
 * fewer begin; one that is open on one side is never kept waiting for that.
 */
const insideEnough = { usually: 128, 'giving way': 16 };
/** An account's turn ends when all have decided; one that hangs does not keep the others out for longer than this. */
const turnMaxMs = 250;

interface Waiting {
  readonly taskId: string;
  readonly enter: () => void;
  readonly stopping: Stopping;
}

interface Account {
  readonly waiting: Record<Urgency, Set<Waiting>>;
  readonly inside: Set<string>;
  /** When its last tasks came in, at most as many as the pace allows, oldest first. */
  entriesMs: number[];
}

/** Lets so many tasks at a time read the market and submit, accounts in turn. */
export class Admission {
  readonly #clock: Clock;
  readonly #pace: OrderPace;
  /** By task that is inside. */
  readonly #inside = new Map<string, Account>();
  /** Those of which tasks wait or are inside, or were a moment ago; in the order of their turns. */
  readonly #accounts = new Map<string, Account>();
  #cancelAlarm: () => void = () => undefined;
  /** Takeovers under way. */
  #takeovers = 0;

  /** @param pace at which an account may send orders: no more of its tasks are admitted */
  constructor(clock: Clock, pace: OrderPace) {
    this.#clock = clock;
    this.#pace = pace;
  }

  /** Resolves when the task may decide; at once when it is inside. Never when `stopping` comes first. */
  enter({ accountId, taskId }: Applicant, urgency: Urgency, stopping: Stopping): Promise<void> {
    if (this.#inside.has(taskId)) return Promise.resolve();
    return new Promise((enter) => {
      this.#account(accountId).waiting[urgency].add({ taskId, enter, stopping });
      this.#admit();
    });
  }

  /** It is inside. */
  has(taskId: string): boolean {
    return this.#inside.has(taskId);
  }

  /** It has decided, or is gone. */
  leave(taskId: string): void {
    const account = this.#inside.get(taskId);
    if (!account) return;
    account.inside.delete(taskId);
    this.#inside.delete(taskId);
    this.#admit();
  }

  /** Leaves most of the machine to a takeover until it is settled. */
  async giveWay(takeover: Promise<unknown>): Promise<void> {
    this.#takeovers += 1;
    await Promise.allSettled([takeover]);
    this.#takeovers -= 1;
    this.#admit();
  }

  /** No task that waits is let in any more. */
  close(): void {
    this.#cancelAlarm();
    this.#accounts.clear();
  }

  #account(accountId: string): Account {
    let account = this.#accounts.get(accountId);
    if (!account) {
      account = { waiting: { naked: new Set(), usual: new Set() }, inside: new Set(), entriesMs: [] };
      this.#accounts.set(accountId, account);
    }
    return account;
  }

  #admit(): void {
    this.#cancelAlarm();
    const nowMs = this.#clock.nowMs();
    const enough = insideEnough[this.#takeovers > 0 ? 'giving way' : 'usually'];
    const mayBegin = (): boolean => this.#inside.size < enough;
    while (this.#inside.size < insideEnough.usually) {
      if (this.#takeTurn('naked', nowMs)) continue;
      if (mayBegin() && this.#takeTurn('usual', nowMs)) continue;
      this.#waitForTurns(nowMs, mayBegin());
      return;
    }
  }

  /** The first account that may has its turn, and its next one after all others. @returns false when none may */
  #takeTurn(urgency: Urgency, nowMs: number): boolean {
    for (const [accountId, account] of this.#accounts) {
      if (account.waiting[urgency].size === 0 || freeAtMs(account, this.#pace, nowMs) > nowMs) continue;
      this.#accounts.delete(accountId);
      this.#accounts.set(accountId, account);
      const room = this.#pace.ordersMax - account.entriesMs.length;
      const naked = take(account.waiting.naked, room);
      for (const { taskId, enter } of [...naked, ...take(account.waiting.usual, room - naked.length)]) {
        this.#inside.set(taskId, account);
        account.inside.add(taskId);
        account.entriesMs.push(nowMs);
        enter();
      }
      return true;
    }
    return false;
  }

  /**
   * There is room, but the accounts that wait for it have sent as much as they may, or have their turn. A roll that waits
   * to begin while none may is looked at again when one leaves. Forgets accounts of which nothing waits.
   */
  #waitForTurns(nowMs: number, mayBegin: boolean): void {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [accountId, account] of this.#accounts) {
      const { waiting, inside } = account;
      const freeMs = freeAtMs(account, this.#pace, nowMs);
      if (waiting.naked.size > 0 || (mayBegin && waiting.usual.size > 0)) nextMs = Math.min(nextMs, freeMs);
      else if (waiting.usual.size + inside.size + account.entriesMs.length === 0)
        this.#accounts.delete(accountId);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#cancelAlarm = this.#clock.alarm(nextMs, () => this.#admit());
  }
}

/** When its next turn may begin; forgets the entries that count no more. */
function freeAtMs(account: Account, { ordersMax, windowMs }: OrderPace, nowMs: number): number {
  account.entriesMs = account.entriesMs.filter((atMs) => atMs > nowMs - windowMs);
  const [oldestMs = nowMs] = account.entriesMs;
  const lastMs = account.entriesMs.at(-1) ?? nowMs;
  const inPaceMs = account.entriesMs.length < ordersMax ? nowMs : oldestMs + windowMs;
  return account.inside.size === 0 ? inPaceMs : Math.max(inPaceMs, lastMs + turnMaxMs);
}

/** Takes out up to so many; those that were stopped meanwhile are left out. */
function take(waiting: Set<Waiting>, max: number): Waiting[] {
  const taken: Waiting[] = [];
  for (const first of waiting) {
    if (taken.length >= max) break;
    waiting.delete(first);
    if (!first.stopping.isStopped) taken.push(first);
  }
  return taken;
}
