/**
 * Keeps the exchange clock measured: before anything is signed, every minute, whenever it is doubted, and again and again
 * while a time is claimed that is not believed yet. It owns when to ask, and the warnings about times that were not believed
 * and about this computer's own clock; how to correct is the exchange clock's (Bybit docs: v5/market/time).
 */
import type { Logger } from 'pino';
import { durationText } from '../../../domain/explain/duration-text.ts';
import { beginOngoing, isReminderDue, markReported, type Ongoing } from '../../../domain/orders/reminders.ts';
import { messageOf, Retryable } from '../../../domain/errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { LocalTime } from './local-time.ts';

const measureEveryMs = 60_000;
const measureAgainAfterMs = 1_000;
/** However many doubt it at once, one question is enough. */
const doubtEveryMs = 250;
const askAgainCapMs = 10_000;
const warnEveryMs = 60_000;
/** This computer's clock may be wrong by so much before a person should know. */
const localOffMaxMs = 60_000;

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
  #silence: Ongoing | null = null;
  #ask: () => Promise<number> = () => Promise.reject(new Error('nobody to ask for the time'));
  #started: Promise<void> | null = null;
  #measuring: Promise<void> | null = null;
  #measuredAtMs = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;
  #cancelAsking: (() => void) | null = null;
  #asked = 0;
  #claims = 0;
  #warnedAtMs = Number.NEGATIVE_INFINITY;
  #refuse: ((error: Retryable) => void) | null = null;
  #isClosed = false;
  #comparedWithLocal = false;

  constructor(options: TimeKeeperOptions) {
    const { clock, local } = options;
    this.#options = options;
    this.#clock = clock;
    this.#local = local;
    clock.onDoubt(() => {
      this.#warn();
      this.doubt();
    });
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
    this.#cancelAsking?.();
    this.#refuse?.(new Retryable('Closed before the exchange told its time'));
  }

  async #untilSet(done: () => void): Promise<void> {
    await this.#measure();
    if (this.#isClosed) return;
    if (!this.#clock.isSet) {
      const waitMs = this.#clock.claimedMs === null ? measureAgainAfterMs : this.#clock.rules.askAgainMs;
      this.#cancel = this.#local.after(waitMs, () => void this.#untilSet(done));
      return;
    }
    this.#compareWithLocal();
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
        this.#askAgain();
      });
    return this.#measuring;
  }

  /** A claim is settled by other answers, one way or the other. */
  #askAgain(): void {
    this.#cancelAsking?.();
    this.#cancelAsking = null;
    if (this.#clock.claimedMs === null || !this.#clock.isSet || this.#isClosed) {
      this.#asked = 0;
      return;
    }
    this.#asked += 1;
    const waitMs = Math.min(askAgainCapMs, this.#clock.rules.askAgainMs * Math.max(1, this.#asked - 5));
    this.#cancelAsking = this.#local.after(waitMs, () => void this.#measure());
  }

  /** Only where the exchange's date is today's is a time far from the reckoning worth a person's attention. */
  #warn(): void {
    const { claimedMs, rules, isSet } = this.#clock;
    if (claimedMs === null || !rules.isToday || !isSet) return;
    this.#claims += 1;
    const nowMs = this.#local.nowMs();
    if (nowMs - this.#warnedAtMs < warnEveryMs) return;
    this.#warnedAtMs = nowMs;
    this.#options.log.warn(
      { claimed: isoText(claimedMs), reckoned: isoText(this.#clock.reckonedMs()), times: this.#claims },
      'a time far from all others is not believed until more answers agree',
    );
  }

  #compareWithLocal(): void {
    const offMs = this.#clock.aheadOfLocalMs;
    if (!this.#clock.rules.isToday || Math.abs(offMs) <= localOffMaxMs || this.#comparedWithLocal) return;
    this.#comparedWithLocal = true;
    this.#options.log.warn(
      { exchange: isoText(this.#clock.reckonedMs()), offSeconds: Math.round(offMs / 1_000) },
      "this computer's clock differs from the exchange's by more than a minute: set it right; the exchange's is used",
    );
  }

  /** A warning when it begins, critical after a minute and then as reminders come, nothing in between. */
  #unanswered(reason: string): void {
    const { log, host, onUnreachable } = this.#options;
    if (this.#isClosed) return;
    const nowMs = this.#local.nowMs();
    if (this.#silence === null) {
      this.#silence = beginOngoing(nowMs);
      log.warn({ host, reason }, `${host} did not tell its time: it is asked again`);
      return;
    }
    if (!isReminderDue(this.#silence, nowMs)) return;
    const isFirst = this.#silence.remindedMs === 0;
    this.#silence = markReported(this.#silence, nowMs);
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

/** A wrong time may lie beyond every date. */
const isoText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));
