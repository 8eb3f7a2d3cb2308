/**
 * All metrics of one daemon: what is counted as it happens, how it stands at a scrape, and Node's own. A scrape reads what the parts
 * know already; the database is asked one question at a time and has a second to answer, so that scrapes cannot pile up behind it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { OutboxBacklog } from '../../ports/system.ts';
import { CountedEvents } from './counted.ts';
import { StandingMetrics, type Reading } from './standing.ts';

export interface MetricSources {
  /** Everything that is known without asking the database. */
  readonly standing: () => Omit<Reading, 'outbox'>;
  /** Asks the database; `null` while it is not open. May reject. */
  readonly outbox: () => Promise<OutboxBacklog> | null;
}

const answerMaxMs = 1_000;

export class Metrics {
  readonly registry = new Registry();
  /** To be told of what happens. */
  readonly counted: CountedEvents;
  readonly #standing: StandingMetrics;
  readonly #sources: MetricSources;
  #asking: Promise<OutboxBacklog | null> | null = null;
  #rendering: Promise<string> | null = null;

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.counted = new CountedEvents(this.registry);
    this.#standing = new StandingMetrics(this.registry);
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** The metrics as Prometheus reads them. Calls at the same time share one reading. */
  text(): Promise<string> {
    this.#rendering ??= this.#render().finally(() => (this.#rendering = null));
    return this.#rendering;
  }

  async #render(): Promise<string> {
    const outbox = await this.#outbox();
    this.#standing.show({ ...this.#sources.standing(), outbox });
    return this.registry.metrics();
  }

  /** `null` when the database does not answer in time. */
  #outbox(): Promise<OutboxBacklog | null> {
    this.#asking ??= this.#ask().finally(() => (this.#asking = null));
    return Promise.race([this.#asking, sleep(answerMaxMs, null, { ref: false })]);
  }

  async #ask(): Promise<OutboxBacklog | null> {
    try {
      return await this.#sources.outbox();
    } catch {
      // That the database is away is in the log and in other metrics.
      return null;
    }
  }
}
