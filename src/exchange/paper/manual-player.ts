/**
 * Prices that a caller sets, for tests and for trying things out: the index stays where it was set, time passes as it
 * really does (or stands still), and `advance` jumps ahead.
 */
import { isPositive, readDecimal } from '../../domain/money.ts';
import { coinRulesFor } from './coin-rules.ts';
import type { Player, PlayerHost, Progress } from './player.ts';
import { TapeClock } from './tape-clock.ts';
import type { WallClock } from './wall-clock.ts';

export interface ManualSettings {
  readonly prices: Readonly<Record<string, string>>;
  readonly startMs: number;
  /** A standing clock moves by `advance` alone. */
  readonly standing: boolean;
  readonly tickMs: number;
}

export class ManualPlayer implements Player {
  readonly clock: TapeClock;
  readonly done: Promise<void>;
  readonly #prices: Map<string, number>;
  readonly #host: PlayerHost;
  readonly #wall: WallClock;
  readonly #settings: ManualSettings;
  #finish: () => void = () => undefined;
  #stopTicks: (() => void) | null = null;

  constructor(settings: ManualSettings, wall: WallClock, host: PlayerHost) {
    this.#settings = settings;
    this.#wall = wall;
    this.#host = host;
    this.#prices = new Map(Object.entries(settings.prices).map(([coin, price]) => [coin, Number(price)]));
    this.clock = new TapeClock(wall, settings.startMs);
    this.clock.set(settings.startMs, this.#rate());
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  open(): void {
    this.#tickAll();
    const again = (): void => {
      this.#tickAll();
      this.#stopTicks = this.#wall.after(this.#settings.tickMs, again);
    };
    if (!this.#settings.standing) this.#stopTicks = this.#wall.after(this.#settings.tickMs, again);
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  progress(): Progress {
    const [[coin, price] = ['', 0]] = this.#prices;
    const places = price > 0 ? coinRulesFor(coin, price).indexPlaces : 2;
    return { playedMinutes: 0, totalMinutes: null, index: price.toFixed(places), mode: 'real time' };
  }

  /** @throws Error when the price is no decimal above 0 */
  setIndex(baseCoin: string, price: string): void {
    const read = readDecimal(price);
    if (read === null || !isPositive(read))
      throw new Error(`an index price is a decimal above 0, found ${price.slice(0, 50)}`);
    this.#prices.set(baseCoin, Number(price));
    this.#host.tick(this.clock.nowMs(), baseCoin, Number(price));
  }

  advance(aheadMs: number): void {
    this.clock.set(this.clock.nowMs() + aheadMs, this.#rate());
    this.#tickAll();
  }

  start(): void {
    // Time has been running from the beginning.
  }
  subscribed(): void {
    // See start.
  }
  hold(): void {
    // Its time goes on as it was set, whatever is under way.
  }

  touch(): void {
    // Always real time.
  }

  close(): void {
    this.#stopTicks?.();
    this.#finish();
  }

  #rate(): number {
    return this.#settings.standing ? 0 : 1;
  }

  #tickAll(): void {
    for (const [coin, price] of this.#prices) this.#host.tick(this.clock.nowMs(), coin, price);
  }
}
