/** The clock as a source of the trigger book: one alarm at the earliest moment that a task waits for. */
import type { Clock } from '../../ports/clock.ts';
import type { TriggerBook } from './trigger-book.ts';

export interface ClockListener {
  /** Called when the moment has come that these tasks waited for. */
  timeReached(taskIds: readonly string[]): void;
}

/** Reports the tasks whose moment has come. */
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

  /** To be called when a task was armed: sets the alarm earlier if need be. */
  armed(): void {
    const next = this.#book.nearest('clock', 'clock', 'rising');
    if (this.#isStopped || next === null) return;
    const atMs = Number(next);
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= atMs) return;
    this.#cancel();
    this.#alarmAtMs = atMs;
    this.#cancel = this.#clock.alarm(atMs, () => this.#ring());
  }

  /** Reports no moment any more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #ring(): void {
    this.#alarmAtMs = null;
    // Every level is a whole millisecond, so the level of this alarm is reached now and does not ring again.
    this.#listener.timeReached(this.#book.wake('clock', 'clock', String(this.#clock.nowMs())));
    this.armed();
  }
}
