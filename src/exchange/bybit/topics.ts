/**
 * What became of each topic of one connection: asked, taken, refused, delivering, silent. It owns the proof of a
 * subscription: where data is pushed continuously only data counts, because the exchange acknowledges topics that it
 * never delivers (bybit-v5.md §4.3). A topic that never delivered anything in this process holds nobody up: there is no
 * last price of it that could be mistaken for a fresh one.
 */
export interface Topic {
  readonly name: string;
  /** True when the exchange sends data continuously, so that silence means something. */
  readonly pushes: boolean;
  /** Without it the connection is of no use. */
  readonly essential: boolean;
}

interface Entry {
  readonly topic: Topic;
  verdict: 'unasked' | 'asked' | 'taken' | 'refused';
  askedAtMs: number;
  /** Local time of the last data on this connection. */
  heardAtMs: number | null;
  everHeard: boolean;
}

export type Readiness =
  | { readonly kind: 'ready'; readonly unproved: readonly string[] }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly reason: string };

export class TopicBook {
  readonly #entries = new Map<string, Entry>();
  #refusal = '';

  /** False when it was there already. */
  add(topic: Topic): boolean {
    if (this.#entries.has(topic.name)) return false;
    this.#entries.set(topic.name, {
      topic,
      verdict: 'unasked',
      askedAtMs: 0,
      heardAtMs: null,
      everHeard: false,
    });
    return true;
  }

  /** False when it was not there. */
  remove(name: string): boolean {
    return this.#entries.delete(name);
  }

  /** A new connection knows nothing of what the last one had subscribed. */
  startOver(): void {
    this.#refusal = '';
    for (const entry of this.#entries.values()) {
      entry.verdict = 'unasked';
      entry.heardAtMs = null;
    }
  }

  /** Names that still have to be asked for; they count as asked from now on. */
  takeUnasked(nowMs: number): string[] {
    const unasked = [...this.#entries.values()].filter((entry) => entry.verdict === 'unasked');
    for (const entry of unasked) {
      entry.verdict = 'asked';
      entry.askedAtMs = nowMs;
    }
    return unasked.map((entry) => entry.topic.name);
  }

  taken(names: readonly string[]): void {
    for (const entry of this.#of(names)) entry.verdict = 'taken';
  }

  refused(names: readonly string[], reason: string): void {
    for (const entry of this.#of(names)) {
      entry.verdict = 'refused';
      if (entry.topic.essential) this.#refusal = `Bybit refuses ${entry.topic.name}: ${reason}`;
    }
  }

  /** True for the first data of a topic on this connection. */
  heard(name: string, nowMs: number): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    const isFirst = entry.heardAtMs === null;
    entry.heardAtMs = nowMs;
    entry.everHeard = true;
    // Data proves a subscription even if its acknowledgement was lost.
    entry.verdict = 'taken';
    return isFirst;
  }

  /** @param proofMs how long a topic that was never heard may keep the others waiting */
  readiness(nowMs: number, proofMs: number): Readiness {
    if (this.#refusal !== '') return { kind: 'refused', reason: this.#refusal };
    const wanted = [...this.#entries.values()].filter((entry) => entry.verdict !== 'refused');
    const unproved = wanted.filter((entry) => !isProved(entry));
    const hopeless = unproved.filter((entry) => !entry.everHeard && nowMs - entry.askedAtMs >= proofMs);
    const somethingFlows =
      !wanted.some((entry) => entry.topic.pushes) || wanted.some((entry) => entry.heardAtMs !== null);
    if (hopeless.length < unproved.length || !somethingFlows) return { kind: 'waiting' };
    return { kind: 'ready', unproved: hopeless.map((entry) => entry.topic.name) };
  }

  /** The first topic that delivered on this connection and stopped, or null. */
  silent(nowMs: number, staleAfterMs: number): string | null {
    for (const { topic, heardAtMs } of this.#entries.values()) {
      if (topic.pushes && heardAtMs !== null && nowMs - heardAtMs > staleAfterMs) return topic.name;
    }
    return null;
  }

  #of(names: readonly string[]): Entry[] {
    return names.map((name) => this.#entries.get(name)).filter((entry) => entry !== undefined);
  }
}

const isProved = (entry: Entry): boolean =>
  entry.topic.pushes ? entry.heardAtMs !== null : entry.verdict === 'taken';
