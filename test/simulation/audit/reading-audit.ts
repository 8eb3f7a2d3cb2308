/** What is read before a plan: no quote in it is older than one that a daemon may keep. */
import type { MarketReading } from '../../../src/domain/orders/outcomes.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';
import { keptQuoteAgeMaxMs } from '../world/prices.ts';

interface Answered {
  readonly output?: { readonly kind?: string; readonly value?: Partial<MarketReading> };
}

export class ReadingAudit {
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  committed({ taskId, state, eventJson }: Pick<TurnRecord, 'taskId' | 'state' | 'eventJson'>): void {
    if (!eventJson.includes('"chain"')) return;
    const { output } = JSON.parse(eventJson) as Answered;
    const { askedAtMs, chain } = output?.value ?? {};
    if (output?.kind !== 'read' || askedAtMs === undefined || chain === undefined) return;
    for (const { quote } of chain) {
      const ageMs = quote === null ? 0 : askedAtMs - quote.atMs;
      if (ageMs > keptQuoteAgeMaxMs)
        this.#violate(
          `task ${taskId} comes to ${state} by a quote of ${quote?.symbol} that is ${ageMs} ms old`,
        );
    }
  }
}
