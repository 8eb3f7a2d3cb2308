/**
 * Limits how many tasks decide at the same time. If a price woke thousands at once, each would wait for all the others
 * at every step, until every order is too old to be sent (domain/orders/write-window.ts) and has to be decided anew,
 * for ever. So only a limited number reads the market and submits; the others wait with nothing decided. Accounts take
 * turns: one turn admits as many tasks as the account may send orders, and these share one reading of its positions and
 * margin. Naked rolls go first.
 */
import type { OrderPace } from '../../domain/market/exchange-rules.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RuntimeObserver } from '../../ports/observer.ts';
import type { Stopping } from './effect.ts';

export interface Applicant {
  readonly accountId: string;
  readonly taskId: string;
}

/** `naked`: the old option is closed and the new one is not open yet. */
export type Urgency = 'naked' | 'usual';

/**
 * How many tasks are inside before accounts have to wait for their turn: enough to keep a machine busy, few enough to
 * be done at once. `giving way`: while accounts are taken over, their interrupted rolls are more urgent than new ones,
 * so fewer new ones are admitted; a naked roll never waits for a takeover.
 */
const insideEnough = { usually: 128, 'giving way': 16 };
/** An account's turn ends when all its tasks have decided, or after this, in case one of them hangs. */
const turnMaxMs = 250;

/** A task that waits to be admitted. */
interface Waiting {
  readonly taskId: string;
  readonly enter: () => void;
  readonly sinceMs: number;
  readonly stopping: Stopping;
}

interface Account {
  readonly waiting: Record<Urgency, Set<Waiting>>;
  readonly inside: Set<string>;
  /** When its last tasks were admitted, oldest first; at most as many as the pace allows. */
  entriesMs: number[];
}

/** Admits a limited number of tasks at a time to read the market and to submit, accounts in turn. */
export class Admission {
  readonly #clock: Clock;
  readonly #pace: OrderPace;
  readonly #observer: RuntimeObserver | undefined;
  /** The accounts of the tasks that are inside, by task id. */
  readonly #inside = new Map<string, Account>();
  /** Accounts with a task that waits, is inside or was a moment ago; in the order of their turns. */
  readonly #accounts = new Map<string, Account>();
  #cancelAlarm: () => void = () => undefined;
  /** How many takeovers are under way. */
  #takeovers = 0;

  /**
   * @param pace at which an account may send orders, and so at which its tasks are admitted
   * @param observer counts how long tasks wait; default: nothing does
   */
  constructor(clock: Clock, pace: OrderPace, observer?: RuntimeObserver) {
    this.#clock = clock;
    this.#pace = pace;
    this.#observer = observer;
  }

  /** Resolves when the task may decide; at once when it is inside already, never when `stopping` comes first. */
  enter({ accountId, taskId }: Applicant, urgency: Urgency, stopping: Stopping): Promise<void> {
    if (this.#inside.has(taskId)) return Promise.resolve();
    return new Promise((enter) => {
      const sinceMs = this.#clock.nowMs();
      this.#account(accountId).waiting[urgency].add({ taskId, enter, stopping, sinceMs });
      this.#admit();
    });
  }

  /** Whether the task is inside. */
  has(taskId: string): boolean {
    return this.#inside.has(taskId);
  }

  /** How many tasks wait. */
  get waiting(): number {
    let count = 0;
    for (const { waiting } of this.#accounts.values()) count += waiting.naked.size + waiting.usual.size;
    return count;
  }

  /** To be called when the task has decided, or was dropped. Does nothing when it is not inside. */
  leave(taskId: string): void {
    const account = this.#inside.get(taskId);
    if (!account) return;
    account.inside.delete(taskId);
    this.#inside.delete(taskId);
    this.#admit();
  }

  /** Admits fewer new rolls until the takeover is settled. Never rejects. */
  async giveWay(takeover: Promise<unknown>): Promise<void> {
    this.#takeovers += 1;
    await Promise.allSettled([takeover]);
    this.#takeovers -= 1;
    this.#admit();
  }

  /** Admits none of the tasks that wait: their promises never settle. */
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

  /**
   * Gives the first account that may have a turn its turn, and its next one after all others.
   * @returns false when none may
   */
  #takeTurn(urgency: Urgency, nowMs: number): boolean {
    for (const [accountId, account] of this.#accounts) {
      if (account.waiting[urgency].size === 0 || freeAtMs(account, this.#pace, nowMs) > nowMs) continue;
      this.#accounts.delete(accountId);
      this.#accounts.set(accountId, account);
      const room = this.#pace.ordersMax - account.entriesMs.length;
      const naked = take(account.waiting.naked, room);
      for (const { taskId, enter, sinceMs } of [
        ...naked,
        ...take(account.waiting.usual, room - naked.length),
      ]) {
        this.#inside.set(taskId, account);
        account.inside.add(taskId);
        account.entriesMs.push(nowMs);
        enter();
        this.#observer?.admitted(nowMs - sinceMs);
      }
      return true;
    }
    return false;
  }

  /**
   * Sets the alarm for the next turn: there is room, but the accounts that wait have sent as much as they may, or have
   * their turn. While no new roll may be admitted, those that wait need no alarm: the next task that leaves admits
   * them. Forgets accounts in which no task waits.
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

/** When the account's next turn may begin. Forgets entries that are older than the pace's window. */
function freeAtMs(account: Account, { ordersMax, windowMs }: OrderPace, nowMs: number): number {
  account.entriesMs = account.entriesMs.filter((atMs) => atMs > nowMs - windowMs);
  const [oldestMs = nowMs] = account.entriesMs;
  const lastMs = account.entriesMs.at(-1) ?? nowMs;
  const inPaceMs = account.entriesMs.length < ordersMax ? nowMs : oldestMs + windowMs;
  return account.inside.size === 0 ? inPaceMs : Math.max(inPaceMs, lastMs + turnMaxMs);
}

/** Removes up to `max` tasks and returns them; those that were stopped meanwhile are removed and not returned. */
function take(waiting: Set<Waiting>, max: number): Waiting[] {
  const taken: Waiting[] = [];
  for (const first of waiting) {
    if (taken.length >= max) break;
    waiting.delete(first);
    if (!first.stopping.isStopped) taken.push(first);
  }
  return taken;
}
