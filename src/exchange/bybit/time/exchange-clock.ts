/**
 * The exchange's clock, reckoned here: the newest time the exchange has shown, plus local time elapsed since. It owns
 * alarms on that clock; it leaves asking for the time to whoever can reach the exchange.
 *
 * Why it is built of lower bounds: a request stamped 1 s ahead of the exchange is refused whatever its window, one
 * stamped a little late is not (Bybit docs: v5/guide). The time inside a frame is when the exchange sent it, so at arrival
 * the exchange's time is that or later; a frame that lies a little ahead of the reckoning moves it forward at once, a late one is no
 * news and is ignored. Only a measurement, which has an upper bound too, may find the reckoning ahead; then `nowMs` stands
 * still until the exchange has caught up, because time handed out does not go backwards.
 *
 * What lies far from the reckoning, ahead or behind, the first reading included, is a claim (clock-claim.ts): one answer
 * that all others contradict moves nothing, in any mode. A clock that is proved to be far ahead is set back, handed-out time
 * and all: standing still for days would be worse.
 */
import TinyQueue from 'tinyqueue';
import type { Clock } from '../../../ports/clock.ts';
import { ClockClaim, tapeClock, type ClockRules, type ToldTime } from './clock-claim.ts';
import { localTime, type LocalTime } from './local-time.ts';

interface Alarm {
  /** Moved when a clock that had jumped is set back: what is to ring in a minute rings in a minute. */
  atMs: number;
  readonly madeAtLocalMs: number;
  readonly order: number;
  readonly ring: () => void;
  state: 'waiting' | 'ringing' | 'over';
}

export interface ExchangeClockOptions {
  readonly local?: LocalTime;
  /** Default: those of a tape. */
  readonly rules?: ClockRules;
}

/** A first reading that is this near to this computer's date needs no other to agree. */
const nearTodayMs = 60_000;

export class ExchangeClock implements Clock {
  readonly #local: LocalTime;
  readonly #rules: ClockRules;
  readonly #claim: ClockClaim;
  readonly #alarms = new TinyQueue<Alarm>([], (a, b) => a.atMs - b.atMs || a.order - b.order);
  #isSet = false;
  #baseMs: number;
  #baseLocalMs: number;
  #handedOutMs = 0;
  #jumpedAtLocalMs = Number.POSITIVE_INFINITY;
  #stepsForward = 0;
  #alarmsMade = 0;
  #cancelled = 0;
  #stopTimer: (() => void) | null = null;
  #onDoubt: () => void = () => undefined;

  constructor(options: ExchangeClockOptions = {}) {
    this.#local = options.local ?? localTime;
    this.#rules = options.rules ?? tapeClock;
    this.#claim = new ClockClaim(this.#rules);
    this.#baseMs = this.#local.dateMs();
    this.#baseLocalMs = this.#local.nowMs();
  }

  /** False until the exchange has been heard; until then `nowMs` is this computer's date and binds nothing. */
  get isSet(): boolean {
    return this.#isSet;
  }

  /** A time that is not believed yet, ms since epoch; `null` when there is none. While there is, ask the exchange again. */
  get claimedMs(): number | null {
    return this.#claim.atMs;
  }

  get rules(): ClockRules {
    return this.#rules;
  }

  /** How far this computer's own date is behind the exchange's time; negative when it is ahead. */
  get aheadOfLocalMs(): number {
    return this.reckonedMs() - this.#local.dateMs();
  }

  /** Whether a frame's time is further ahead than is believed: its prices are no news either. */
  isBeyond(exchangeMs: number): boolean {
    return this.#isSet && exchangeMs - this.reckonedMs() > this.#rules.stepMaxMs;
  }

