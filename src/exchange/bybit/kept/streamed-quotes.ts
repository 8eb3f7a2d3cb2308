/**
 * Quotes that the options' own tickers have brought. One may be used while it is young and was made at the present price of its coin:
 * coin and options come over different connections, so a move of the price is often known before the quotes that follow it. Those
 * of options that are streamed are waited for a moment.
 */
import { decimal } from '../../../domain/money.ts';
import type { Quote } from '../../../domain/market/order.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { LocalTime } from '../time/local-time.ts';
import { Changes } from './changes.ts';

export interface StreamedQuotesParts {
  /** The last quote of an option; `null` when none has come. */
  readonly lastOf: (symbol: string) => Quote | null;
  /** The present index price of the option's coin; `null` while it is not known. */
  readonly indexOf: (symbol: string) => string | null;
  readonly clock: Clock;
  readonly local: LocalTime;
  /** Exchange time. */
  readonly ageMaxMs: number;
}

/** How far the index of a quote may be from that of its coin, as a fraction: far less than what an option's price allows for. */
const indexOffMax = '0.0002';
const quoteWithinMs = 10;

export class StreamedQuotes {
  readonly #parts: StreamedQuotesParts;
  readonly #changes: Changes;

  constructor(parts: StreamedQuotesParts) {
    this.#parts = parts;
    this.#changes = new Changes(parts.local);
  }

  /** A quote has come. */
  came(): void {
    this.#changes.happened();
  }

  /** Those of these options that may be used now, in this order. */
  async of(symbols: readonly string[]): Promise<readonly Quote[]> {
    const { lastOf, local } = this.#parts;
    const untilMs = local.nowMs() + quoteWithinMs;
    for (;;) {
      const streamed = symbols.flatMap((symbol) => lastOf(symbol) ?? []);
      const usable = streamed.filter((quote) => this.#isOfNow(quote));
      if (usable.length === streamed.length || !(await this.#changes.before(untilMs))) return usable;
    }
  }

  #isOfNow({ symbol, index: quoted, atMs }: Quote): boolean {
    const { indexOf, clock, ageMaxMs } = this.#parts;
    const index = indexOf(symbol);
    if (index === null || clock.nowMs() - atMs > ageMaxMs) return false;
    return decimal(quoted).minus(index).abs().lessThanOrEqualTo(decimal(index).times(indexOffMax));
  }
}
