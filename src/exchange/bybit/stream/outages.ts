/**
 * How long each wanted topic of a connection has been missing, over any number of reconnects, and the alarm about topics
 * that stay missing: once after a minute and then every quarter of an hour. It owns when to report; topics.ts says what
 * missing means. It counts local time, because an outage has nothing to do with the exchange's clock.
 */
import type { Logger } from 'pino';
import type { LocalTime } from '../time/local-time.ts';

interface Outage {
  readonly sinceMs: number;
  dueAtMs: number;
  reason: string;
  isReported: boolean;
}

export interface OutageTimes {
  /** After this long a missing topic is critical. */
  readonly criticalAfterMs: number;
  readonly remindEveryMs: number;
}

const namesMax = 5;

/** The first five names, and how many more there are. */
export const fewOf = (names: readonly string[]): string =>
  names.length <= namesMax
    ? names.join(', ')
    : `${names.slice(0, namesMax).join(', ')} and ${names.length - namesMax} more`;

export class Outages {
  readonly #log: Logger;
  readonly #local: LocalTime;
  readonly #times: OutageTimes;
  readonly #outages = new Map<string, Outage>();
  #cancel: (() => void) | null = null;

  constructor(log: Logger, local: LocalTime, times: OutageTimes) {
    this.#log = log;
    this.#local = local;
    this.#times = times;
  }

  /** These topics are missing, still or from now on. */
  begin(names: readonly string[], reason: string): void {
    const nowMs = this.#local.nowMs();
    for (const name of names) {
      const outage = this.#outages.get(name);
      if (outage) outage.reason = reason;
      else {
        const dueAtMs = nowMs + this.#times.criticalAfterMs;
        this.#outages.set(name, { sinceMs: nowMs, dueAtMs, reason, isReported: false });
      }
    }
    this.#schedule();
  }

  /** These topics deliver again. */
  end(names: readonly string[]): void {
    const returned: string[] = [];
    for (const name of names) {
      if (this.#outages.get(name)?.isReported) returned.push(name);
      this.#outages.delete(name);
    }
    if (returned.length > 0)
      this.#log.warn({ topics: fewOf(returned) }, 'topics that were missing deliver again');
  }

  /** The topic is no longer wanted. */
  forget(name: string): void {
    this.#outages.delete(name);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#outages.clear();
  }

  #schedule(): void {
    if (this.#cancel || this.#outages.size === 0) return;
    const dueAtMs = Math.min(...[...this.#outages.values()].map((outage) => outage.dueAtMs));
    this.#cancel = this.#local.after(Math.max(dueAtMs - this.#local.nowMs(), 1_000), () => this.#remind());
  }

  #remind(): void {
    this.#cancel = null;
    const nowMs = this.#local.nowMs();
    const byReason = new Map<string, { names: string[]; sinceMs: number }>();
    for (const [name, outage] of this.#outages) {
      if (outage.dueAtMs > nowMs) continue;
      outage.dueAtMs = nowMs + this.#times.remindEveryMs;
      outage.isReported = true;
      const group = byReason.get(outage.reason);
      if (!group) byReason.set(outage.reason, { names: [name], sinceMs: outage.sinceMs });
      else {
        group.names.push(name);
        group.sinceMs = Math.min(group.sinceMs, outage.sinceMs);
      }
    }
    for (const [reason, { names, sinceMs }] of byReason) {
      const forSeconds = Math.round((nowMs - sinceMs) / 1_000);
      const fields = { topics: fewOf(names), reason, forSeconds };
      // The highest level of the log, which writes it as critical.
      this.#log.fatal(fields, 'no data comes for wanted topics; tasks that need them wait');
    }
    this.#schedule();
  }
}
