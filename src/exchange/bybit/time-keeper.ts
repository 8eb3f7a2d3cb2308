/**
 * Keeps the exchange clock measured: once before anything is signed, every minute, and whenever somebody doubts it. It
 * owns when to ask; how to correct is the clock's (bybit-v5.md §2.1, §3.1).
 */
import type { Logger } from 'pino';
import { messageOf, Retryable } from '../../domain/errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { LocalTime } from './local-time.ts';

const measureEveryMs = 60_000;
const measureAgainAfterMs = 1_000;
/** However many doubt it at once, one question is enough. */
const doubtEveryMs = 250;

export class TimeKeeper {
  readonly #clock: ExchangeClock;
  readonly #local: LocalTime;
  readonly #log: Logger;
  #ask: () => Promise<number> = () => Promise.reject(new Error('nobody to ask for the time'));
  #started: Promise<void> | null = null;
  #measuring: Promise<void> | null = null;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #refuse: ((error: Retryable) => void) | null = null;
  #isClosed = false;

  constructor(clock: ExchangeClock, local: LocalTime, log: Logger) {
    this.#clock = clock;
    this.#local = local;
    this.#log = log;
    clock.onDoubt(() => this.doubt());
  }

  askWith(ask: () => Promise<number>): void {
    this.#ask = ask;
  }

  /** Resolves when the clock is set; asks until then. @throws Retryable when it is closed before. */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve, reject) => {
      this.#refuse = reject;
      void this.#untilSet(resolve);
    });
    return this.#started;
  }

  /** Measures soon, unless that just happened. */
  doubt(): void {
    if (this.#local.nowMs() - this.#measuredAtMs >= doubtEveryMs) void this.#measure();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#refuse?.(new Retryable('Closed before the exchange told its time'));
  }

  async #untilSet(done: () => void): Promise<void> {
    await this.#measure();
    if (this.#isClosed) return;
    if (!this.#clock.isSet) {
      this.#cancel = this.#local.after(measureAgainAfterMs, () => void this.#untilSet(done));
      return;
    }
    this.#cancel = this.#local.after(measureEveryMs, () => void this.#untilSet(done));
    done();
  }

  /** Never rejects: a failed measurement changes nothing. */
  #measure(): Promise<void> {
    this.#measuring ??= this.#clock
      .measure(this.#ask)
      .catch((error: unknown) =>
        this.#log.warn({ reason: messageOf(error) }, 'the exchange did not tell its time'),
      )
      .finally(() => {
        this.#measuredAtMs = this.#local.nowMs();
        this.#measuring = null;
      });
    return this.#measuring;
  }
}
