/**
 * Keeps the exchange clock measured: once before anything is signed, every minute, and whenever somebody doubts it. It
 * owns when to ask; how to correct is the clock's (bybit-v5.md §2.1, §3.1).
 */
import type { Logger } from 'pino';
import { durationText } from '../../domain/duration-text.ts';
import { isReminderDue, openGap, toldOf, type Gap } from '../../domain/gap.ts';
import { messageOf, Retryable } from '../../domain/errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { LocalTime } from './local-time.ts';

const measureEveryMs = 60_000;
const measureAgainAfterMs = 1_000;
/** However many doubt it at once, one question is enough. */
const doubtEveryMs = 250;

export interface TimeKeeperOptions {
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly log: Logger;
  /** Who is asked, for people. */
  readonly host: string;
  /** It has not answered for a minute. */
  readonly onUnreachable?: ((said: string) => void) | undefined;
}

export class TimeKeeper {
  readonly #options: TimeKeeperOptions;
  readonly #clock: ExchangeClock;
  readonly #local: LocalTime;
  /** Since when it is not answered, in local time; `null` while it is. */
  #silence: Gap | null = null;
  #ask: () => Promise<number> = () => Promise.reject(new Error('nobody to ask for the time'));
  #started: Promise<void> | null = null;
  #measuring: Promise<void> | null = null;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #refuse: ((error: Retryable) => void) | null = null;
  #isClosed = false;

  constructor(options: TimeKeeperOptions) {
    const { clock, local } = options;
    this.#options = options;
    this.#clock = clock;
    this.#local = local;
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
      .then(
        () => this.#answered(),
        (error: unknown) => this.#unanswered(messageOf(error)),
      )
      .finally(() => {
        this.#measuredAtMs = this.#local.nowMs();
        this.#measuring = null;
      });
    return this.#measuring;
  }

  /** A warning when it begins, critical after a minute and then as reminders come, nothing in between. */
  #unanswered(reason: string): void {
    const { log, host, onUnreachable } = this.#options;
    if (this.#isClosed) return;
    const nowMs = this.#local.nowMs();
    if (this.#silence === null) {
      this.#silence = openGap(nowMs);
      log.warn({ host, reason }, `${host} did not tell its time: it is asked again`);
      return;
    }
    if (!isReminderDue(this.#silence, nowMs, false)) return;
    const isFirst = this.#silence.remindedMs === 0;
    this.#silence = toldOf(this.#silence, nowMs);
    const said = `${host} does not answer, for ${durationText(nowMs - this.#silence.sinceMs)} now: ${reason}`;
    // The highest level of the log, which writes it as critical.
    const isStarting = this.#clock.isSet ? '' : '. No account is opened before it does';
    log.fatal({ host, reason }, `${said}${isStarting}`);
    if (isFirst) onUnreachable?.(said);
  }

  #answered(): void {
    const { log, host } = this.#options;
    if (this.#silence !== null && this.#silence.remindedMs > 0) log.info({ host }, `${host} answers again`);
    this.#silence = null;
  }
}
