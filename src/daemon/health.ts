/** Whether this daemon does its work: it holds its accounts, prices arrive, and what it decides can be stored. */
import type { MarketListener } from '../ports/market-data.ts';

/** The daemon looks after its accounts every second; one look may take a while. */
const lookMaxMs = 60_000;

export class Health {
  readonly #nowMs: () => number;
  /** Why no prices come; null while they do. */
  #withoutPrices: string | null = 'the exchange has not answered yet';
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
        if (feed === 'underlying' && sources === undefined) this.#withoutPrices = reason;
        listener.stale(feed, reason, sources);
      },
      live: (feed, sources) => {
        if (feed === 'underlying') this.#withoutPrices = null;
        listener.live(feed, sources);
      },
    };
  }

  /** The exchange is open: it answers, also while nothing is watched there. */
  noteOpen(): void {
    this.#withoutPrices = null;
  }

  /**
   * Why the daemon does not do its work now, the worst first; none while it does.
   * @param journal `null` while the database is not open
   */
  problems(journal: { readonly healthy: boolean } | null): readonly string[] {
    if (journal === null) return ['the database is not open yet'];
    const silentMs = this.#nowMs() - this.#lookedAtMs;
    return [
      ...(journal.healthy ? [] : ['the journal cannot write']),
      ...(this.#withoutPrices === null ? [] : [`no prices: ${this.#withoutPrices}`]),
      ...(silentMs > lookMaxMs ? ['the session that holds the accounts does not answer'] : []),
    ];
  }
}
