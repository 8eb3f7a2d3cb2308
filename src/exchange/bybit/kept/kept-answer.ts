/** The last answer to one question, for those who may use it while it is young; the others ask again. Times are local. */
import type { LocalTime } from '../time/local-time.ts';

interface Kept<T> {
  readonly value: T;
  /** What it shows is no older. */
  readonly asOfMs: number;
}

export class KeptAnswer<T> {
  readonly #ask: () => Promise<T>;
  readonly #local: LocalTime;
  #kept: Kept<T> | null = null;
  #changes = 0;

  constructor(ask: () => Promise<T>, local: LocalTime) {
    this.#ask = ask;
    this.#local = local;
  }

  /** ms; `Infinity` when nothing is kept. */
  get ageMs(): number {
    return this.#kept === null ? Infinity : this.#local.nowMs() - this.#kept.asOfMs;
  }

  /** What is kept, if it is young enough, else a new answer. @throws what asking rejects with */
  read(ageMaxMs: number): Promise<T> {
    return this.#kept !== null && this.ageMs <= ageMaxMs ? Promise.resolve(this.#kept.value) : this.ask();
  }

  /** Asks in any case, and keeps the answer unless something has changed meanwhile. */
  async ask(): Promise<T> {
    const changes = this.#changes;
    const asOfMs = this.#local.nowMs();
    const value = await this.#ask();
    if (changes === this.#changes) this.#kept = { value, asOfMs };
    return value;
  }

  /** The stream has told the value. */
  told(value: T): void {
    this.#changes += 1;
    this.#kept = { value, asOfMs: this.#local.nowMs() };
  }

  /** What is kept, or being answered, may be out of date. */
  forget(): void {
    this.#changes += 1;
    this.#kept = null;
  }
}
