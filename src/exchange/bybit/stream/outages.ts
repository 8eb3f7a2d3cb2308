/**
 * How long each wanted topic of a connection has been missing, over however many sockets, and the alarm about those that
 * stay away: once after a minute and again every quarter of an hour, as long as it lasts. It owns when; what missing means
 * is topics.ts. In local time: an outage is a matter of our line, not of the exchange's clock.
 */
import type { Logger } from 'pino';
import type { LocalTime } from '../time/local-time.ts';

interface Outage {
  readonly sinceMs: number;
  dueAtMs: number;
  reason: string;
  isTold: boolean;
}

export interface OutageTimes {
  /** Missing for so long is critical. */
  readonly criticalAfterMs: number;
  readonly remindEveryMs: number;
}

const namesMax = 5;

/** At most five of them, and how many there are beyond. */
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

  /** Missing, still or from now on. */
  begin(names: readonly string[], reason: string): void {
    const nowMs = this.#local.nowMs();
    for (const name of names) {
      const outage = this.#outages.get(name);
      if (outage) outage.reason = reason;
      else {
        const dueAtMs = nowMs + this.#times.criticalAfterMs;
        this.#outages.set(name, { sinceMs: nowMs, dueAtMs, reason, isTold: false });
      }
    }
    this.#schedule();
  }

  /** They are there. */
  end(names: readonly string[]): void {
    const back: string[] = [];
    for (const name of names) {
      if (this.#outages.get(name)?.isTold) back.push(name);
      this.#outages.delete(name);
    }
    if (back.length > 0) this.#log.warn({ topics: fewOf(back) }, 'what was missing comes again');
  }

  /** Nobody wants it any more. */
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
      outage.isTold = true;
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
      this.#log.fatal(fields, 'nothing comes though it is wanted; what depends on it waits');
    }
    this.#schedule();
  }
}
