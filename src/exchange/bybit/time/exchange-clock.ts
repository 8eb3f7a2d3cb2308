/**
 * An estimate of the exchange's clock: the newest time the exchange has shown, plus the local time elapsed since. It owns
 * alarms on that clock; asking for the time is left to the time keeper.
 *
 * It is built of lower bounds, because a request stamped 1 s ahead of the exchange is refused whatever its window, while
 * one stamped a little late is not (Bybit docs: v5/guide). The time inside a frame is when the exchange sent it, so at
 * arrival the exchange's time is that or later. A frame a little ahead of the estimate moves it forward at once; a late frame says
 * nothing new and is ignored. Only a measurement, which has an upper bound too, can show that the estimate is ahead. Then
 * `nowMs` stands still until the exchange has caught up, because the time it returns never goes backwards.
 *
 * A time far from the estimate, ahead or behind, the first reading included, is a claim (clock-claim.ts): a single answer
 * that all others contradict moves nothing, in any mode. A clock that is proved to be far ahead is set back, and `nowMs`
 * with it, because standing still for days would be worse.
 */
import TinyQueue from 'tinyqueue';
import type { Clock } from '../../../ports/clock.ts';
import { ClockClaim, tapeClock, type ClockRules, type ReportedTime } from './clock-claim.ts';
import { localTime, type LocalTime } from './local-time.ts';

interface Alarm {
  /** Moved when a clock that had jumped is set back, so that an alarm set for a minute ahead rings after a minute. */
  atMs: number;
  readonly madeAtLocalMs: number;
  readonly order: number;
  readonly ring: () => void;
  state: 'waiting' | 'ringing' | 'over';
}

export interface ExchangeClockOptions {
  readonly local?: LocalTime;
  /** Default: `tapeClock`. */
  readonly rules?: ClockRules;
}

/** A first reading this near to this computer's date is believed at once. */
const nearTodayMs = 60_000;

export class ExchangeClock implements Clock {
  readonly #local: LocalTime;
  readonly #rules: ClockRules;
  readonly #claim: ClockClaim;
  readonly #alarms = new TinyQueue<Alarm>([], (a, b) => a.atMs - b.atMs || a.order - b.order);
  #isSet = false;
  #baseMs: number;
  #baseLocalMs: number;
  #returnedMs = 0;
  #jumpedAtLocalMs = Number.POSITIVE_INFINITY;
  #stepsForward = 0;
  #alarmsMade = 0;
  #cancelled = 0;
  #stopTimer: (() => void) | null = null;
  #onContradiction: () => void = () => undefined;

  constructor(options: ExchangeClockOptions = {}) {
    this.#local = options.local ?? localTime;
    this.#rules = options.rules ?? tapeClock;
    this.#claim = new ClockClaim(this.#rules);
    this.#baseMs = this.#local.dateMs();
    this.#baseLocalMs = this.#local.nowMs();
  }

  /** False until a time of the exchange was believed; until then `nowMs` is this computer's date and may go backwards. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** A time that is not believed yet, ms since epoch, else `null`. While there is one, the exchange should be asked again. */
  get claimedMs(): number | null {
    return this.#claim.atMs;
  }

  get rules(): ClockRules {
    return this.#rules;
  }

  /** How far this computer's own date is behind the exchange's time; negative when it is ahead. */
  get aheadOfLocalMs(): number {
    return this.estimatedMs() - this.#local.dateMs();
  }

  /** Whether a frame's time is too far ahead to be believed at once. */
  isBeyond(exchangeMs: number): boolean {
    return this.#isSet && exchangeMs - this.estimatedMs() > this.#rules.stepMaxMs;
  }

