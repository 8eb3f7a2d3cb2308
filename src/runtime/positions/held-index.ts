/**
 * Which tasks hold which option, so that a report of an option finds them without asking every task. Sends the tasks
 * the delivery of their option; one alarm waits for the next delivery.
 */
import type { Clock } from '../../ports/clock.ts';
import { Groups } from '../groups.ts';
import type { TaskActor } from '../task/task-actor.ts';

interface Holding {
  readonly key: string;
  readonly expiryMs: number;
}

/** Tasks by the option that they hold. */
export class HeldIndex {
  readonly #clock: Clock;
  readonly #deliveredWithinMs: number;
  readonly #held = new Map<TaskActor, Holding>();
  /** By account and symbol. */
  readonly #holders = new Groups<string, TaskActor>();
  readonly #byExpiry = new Groups<number, TaskActor>();
  #alarmAtMs = Number.POSITIVE_INFINITY;
  #cancel: () => void = () => undefined;

  /** @param deliveredWithinMs how long after its expiry an option is delivered at the latest */
  constructor(clock: Clock, deliveredWithinMs: number) {
    this.#clock = clock;
    this.#deliveredWithinMs = deliveredWithinMs;
  }

  /** Takes from the task which option it holds now. If that was delivered meanwhile, its delivery is sent at once. */
  note(task: TaskActor): void {
    const { symbol, expiryMs } = task.context.held;
    const key = keyOf(task.accountId, symbol);
    const before = this.#held.get(task);
    if (before?.key !== key || before.expiryMs !== expiryMs) {
      this.forget(task);
      this.#held.set(task, { key, expiryMs });
      this.#holders.add(key, task);
      this.#byExpiry.add(expiryMs, task);
    }
    if (this.#clock.nowMs() >= expiryMs + this.#deliveredWithinMs) sendDelivery(task);
    else this.#setAlarm(expiryMs + this.#deliveredWithinMs);
  }

  /** Removes a task that is dropped. */
  forget(task: TaskActor): void {
    const before = this.#held.get(task);
    if (!before) return;
    this.#held.delete(task);
    this.#holders.remove(before.key, task);
    this.#byExpiry.remove(before.expiryMs, task);
  }

  /** The tasks that hold this option of the account, in the order in which they were noted. */
  holdersOf(accountId: string, symbol: string): readonly TaskActor[] {
    return this.#holders.of(keyOf(accountId, symbol));
  }

  /** Sends no delivery any more. */
  close(): void {
    this.#cancel();
  }

  #setAlarm(atMs: number): void {
    if (atMs >= this.#alarmAtMs) return;
    this.#cancel();
    this.#alarmAtMs = atMs;
    this.#cancel = this.#clock.alarm(atMs, () => this.#ring());
  }

  #ring(): void {
    const nowMs = this.#clock.nowMs();
    this.#alarmAtMs = Number.POSITIVE_INFINITY;
    const expiries = this.#byExpiry.keys();
    for (const expiryMs of expiries.filter((ms) => ms + this.#deliveredWithinMs <= nowMs))
      for (const task of this.#byExpiry.of(expiryMs)) sendDelivery(task);
    const ahead = expiries.map((ms) => ms + this.#deliveredWithinMs).filter((ms) => ms > nowMs);
    if (ahead.length > 0) this.#setAlarm(Math.min(...ahead));
  }
}

/** Called again after every turn until the task accepts the delivery: a roll under way has to end first. */
function sendDelivery(task: TaskActor): void {
  if (task.hasTag('settles')) task.send({ type: 'EXPIRED' });
}

const keyOf = (accountId: string, symbol: string): string => `${accountId} ${symbol}`;
