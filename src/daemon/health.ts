/** Whether this daemon does its work: it holds its accounts, prices arrive, and what it decides can be stored. */
import type { MarketListener } from '../ports/market-data.ts';

/** One turn that took long is no news. */
const slowLastsMs = 6_000;

/** The daemon looks after its accounts every second; one look may take a while. */
const lookMaxMs = 60_000;

export class Health {
  readonly #nowMs: () => number;
  /** Why no prices come at all; null while nothing is known of that. */
  #withoutPrices: string | null = 'the exchange has not answered yet';
  /** Why the prices of a coin do not come, by coin; null while they do. */
  readonly #coins = new Map<string, string | null>();
  #lookedAtMs: number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#lookedAtMs = nowMs();
  }

  /** The daemon has just seen its accounts, in the session that holds them. */
  noteLook(): void {
    this.#lookedAtMs = this.#nowMs();
  }

  /** The same listener; what it receives is noted here. */
  watching(listener: MarketListener): MarketListener {
    return {
      tick: (...ticks) => listener.tick(...ticks),
      stale: (feed, reason, sources) => {
        if (feed === 'underlying') this.#noteSilence(reason, sources);
        listener.stale(feed, reason, sources);
      },
      live: (feed, sources) => {
        if (feed === 'underlying') {
          this.#withoutPrices = null;
          for (const coin of sources ?? this.#coins.keys()) this.#coins.set(coin, null);
        }
        listener.live(feed, sources);
      },
    };
  }

  #noteSilence(reason: string, coins: readonly string[] | undefined): void {
    if (coins === undefined) this.#withoutPrices = reason;
    for (const coin of coins ?? []) this.#coins.set(coin, reason);
  }

  /** One coin that is silent among others that are not is no reason to say that the daemon does not work. */
  #whyNoPrices(): string | null {
    if (this.#withoutPrices !== null) return this.#withoutPrices;
    const reasons = [...this.#coins.values()];
    return reasons.includes(null) ? null : (reasons[0] ?? null);
  }

  /** The exchange is open: it answers, also while nothing is watched there. */
  noteOpen(): void {
    this.#withoutPrices = null;
  }

  /**
   * Why the daemon does not do its work now, the worst first; none while it does.
   * @param journal `null` while the database is not open
   */
  problems(journal: { readonly healthy: boolean; readonly slowForMs: number } | null): readonly string[] {
    if (journal === null) return ['the database is not open yet'];
    const silentMs = this.#nowMs() - this.#lookedAtMs;
    const withoutPrices = this.#whyNoPrices();
    return [
      ...(journal.healthy ? [] : ['the journal cannot write']),
      ...(journal.healthy && journal.slowForMs > slowLastsMs
        ? ['the journal is too slow for an order to leave in time']
        : []),
      ...(withoutPrices === null ? [] : [`no prices: ${withoutPrices}`]),
      ...(silentMs > lookMaxMs ? ['the session that holds the accounts does not answer'] : []),
    ];
  }
}
