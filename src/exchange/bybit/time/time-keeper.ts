/**
 * Keeps the exchange clock measured: before anything is signed, every minute, when a time contradicts it or is refused, and
 * repeatedly while a claimed time is not believed yet. It owns when to ask, and the warnings about times that were not
 * believed and about this computer's own clock; the exchange clock corrects itself (Bybit docs: v5/market/time).
 */
import type { Logger } from 'pino';
import { durationText } from '../../../domain/explain/duration-text.ts';
import { isReminderDue, markReminded, type Reminded } from '../../../domain/orders/reminders.ts';
import { messageOf, Retryable } from '../../../domain/errors.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import type { LocalTime } from './local-time.ts';

const measureEveryMs = 60_000;
const measureAgainAfterMs = 1_000;
/** Any number of requests to measure within this span causes one measurement. */
const measureSoonEveryMs = 250;
const askAgainCapMs = 10_000;
const warnEveryMs = 60_000;
/** This computer's clock may be wrong by so much before it is worth a warning. */
const localOffMaxMs = 60_000;

export interface TimeKeeperOptions {
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly log: Logger;
  /** Host that is asked, for messages. */
  readonly host: string;
  /** Called once for each outage, when the host has not answered for a minute. */
  readonly onUnreachable?: ((problem: string) => void) | undefined;
}

export class TimeKeeper {
  readonly #options: TimeKeeperOptions;
  readonly #clock: ExchangeClock;
  readonly #local: LocalTime;
  /** Since when the host does not answer, in local time, and which reminders were logged; `null` while it answers. */
  #outage: Reminded | null = null;
  #ask: () => Promise<number> = () => Promise.reject(new Error('no host to ask for the time'));
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
    clock.onContradiction(() => {
      this.#warn();
      this.measureSoon();
    });
  }

  /** @param ask reads the exchange's time, ms since epoch */
  askWith(ask: () => Promise<number>): void {
    this.#ask = ask;
  }

  /** Resolves when the clock is set, and asks until then. @throws Retryable when it is closed before that */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve, reject) => {
      this.#refuse = reject;
      void this.#untilSet(resolve);
    });
    return this.#started;
  }

  /** Measures now, unless that was done within the last 250 ms. */
  measureSoon(): void {
    if (this.#local.nowMs() - this.#measuredAtMs >= measureSoonEveryMs) void this.#measure();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancelAsking?.();
    this.#refuse?.(new Retryable('Closed before the exchange answered with its time'));
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

  /** More answers settle a claim: they confirm it, or they drop it. */
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

  /** A time far from the estimate is worth a warning only where the exchange's date is today's. */
  #warn(): void {
    const { claimedMs, rules, isSet } = this.#clock;
    if (claimedMs === null || !rules.isToday || !isSet) return;
    this.#claims += 1;
    const nowMs = this.#local.nowMs();
    if (nowMs - this.#warnedAtMs < warnEveryMs) return;
    this.#warnedAtMs = nowMs;
    this.#options.log.warn(
      { claimed: isoText(claimedMs), estimated: isoText(this.#clock.estimatedMs()), times: this.#claims },
      'a reported time far from all others is not believed until more answers agree',
    );
  }

  #compareWithLocal(): void {
    const offMs = this.#clock.aheadOfLocalMs;
    if (!this.#clock.rules.isToday || Math.abs(offMs) <= localOffMaxMs || this.#comparedWithLocal) return;
    this.#comparedWithLocal = true;
    this.#options.log.warn(
      { exchange: isoText(this.#clock.estimatedMs()), offSeconds: Math.round(offMs / 1_000) },
      "this computer's clock differs from the exchange's by more than a minute: set it right; the exchange's is used",
    );
  }

  /** Logs a warning when the outage begins, then a critical line after a minute and with every reminder. */
  #unanswered(reason: string): void {
    const { log, host, onUnreachable } = this.#options;
    if (this.#isClosed) return;
    const nowMs = this.#local.nowMs();
    if (this.#outage === null) {
      this.#outage = { sinceMs: nowMs, remindedMs: 0 };
      log.warn({ host, reason }, `${host} did not answer with its time: it is asked again`);
      return;
    }
    if (!isReminderDue(this.#outage, nowMs)) return;
    const isFirst = this.#outage.remindedMs === 0;
    this.#outage = markReminded(this.#outage, nowMs);
    const problem = `${host} does not answer, for ${durationText(nowMs - this.#outage.sinceMs)} now: ${reason}`;
    // The highest level of the log, which writes it as critical.
    const consequence = this.#clock.isSet ? '' : '. No account is opened before it does';
    log.fatal({ host, reason }, `${problem}${consequence}`);
    if (isFirst) onUnreachable?.(problem);
  }

  #answered(): void {
    const { log, host } = this.#options;
    if (this.#outage !== null && this.#outage.remindedMs > 0) log.info({ host }, `${host} answers again`);
    this.#outage = null;
  }
}

/** A wrong time may be too large for a date. */
const isoText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms));