  /** Milliseconds since epoch, whole, never smaller than a value handed out before. */
  nowMs(): number {
    const reckonedMs = this.reckonedMs();
    if (!this.#isSet) return reckonedMs;
    this.#handedOutMs = Math.max(this.#handedOutMs, reckonedMs);
    return this.#handedOutMs;
  }

  /**
   * The best guess of the exchange's time now. Equal to `nowMs()` except while that one stands still; what signs
   * requests takes this one, so that a clock found ahead does not keep every request refused until it is caught up.
   */
  reckonedMs(): number {
    return Math.floor(this.#baseMs + this.#local.nowMs() - this.#baseLocalMs);
  }

  /** Takes the sending time of a frame of a stream, ms, as `observe` does that of an answer. */
  observeFrame(exchangeMs: number): void {
    if (!Number.isFinite(exchangeMs)) return;
    this.#claim.heardFrame(this.#local.nowMs());
    this.#observe({ exchangeMs, isFrame: true });
  }

  /** Takes the sending time of an answer, ms; moves the clock forward or not at all. */
  observe(exchangeMs: number): void {
    if (Number.isFinite(exchangeMs)) this.#observe({ exchangeMs, isFrame: false });
  }

  #observe(told: ToldTime): void {
    const { exchangeMs } = told;
    const aheadMs = exchangeMs - this.reckonedMs();
    if (!this.#isSet || aheadMs > this.#rules.stepMaxMs) {
      if (this.#claims(told)) this.#stepsForward += 1;
      return;
    }
    if (aheadMs >= -this.#rules.stepMaxMs) this.#claim.drop();
    // Old data is pushed again now and then; that everything is old would be our mistake, and is asked about.
    else if (this.#rules.isToday) this.#onDoubt();
    if (aheadMs <= 0) return;
    this.#setTo(exchangeMs);
    this.#stepsForward += 1;
  }

  /** @returns whether it is believed by now */
  #claims({ exchangeMs, isFrame }: ToldTime): boolean {
    const isNearToday = !this.#isSet && Math.abs(exchangeMs - this.#local.dateMs()) <= nearTodayMs;
    const localMs = this.#local.nowMs();
    const agreedMs = isNearToday ? exchangeMs : this.#claim.hear({ exchangeMs, localMs, isFrame });
    if (agreedMs === null) {
      this.#onDoubt();
      return false;
    }
    this.#claim.drop();
    const backByMs = this.#isSet ? this.reckonedMs() - agreedMs : 0;
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
    const aheadMs = earliestMs - this.reckonedMs();
    if (!this.#isSet || aheadMs > stepMaxMs) {
      this.#claims({ exchangeMs: earliestMs, isFrame: false });
      return;
    }
    const behindMs = this.reckonedMs() - latestMs;
    // A frame that came while we asked may know of a jump after the answer was written: then the bound is void.
    const isVoid = stepsBefore !== this.#stepsForward;
    if (behindMs > stepMaxMs) {
      if (!isVoid) this.#claims({ exchangeMs: earliestMs, isFrame: false });
      return;
    }
    this.#claim.drop();
    if (aheadMs > 0) this.#setTo(earliestMs);
    else if (behindMs > 0 && !isVoid) this.#setTo(latestMs);
  }

  /** Calls back when a time is claimed that is not believed; the listener should measure. */
  onDoubt(listener: () => void): void {
    this.#onDoubt = listener;
  }

  alarm(atMs: number, ring: () => void): () => void {
    this.#alarmsMade += 1;
    const madeAtLocalMs = this.#local.nowMs();
    const alarm: Alarm = { atMs, madeAtLocalMs, order: this.#alarmsMade, ring, state: 'waiting' };
    this.#alarms.push(alarm);
    if (this.#alarms.peek() === alarm) this.#ringDue();
    return () => this.#cancel(alarm);
  }

  /** Forgets every alarm. */
  close(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    for (const alarm of this.#alarms.data) alarm.state = 'over';
    this.#alarms.data = [];
    this.#alarms.length = 0;
    this.#cancelled = 0;
  }

  /** What was set by the wrong time since the jump is moved with the clock. */
  #setBack(byMs: number, toMs: number): void {
    this.#handedOutMs = Math.min(this.#handedOutMs, toMs);
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

  /** Rings what is due, each in a turn of the event loop of its own, and sets the local timer for the next one. */
  #ringDue(): void {
    this.#stopTimer?.();
    this.#stopTimer = null;
    const nowMs = this.nowMs();
    for (let next = this.#alarms.peek(); next; next = this.#alarms.peek()) {
      if (next.state === 'waiting' && next.atMs > nowMs) {
        this.#stopTimer = this.#local.after(next.atMs - this.reckonedMs(), () => this.#ringDue());
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
