/**
 * Pacing: plays a tape or a walk fast through quiet stretches and in real time while anything is under way, because a
 * roll needs seconds of real network and database work that a racing tape would not leave it. Owns the position on the
 * tape and the exchange's clock; what a tick does to the market, and which clients listen, belongs to the host.
 */
import { coinRulesFor } from './coin-rules.ts';
import { pointsOf, priceBetween, type MinuteSource, type PricePoint } from './price-path.ts';
import { TapeClock } from './tape-clock.ts';
import type { WallClock } from './wall-clock.ts';

export interface PacingOptions {
  /** `fast`, or a multiple of real time for quiet stretches. Default `fast` for a tape, 1 for a walk. */
  readonly speed?: 'fast' | number | undefined;
  /** Wall time that real time is kept after the last activity. Default 300. */
  readonly quietMs?: number | undefined;
  /** The same after the last order, when that is longer: for people to see what was traded. Default `quietMs`. */
  readonly afterOrderMs?: number | undefined;
  /** Wall pause after each fast minute, on top of the barriers, for slower reactions to arrive. Default 0. */
  readonly minuteMs?: number | undefined;
  /**
   * `subscribed` waits for the first public subscription (or `start()`), `called` for `start()` alone; the clock stands
   * meanwhile. `now, fast when subscribed` keeps real time until that subscription.
   */
  readonly startWhen?: 'now' | 'subscribed' | 'called' | 'now, fast when subscribed' | undefined;
  /** Wall time between ticks in real time. Default 100. */
  readonly tickMs?: number | undefined;
}

export type PlayerMode = 'waiting' | 'fast' | 'real time' | 'ended' | 'closed';

export interface Progress {
  readonly playedMinutes: number;
  /** Null when the source never ends. */
  readonly totalMinutes: number | null;
  /** Index of the source's base coin. */
  readonly index: string;
  readonly mode: PlayerMode;
}

export interface PlayerHost {
  tick(atMs: number, baseCoin: string, price: number): void;
  /** True while users' orders are open, or events of theirs are still to come. */
  isBusy(): boolean;
  /** Resolves when every subscribed client has read what was published, or after a bounded wait. */
  barrier(): Promise<void>;
}

export type Activity = 'request' | 'order';

export interface Player {
  readonly clock: TapeClock;
  readonly done: Promise<void>;
  nowMs(): number;
  progress(): Progress;
  /** Begins to play, if it waits to be started. */
  start(): void;
  /** To be called for a signed request or an order: real time from now on. */
  touch(by: Activity): void;
  /** Keeps real time until it is let go, for one who knows that something is under way that the exchange does not see. */
  hold(isHeld: boolean): void;
  /** To be called for a public subscription: begins to play, if it waits for one. */
  subscribed(): void;
  close(): void;
}

const pointsPerMinute = 4;
/**
 * The first answer to a barrier says that a client has read the minute. By the later ones its immediate reaction has
 * arrived too, so that it falls into the minute that caused it.
 */
const barrierRounds = 12;

export interface TapePlayerOptions {
  readonly wall: WallClock;
  readonly host: PlayerHost;
  readonly pacing?: PacingOptions | undefined;
}