  /** Whole milliseconds since epoch, never smaller than a value returned before, unless the clock is set back. */
  nowMs(): number {
    const estimatedMs = this.estimatedMs();
    if (!this.#isSet) return estimatedMs;
    this.#returnedMs = Math.max(this.#returnedMs, estimatedMs);
    return this.#returnedMs;
  }

  /**
   * The estimate of the exchange's time now, in whole milliseconds since epoch. Equal to `nowMs()` except while that one
   * stands still. Requests are signed with this one, so that after the clock was ahead they are accepted again at once.
   */
  estimatedMs(): number {
    return Math.floor(this.#baseMs + this.#local.nowMs() - this.#baseLocalMs);
  }

  /** Takes the time at which a stream's frame was sent, ms since epoch. */
  observeFrame(exchangeMs: number): void {
    if (!Number.isFinite(exchangeMs)) return;
    this.#claim.noteFrame(this.#local.nowMs());
    this.#observe({ exchangeMs, isFrame: true });
  }

  /** Takes the time at which an answer was sent, ms since epoch; a small step moves the clock forward, never back. */
  observe(exchangeMs: number): void {
    if (Number.isFinite(exchangeMs)) this.#observe({ exchangeMs, isFrame: false });
  }

  #observe(reported: ReportedTime): void {
    const { exchangeMs } = reported;
    const aheadMs = exchangeMs - this.estimatedMs();
    if (!this.#isSet || aheadMs > this.#rules.stepMaxMs) {
      if (this.#claims(reported)) this.#stepsForward += 1;
      return;
    }
    if (aheadMs >= -this.#rules.stepMaxMs) this.#claim.drop();
    // Old data is pushed again now and then; but if every time is old, our clock is wrong: the exchange is asked.
    else if (this.#rules.isToday) this.#onContradiction();
    if (aheadMs <= 0) return;
    this.#setTo(exchangeMs);
    this.#stepsForward += 1;
  }

  /** @returns whether it is believed by now */
  #claims({ exchangeMs, isFrame }: ReportedTime): boolean {
    const isNearToday = !this.#isSet && Math.abs(exchangeMs - this.#local.dateMs()) <= nearTodayMs;
    const localMs = this.#local.nowMs();
    const agreedMs = isNearToday ? exchangeMs : this.#claim.add({ exchangeMs, localMs, isFrame });
    if (agreedMs === null) {
      this.#onContradiction();
      return false;
    }
    this.#claim.drop();
    const backByMs = this.#isSet ? this.estimatedMs() - agreedMs : 0;
    if (backByMs > 0) this.#setBack(backByMs, agreedMs);
    else this.#jumpedAtLocalMs = this.#local.nowMs();
    this.#setTo(agreedMs);
    return true;
  }

  /**
   * Asks the exchange for its time and corrects the clock by no more than the answer proves: the exchange's time now
   * lies between the answer and the answer plus the round trip. Errors of `askServerMs` pass through.
   */
  async measure(askServerMs: () => Promise<number>): Promise<void> {
    const stepsBefore = this.#stepsForward;
    const askedAtMs = this.#local.nowMs();
    const earliestMs = await askServerMs();
    const latestMs = Math.ceil(earliestMs + this.#local.nowMs() - askedAtMs);
    if (!Number.isFinite(earliestMs)) return;
    const { stepMaxMs } = this.#rules;
    const aheadMs = earliestMs - this.estimatedMs();
    if (!this.#isSet || aheadMs > stepMaxMs) {
      this.#claims({ exchangeMs: earliestMs, isFrame: false });
      return;
    }
    const behindMs = this.estimatedMs() - latestMs;
    // The clock may have jumped after the answer was written, as a frame that came meanwhile shows: then the bound is void.
    const isVoid = stepsBefore !== this.#stepsForward;
    if (behindMs > stepMaxMs) {
      if (!isVoid) this.#claims({ exchangeMs: earliestMs, isFrame: false });
      return;
    }
    this.#claim.drop();
    if (aheadMs > 0) this.#setTo(earliestMs);
    else if (behindMs > 0 && !isVoid) this.#setTo(latestMs);
  }

  /** Calls back when a time far from the estimate arrives and is not believed; the listener should measure. */
  onContradiction(listener: () => void): void {
    this.#onContradiction = listener;
  }

  alarm(atMs: number, ring: () => void): () => void {
    this.#alarmsMade += 1;
    const madeAtLocalMs = this.#local.nowMs();
    const alarm: Alarm = { atMs, madeAtLocalMs, order: this.#alarmsMade, ring, state: 'waiting' };
    this.#alarms.push(alarm);
    if (this.#alarms.peek() === alarm) this.#ringDue();
    return () => this.#cancel(alarm);
  }

  /** Drops every alarm. */
  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (const alarm of this.#alarms.data) alarm.state = 'over';
    this.#alarms.data = [];
    this.#alarms.length = 0;
    this.#cancelled = 0;
  }

  /** Alarms that were set since the jump, by the wrong time, are moved with the clock. */
  #setBack(byMs: number, toMs: number): void {
    this.#returnedMs = Math.min(this.#returnedMs, toMs);
    const alarms = this.#alarms.data;
    this.#alarms.data = [];
    this.#alarms.length = 0;
    for (const alarm of alarms) {
      if (alarm.madeAtLocalMs >= this.#jumpedAtLocalMs) alarm.atMs -= byMs;
      this.#alarms.push(alarm);
    }
  }

  #setTo(exchangeMs: number): void {
    this.#isSet = true;
    this.#baseMs = exchangeMs;
    this.#baseLocalMs = this.#local.nowMs();
    this.#ringDue();
  }

  /** Rings each due alarm in a turn of the event loop of its own, and sets the local timer for the next one. */
  #ringDue(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const nowMs = this.nowMs();
    for (let next = this.#alarms.peek(); next; next = this.#alarms.peek()) {
      if (next.state === 'waiting' && next.atMs > nowMs) {
        this.#stopTimer = this.#local.after(next.atMs - this.estimatedMs(), () => this.#ringDue());
        return;
      }
      this.#alarms.pop();
      if (next.state === 'over') this.#cancelled -= 1;
      else this.#ring(next);
    }
  }

  #ring(alarm: Alarm): void {
    alarm.state = 'ringing';
    this.#local.soon(() => {
      if (alarm.state !== 'ringing') return;
      alarm.state = 'over';
      alarm.ring();
    });
  }

  #cancel(alarm: Alarm): void {
    const waited = alarm.state === 'waiting';
    alarm.state = 'over';
    if (!waited) return;
    this.#cancelled += 1;
    // Cancelled alarms stay in the queue until they come up, unless they outgrow the living ones.
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#alarms.length) return;
    const alive = this.#alarms.data.filter((each) => each.state === 'waiting');
    this.#alarms.data = [];
    this.#alarms.length = 0;
    this.#cancelled = 0;
    for (const each of alive) this.#alarms.push(each);
  }
}
