/**
 * The exchange's clock: where the tape is now, and where it was at any recent wall-clock moment. The history exists for
 * one rule: a signed request is fresh if the exchange's clock showed its timestamp within the last `recvWindow`
 * milliseconds *of real time*, so a tape at 60,000 times real speed does not outdate a request on its way. At real-time
 * speed the rule is Bybit's own (docs/exchange.md#receive-window).
 */
import { minuteMs } from '../../domain/units.ts';
import type { WallClock } from './wall-clock.ts';

interface Anchor {
  readonly wallMs: number;
  readonly tapeMs: number;
  /** Tape milliseconds per wall millisecond from here on; 0 = standing. */
  readonly rate: number;
}

const historyMs = minuteMs;
const aheadMaxMs = 1_000;

export class TapeClock {
  readonly #wall: WallClock;
  #anchors: Anchor[];

  constructor(wall: WallClock, startMs: number) {
    this.#wall = wall;
    this.#anchors = [{ wallMs: wall.nowMs(), tapeMs: startMs, rate: 0 }];
  }

  /** Whole milliseconds since epoch, exchange time. */
  nowMs(): number {
    return Math.floor(this.#at(this.#last(), this.#wall.nowMs()));
  }

  /** Sets the clock to `tapeMs`, never back, from where it moves at `rate`. */
  set(tapeMs: number, rate: number): void {
    const wallMs = this.#wall.nowMs();
    const last = this.#last();
    const anchor = { wallMs, tapeMs: Math.max(tapeMs, this.#at(last, wallMs)), rate };
    // To a request, anchors closer than a tenth of a millisecond are one moment.
    if (wallMs - last.wallMs < 0.1 && this.#anchors.length > 1) this.#anchors.pop();
    this.#anchors.push(anchor);
    if (this.#anchors.length > 1_000 && (this.#anchors[500]?.wallMs ?? wallMs) < wallMs - historyMs)
      this.#anchors = this.#anchors.slice(500);
  }

  /** What the clock showed `agoMs` of real time ago. */
  shownAgoMs(agoMs: number): number {
    const wallMs = this.#wall.nowMs() - agoMs;
    let low = 0;
    let high = this.#anchors.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#anchors[middle]?.wallMs ?? Infinity) <= wallMs) low = middle;
      else high = middle - 1;
    }
    const anchor = this.#anchors[low] ?? this.#last();
    const shown = anchor.tapeMs + (wallMs - anchor.wallMs) * (wallMs < anchor.wallMs ? 1 : anchor.rate);
    return Math.floor(shown);
  }

  /** The rule for `X-BAPI-TIMESTAMP`; false means retCode 10002. */
  accepts(timestampMs: number, recvWindowMs: number): boolean {
    if (timestampMs < this.shownAgoMs(Math.min(recvWindowMs, historyMs))) return false;
    return timestampMs < this.#latestShownMs() + aheadMaxMs;
  }

  /** While the clock stands, before the tape starts, a client's own clock runs on: that is no reason to refuse it. */
  #latestShownMs(): number {
    const last = this.#last();
    const wallMs = this.#wall.nowMs();
    return Math.floor(last.rate === 0 ? last.tapeMs + (wallMs - last.wallMs) : this.#at(last, wallMs));
  }

  #last(): Anchor {
    const last = this.#anchors[this.#anchors.length - 1];
    if (!last) throw new Error('the clock has no anchor');
    return last;
  }

  #at(anchor: Anchor, wallMs: number): number {
    return anchor.tapeMs + (wallMs - anchor.wallMs) * anchor.rate;
  }
}
