/**
 * A warning that may repeat a thousand times a second: it is logged a few times and then only counted. It owns how often;
 * the caller decides what is worth a warning.
 */
import type { Logger } from 'pino';
import type { LocalTime } from './time/local-time.ts';

export interface RareLogOptions {
  readonly log: Logger;
  readonly local: LocalTime;
  /** This many lines are logged in each window; the rest is one number at its end. Default 5. */
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
  #unlogged = 0;
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
      this.#unlogged += 1;
      return;
    }
    this.#lines += 1;
    this.#log.warn(fields(), this.#message);
  }

  /** Ends the window, and logs how many warnings were left out. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const { message, more } = { message: this.#message, more: this.#unlogged };
    this.#lines = 0;
    this.#unlogged = 0;
    if (more > 0) this.#log.warn({ more }, `${message}: and ${more.toLocaleString('en')} more like it`);
  }
}
