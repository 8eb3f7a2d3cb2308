/** The clock as a source of the trigger book: one alarm at the earliest moment somebody waits for. */
import type { Clock } from '../../ports/clock.ts';
import type { TriggerBook } from './trigger-book.ts';

export class ClockLevels {
  readonly #book: TriggerBook;
  readonly #clock: Clock;
  readonly #onReached: (taskIds: readonly string[]) => void;
  #alarmAtMs: number | null = null;
  #cancel: () => void = () => undefined;
  #isStopped = false;

  constructor(book: TriggerBook, clock: Clock, onReached: (taskIds: readonly string[]) => void) {
    this.#book = book;
    this.#clock = clock;
    this.#onReached = onReached;
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

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  #ring(): void {
    this.#alarmAtMs = null;
    // Every level is a whole millisecond, so whatever rang is reached and does not ring again.
    this.#onReached(this.#book.wake('clock', 'clock', String(this.#clock.nowMs())));
    this.armed();
  }
}
