/** The clock as a source of the trigger book: one alarm at the earliest moment that a task waits for. */
import type { Clock } from '../../ports/clock.ts';
import type { TriggerBook } from './trigger-book.ts';

export interface ClockListener {
  /** The moment has come that these tasks waited for. */
  timeReached(taskIds: readonly string[]): void;
}

/** Wakes tasks that wait for a moment. */
export class ClockLevels {
  readonly #book: TriggerBook;
  readonly #clock: Clock;
  readonly #listener: ClockListener;
  #alarmAtMs: number | null = null;
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(book: TriggerBook, clock: Clock, listener: ClockListener) {
    this.#book = book;
    this.#clock = clock;
    this.#listener = listener;
  }

  /** Something was armed: the alarm moves to the front if that is earlier. */
  armed(): void {
    const next = this.#book.nearest('clock', 'clock', 'rising');
    if (this.#isStopped || next === null) return;
    const atMs = Number(next);
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= atMs) return;
    this.#cancel();
    this.#alarmAtMs = atMs;
    this.#cancel = this.#clock.alarm(atMs, () => this.#ring());
  }

  /** No moment is reported any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #ring(): void {
    this.#alarmAtMs = null;
    // Every level is a whole millisecond, so what rang is reached and does not ring again.
    this.#listener.timeReached(this.#book.wake('clock', 'clock', String(this.#clock.nowMs())));
    this.armed();
  }
}
