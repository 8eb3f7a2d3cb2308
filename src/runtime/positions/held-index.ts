/**
 * Which tasks hold which option, so that a report of an option finds them without asking every task. Sends the tasks
 * the delivery of their option, of a structure that of each leg; one alarm waits for the next delivery.
 */
import type { HeldOption } from '../../domain/market/held-option.ts';
import { isStructure, openLegs } from '../../domain/rules/structure.ts';
import type { Clock } from '../../ports/clock.ts';
import { Groups } from '../groups.ts';
import type { TaskActor } from '../task/task-actor.ts';

interface Holding {
  readonly symbol: string;
  readonly expiryMs: number;
}

/** The option; of a structure every leg of which something is held. */
const heldBy = ({ context }: TaskActor): readonly HeldOption[] =>
  isStructure(context) ? openLegs(context) : [context.held];

const isSame = (a: Holding, b: Holding): boolean => a.symbol === b.symbol && a.expiryMs === b.expiryMs;

/** Tasks by the options that they hold. */
export class HeldIndex {
  readonly #clock: Clock;
  readonly #deliveredWithinMs: number;
  readonly #held = new Map<TaskActor, readonly Holding[]>();
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

  /** Takes from the task which options it holds now. If one was delivered meanwhile, its delivery is sent at once. */
  note(task: TaskActor): void {
    const now = heldBy(task).map(({ symbol, expiryMs }) => ({ symbol, expiryMs }));
    const before = this.#held.get(task) ?? [];
    const gone = before.filter((holding) => !now.some((other) => isSame(holding, other)));
    const added = now.filter((holding) => !before.some((other) => isSame(holding, other)));
    if (gone.length > 0 || added.length > 0) {
      this.#remove(task, gone, now);
      this.#held.set(task, now);
      for (const { symbol, expiryMs } of added) {
        this.#holders.add(keyOf(task.accountId, symbol), task);
        this.#byExpiry.add(expiryMs, task);
      }
    }
    const dueMs = Math.min(...now.map(({ expiryMs }) => expiryMs)) + this.#deliveredWithinMs;
    if (this.#clock.nowMs() >= dueMs) sendDelivery(task);
    else if (Number.isFinite(dueMs)) this.#setAlarm(dueMs);
  }

  /** Removes a task that is dropped. */
  forget(task: TaskActor): void {
    this.#remove(task, this.#held.get(task) ?? [], []);
    this.#held.delete(task);
  }

  /** @param kept of the same task: options and expiries among them stay */
  #remove(task: TaskActor, gone: readonly Holding[], kept: readonly Holding[]): void {
    for (const { symbol, expiryMs } of gone) {
      if (!kept.some((holding) => holding.symbol === symbol))
        this.#holders.remove(keyOf(task.accountId, symbol), task);
      if (!kept.some((holding) => holding.expiryMs === expiryMs)) this.#byExpiry.remove(expiryMs, task);
    }
  }

  /** The options that the task held when it was noted last; its snapshot is not read for this. */
  symbolsOf(task: TaskActor): readonly string[] {
    return (this.#held.get(task) ?? []).map(({ symbol }) => symbol);
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