export class TapePlayer implements Player {
  readonly clock: TapeClock;
  readonly done: Promise<void>;
  readonly #source: MinuteSource;
  readonly #wall: WallClock;
  readonly #host: PlayerHost;
  readonly #pacing: {
    speed: 'fast' | number;
    quietMs: Readonly<Record<Activity, number>>;
    minuteMs: number;
    startWhen: string;
    tickMs: number;
  };
  #mode: PlayerMode = 'waiting';
  /** False while real time is kept because nobody looks at the prices yet. */
  #mayHurry: boolean;
  #next = 1;
  #before: PricePoint;
  #price: number;
  readonly #startPrice: number;
  /** Until when real time is kept. */
  #livelyUntilWallMs = -Infinity;
  #isHeld = false;
  #finish: () => void = () => undefined;

  constructor(source: MinuteSource, { wall, host, pacing = {} }: TapePlayerOptions) {
    const speed = pacing.speed ?? (source.totalMinutes === null ? 1 : 'fast');
    const quietMs = pacing.quietMs ?? 300;
    this.#pacing = {
      speed,
      quietMs: { request: quietMs, order: Math.max(quietMs, pacing.afterOrderMs ?? 0) },
      minuteMs: pacing.minuteMs ?? 0,
      startWhen: pacing.startWhen ?? (speed === 'fast' ? 'subscribed' : 'now'),
      tickMs: pacing.tickMs ?? 100,
    };
    this.#mayHurry = this.#pacing.startWhen !== 'now, fast when subscribed';
    this.#source = source;
    this.#wall = wall;
    this.#host = host;
    const first = this.#point(0);
    if (!first) throw new Error('the price source is empty');
    this.#before = first;
    this.#price = first.price;
    this.#startPrice = first.price;
    this.clock = new TapeClock(wall, first.atMs);
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  /** Publishes the first price; the rest follows once started. */
  open(): void {
    this.#host.tick(this.#before.atMs, this.#source.baseCoin, this.#price);
    if (this.#pacing.startWhen.startsWith('now')) this.start();
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  progress(): Progress {
    return {
      playedMinutes: Math.floor(this.#next / pointsPerMinute),
      totalMinutes: this.#source.totalMinutes,
      index: this.#price.toFixed(coinRulesFor(this.#source.baseCoin, this.#startPrice).indexPlaces),
      mode: this.#mode,
    };
  }

  start(): void {
    if (this.#mode !== 'waiting') return;
    this.#mode = 'real time';
    void this.#run();
  }

  subscribed(): void {
    this.#mayHurry = true;
    if (this.#pacing.startWhen === 'subscribed') this.start();
  }

  touch(by: Activity): void {
    const untilMs = this.#wall.nowMs() + this.#pacing.quietMs[by];
    this.#livelyUntilWallMs = Math.max(this.#livelyUntilWallMs, untilMs);
    this.#slowDown();
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) this.#slowDown();
  }

  close(): void {
    this.#mode = 'closed';
    this.#finish();
  }

  /** A method, because the mode may change during every await and the compiler would assume that it does not. */
  #isClosed(): boolean {
    return this.#mode === 'closed';
  }

  #isLively(): boolean {
    if (this.#isHeld || !this.#mayHurry) return true;
    return this.#host.isBusy() || this.#wall.nowMs() < this.#livelyUntilWallMs;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed()) {
      if (this.#mode === 'ended' || this.#isLively()) await this.#step(1);
      else if (this.#pacing.speed === 'fast') await this.#playMinute();
      else await this.#step(this.#pacing.speed);
    }
  }

  async #step(rate: number): Promise<void> {
    if (this.#mode !== 'ended') this.#mode = 'real time';
    this.clock.set(this.clock.nowMs(), rate);
    await this.#wall.sleep(this.#pacing.tickMs);
    if (this.#isClosed()) return;
    const nowMs = this.clock.nowMs();
    for (let point = this.#point(this.#next); point && point.atMs <= nowMs; point = this.#point(this.#next))
      this.#pass(point);
    const after = this.#point(this.#next);
    this.#tick(nowMs, priceBetween(this.#before, after, nowMs));
    if (!after) this.#end();
  }

  async #playMinute(): Promise<void> {
    this.#mode = 'fast';
    const lastOfMinute = this.#next - (this.#next % pointsPerMinute) + pointsPerMinute - 1;
    while (this.#next <= lastOfMinute) {
      const point = this.#point(this.#next);
      if (!point) {
        this.#end();
        return;
      }
      this.clock.set(point.atMs, 0);
      this.#pass(point);
      if (this.#host.isBusy()) return;
    }
    const mustStop = (): boolean => this.#mode !== 'fast' || this.#isLively();
    for (let round = 0; round < barrierRounds && !mustStop(); round += 1) await this.#host.barrier();
    if (!mustStop()) await this.#wall.breathe(this.#pacing.minuteMs, mustStop);
    if (!this.#isClosed() && !this.#point(this.#next)) this.#end();
  }

  #pass(point: PricePoint): void {
    this.#before = point;
    this.#next += 1;
    this.#tick(point.atMs, point.price);
  }

  #tick(atMs: number, price: number): void {
    this.#price = price;
    this.#host.tick(atMs, this.#source.baseCoin, price);
  }

  /** The last price stays and time passes on, because open orders and expiries outlive the tape. */
  #end(): void {
    if (this.#mode === 'ended') return;
    this.#enter('ended', 1);
    this.#finish();
  }

  #slowDown(): void {
    if (this.#mode === 'fast') this.#enter('real time', 1);
    else if (this.#mode === 'real time') this.clock.set(this.clock.nowMs(), 1);
  }

  #enter(mode: PlayerMode, rate: number): void {
    this.#mode = mode;
    this.clock.set(this.clock.nowMs(), rate);
  }

  #point(number: number): PricePoint | undefined {
    const minute = this.#source.minute(Math.floor(number / pointsPerMinute));
    return minute && pointsOf(minute)[number % pointsPerMinute];
  }
}
