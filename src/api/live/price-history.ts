/**
 * What this daemon has seen of each index since it started, as bars of exchange time at four lengths, within a bounded memory;
 * and the stretches in which it was silent. It begins empty with every start: candles of years are the exchange's to give.
 */
import { minuteMs, hourMs } from '../../domain/units.ts';
import type { FeedChanged, PriceMoved } from '../../ports/live.ts';
import type { PriceHistory } from '../contract.ts';

/** From moments to months, so that also a tape that plays a day in a second leaves something to look at. */
const barLengthsMs = [10_000, minuteMs, 10 * minuteMs, hourMs] as const;
/** Of each length: a day of minutes and the one that has begun. */
const barsMax = 1_441;
const staleMax = 200;
const coinsMax = 64;

/** `[from ms, open, high, low, close]` */
type Bar = [fromMs: number, open: string, high: string, low: string, close: string];

interface Stretch {
  readonly fromMs: number;
  toMs: number | null;
}

export interface CoinState {
  readonly coin: string;
  readonly price: PriceMoved | null;
  /** Why no price comes, and since when; `null` while they come. */
  readonly silence: FeedChanged | null;
}

export class PriceHistories {
  readonly #coins = new Map<string, CoinHistory>();

  /** Costs some comparisons; of more than 64 coins the further ones are not kept. */
  note(price: PriceMoved): void {
    this.#coin(price.coin)?.note(price);
  }

  /** @param change of one coin, or of all that are known */
  feed(change: FeedChanged): void {
    const coins = change.coin === null ? [...this.#coins.values()] : [this.#coin(change.coin)];
    for (const coin of coins) coin?.feed(change);
  }

  /** The last `hours` before the newest price, in the shortest bars that reach so far. */
  of(coin: string, hours: number): PriceHistory {
    return this.#coins.get(coin)?.view(coin, hours) ?? { coin, bars: [], barMs: barLengthsMs[0], stale: [] };
  }

  /** Where each coin stands now. */
  standing(): readonly CoinState[] {
    return Array.from(this.#coins, ([coin, { price, silence }]) => ({ coin, price, silence }));
  }

  #coin(coin: string): CoinHistory | undefined {
    const known = this.#coins.get(coin);
    if (known || this.#coins.size >= coinsMax) return known;
    const history = new CoinHistory();
    this.#coins.set(coin, history);
    return history;
  }
}

class CoinHistory {
  readonly #series = barLengthsMs.map((barMs) => new Series(barMs));
  readonly #stale: Stretch[] = [];
  price: PriceMoved | null = null;
  silence: FeedChanged | null = null;

  note(price: PriceMoved): void {
    // Another daemon's price may arrive late.
    if (this.price !== null && price.atMs < this.price.atMs) return;
    this.price = price;
    const value = Number(price.index);
    for (const series of this.#series) series.note(price, value);
  }

  feed(change: FeedChanged): void {
    const last = this.#stale.at(-1);
    if (change.reason === null) {
      if (last?.toMs === null) last.toMs = change.atMs;
      this.silence = null;
      return;
    }
    this.silence = change;
    if (last?.toMs === null) return;
    this.#stale.push({ fromMs: change.atMs, toMs: null });
    if (this.#stale.length > staleMax) this.#stale.shift();
  }

  view(coin: string, hours: number): PriceHistory {
    const fromMs = (this.price?.atMs ?? 0) - hours * hourMs;
    const series = this.#series.find((each) => each.reaches(fromMs)) ?? this.#series.at(-1);
    const stale = this.#stale.filter(({ toMs }) => toMs === null || toMs >= fromMs);
    return {
      coin,
      bars: series?.since(fromMs) ?? [],
      barMs: series?.barMs ?? barLengthsMs[0],
      stale: stale.map((stretch) => ({ ...stretch })),
    };
  }
}

/** The last bars of one length. */
class Series {
  readonly barMs: number;
  readonly #bars: Bar[] = [];
  /** Where the oldest bar lies, once there are as many as are kept. */
  #oldest = 0;
  #last: Bar | null = null;
  #high = 0;
  #low = 0;

  constructor(barMs: number) {
    this.barMs = barMs;
  }

  /** @param value the index as a number, for comparing only */
  note({ atMs, index }: PriceMoved, value: number): void {
    const bar = this.#last;
    if (bar === null || atMs >= bar[0] + this.barMs) {
      this.#begin([atMs - (atMs % this.barMs), index, index, index, index], value);
      return;
    }
    if (value > this.#high) [bar[2], this.#high] = [index, value];
    if (value < this.#low) [bar[3], this.#low] = [index, value];
    bar[4] = index;
  }

  /** Whether it has everything since then, or has everything that was ever seen. */
  reaches(fromMs: number): boolean {
    return this.#bars.length < barsMax || (this.#bars[this.#oldest]?.[0] ?? 0) <= fromMs;
  }

  since(fromMs: number): Bar[] {
    const ordered = [...this.#bars.slice(this.#oldest), ...this.#bars.slice(0, this.#oldest)];
    return ordered.filter(([atMs]) => atMs + this.barMs > fromMs).map((bar) => [...bar]);
  }

  #begin(bar: Bar, value: number): void {
    this.#last = bar;
    this.#high = this.#low = value;
    if (this.#bars.length < barsMax) {
      this.#bars.push(bar);
      return;
    }
    this.#bars[this.#oldest] = bar;
    this.#oldest = (this.#oldest + 1) % barsMax;
  }
}
