/**
 * One simulated process: it can be killed or stopped (SIGKILL, SIGSTOP) at any exchange with the outside world, in the
 * middle of whatever it was doing. Everything that leaves it or reaches it goes through here.
 */
import type { Timeline } from './timeline.ts';

export class Process {
  readonly #timeline: Timeline;
  readonly #onDeath: () => void;
  #state: 'running' | 'stopped' | 'dead' = 'running';
  #held: (() => void)[] = [];
  #interruption: { stepsLeft: number; readonly action: () => void } | null = null;

  constructor(timeline: Timeline, onDeath: () => void) {
    this.#timeline = timeline;
    this.#onDeath = onDeath;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Strikes after so many more exchanges with the world: between any two awaits, wherever they are. */
  interruptAfter(stepsLeft: number, action: () => void): void {
    this.#interruption = { stepsLeft, action };
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#held = [];
    this.#onDeath();
  }

  /** Holds everything, in and out, for so long; then it goes on as if nothing had been. */
  stop(forMs: number): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopped';
    this.#timeline.after(forMs, () => this.#continue());
  }

  /** Work of this process, or for it: done now, held while it is stopped, never done once it is dead. */
  pass(work: () => void): void {
    this.#step();
    if (this.#state === 'running') work();
    else if (this.#state === 'stopped') this.#held.push(work);
  }

  /** A call to the outside: its answer reaches the process only while it lives. */
  call<T>(begin: (answer: (value: T) => void, fail: (error: Error) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      this.pass(() => {
        begin(
          (value) => this.pass(() => resolve(value)),
          (error) => this.pass(() => reject(error)),
        );
      });
    });
  }

  /** A timer of this process. */
  after(delayMs: number, action: () => void): () => void {
    return this.#timeline.after(delayMs, () => this.pass(action));
  }

  #step(): void {
    if (!this.#interruption || this.#state !== 'running') return;
    this.#interruption.stepsLeft -= 1;
    if (this.#interruption.stepsLeft > 0) return;
    const { action } = this.#interruption;
    this.#interruption = null;
    action();
  }

  /** One piece of held work at a time, each followed by all that it causes. */
  #continue(): void {
    if (this.#state !== 'stopped') return;
    this.#state = 'running';
    const next = (): void => {
      const work = this.#held.shift();
      if (!work) return;
      this.pass(work);
      this.#timeline.after(0, next);
    };
    next();
  }
}
