/**
 * A warning that may repeat a thousand times a second, told a few times and then counted. It owns how often; what is
 * worth a warning is its caller's.
 */
import type { Logger } from 'pino';
import type { LocalTime } from './time/local-time.ts';

export interface RareLogOptions {
  readonly log: Logger;
  readonly local: LocalTime;
  /** So many lines in each window, the rest as one number at its end. */
  readonly linesMax?: number;
  readonly windowMs?: number;
}

export class RareLog {
  readonly #message: string;
  readonly #log: Logger;
  readonly #local: LocalTime;
  readonly #linesMax: number;
  readonly #windowMs: number;
  #lines = 0;
  #untold = 0;
  #cancel: (() => void) | null = null;

  constructor(message: string, { log, local, linesMax = 5, windowMs = 60_000 }: RareLogOptions) {
    this.#message = message;
    this.#log = log;
    this.#local = local;
    this.#linesMax = linesMax;
    this.#windowMs = windowMs;
  }

  warn(fields: () => object): void {
    this.#cancel ??= this.#local.after(this.#windowMs, () => this.flush());
    if (this.#lines >= this.#linesMax) {
      this.#untold += 1;
      return;
    }
    this.#lines += 1;
    this.#log.warn(fields(), this.#message);
  }

  /** Ends the window: says how many were not told. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const { message, more } = { message: this.#message, more: this.#untold };
    this.#lines = 0;
    this.#untold = 0;
    if (more > 0) this.#log.warn({ more }, `${message}: and ${more.toLocaleString('en')} more like it`);
  }
}
