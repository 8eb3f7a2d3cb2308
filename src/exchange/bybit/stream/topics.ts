/**
 * The state of each topic of one connection (asked for, granted, refused, delivering, silent), and when to ask for it
 * again. It owns the proof of a subscription: where prices are pushed only a price counts, because the exchange
 * acknowledges topics that it never delivers. It has no clock and sends nothing.
 * Source: Bybit docs v5/ws/connect and v5/websocket/public/ticker.
 */
export interface Topic {
  readonly name: string;
  /**
   * What proves the subscription. `flow`: data, again and again. `first`: the first data, after which it may be quiet.
   * `answer`: the exchange's answer, because the first event may be hours away; a connection with such topics is of use
   * only when all of them are granted.
   */
  readonly proof: 'flow' | 'first' | 'answer';
  /** It can be done without: nothing hangs on it, and that it is refused is no news. */
  readonly isSpare?: true;
}

export interface TopicTimes {
  /** How long after it was asked for a topic may stay unproved. */
  readonly proofMaxMs: number;
  /** How long a `flow` topic may be silent. */
  readonly staleAfterMs: number;
  /** First wait before a topic is asked for again; each further one is twice as long, up to the cap. */
  readonly askAgainFirstMs: number;
  readonly askAgainCapMs: number;
}

/**
 * The state of a connection. `live`: at least one wanted topic delivers, or none is wanted. `waiting`: data may still
 * come. `withheld`: the exchange refuses the topics, or is quiet where silence proves nothing. `silent`: data should come
 * and does not.
 */
export type Standing = 'live' | 'waiting' | 'withheld' | 'silent';

interface Problem {
  readonly kind: 'refused' | 'unanswered' | 'silent';
  readonly text: string;
}

interface Entry {
  readonly topic: Topic;
  /** Local times on this connection. */
  askedAtMs: number | null;
  askAgainAtMs: number;
  receivedAtMs: number | null;
  isGranted: boolean;
  /** How often it was asked for in vain since it was last proved, on this connection or an earlier one. */
  failures: number;
  problem: Problem | null;
  /** What was last reported about it. */
  reported: 'nothing' | 'proved' | 'missing';
}

export interface Ask {
  readonly names: readonly string[];
  /**
   * The topics were granted before and are silent. They are unsubscribed first, because the exchange only confirms a topic
   * that it believes to deliver already.
   */
  readonly leaveFirst: boolean;
}

export interface Review {
  readonly standing: Standing;
  /** Topics that are proved now and were not at the last review. */
  readonly proved: readonly string[];
  /** Topics found missing at this review, by what is wrong with them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

export class TopicBook {
  readonly #times: TopicTimes;
  /** In [0, 1): jitter, so that many daemons do not ask at the same moment. */
  readonly #random: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(times: TopicTimes, random: () => number) {
    this.#times = times;
    this.#random = random;
  }

  /** Of the topics that something hangs on. */
  get names(): readonly string[] {
    return [...this.#entries.values()].flatMap(({ topic }) => (topic.isSpare ? [] : topic.name));
  }

  /** @returns false when the topic was wanted already */
  add(topic: Topic): boolean {
    if (this.#entries.has(topic.name)) return false;
    this.#entries.set(topic.name, {
      topic,
      askedAtMs: null,
      askAgainAtMs: Number.POSITIVE_INFINITY,
      receivedAtMs: null,
      isGranted: false,
      failures: 0,
      problem: null,
      reported: 'nothing',
    });
    return true;
  }

  /** @returns false when the topic was not wanted */
  remove(name: string): boolean {
    return this.#entries.delete(name);
  }

  /** For a new connection, which has no subscriptions yet. */
  startOver(): void {
    for (const entry of this.#entries.values()) {
      entry.askedAtMs = null;
      entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      entry.receivedAtMs = null;
      entry.isGranted = false;
      entry.problem = null;
      entry.reported = 'nothing';
    }
  }

  /**
   * The requests that are due; their topics count as asked for from now on. Topics in one request share its fate, so a
   * topic that was asked for in vain gets a request of its own, and so does one that can be done without.
   */
  takeDue(nowMs: number, namesMax: number): readonly Ask[] {
    const [asks, spare]: [Ask[], Ask[]] = [[], []];
    const fresh: string[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.askedAtMs !== null && nowMs < entry.askAgainAtMs) continue;
      const leaveFirst = entry.isGranted;
      entry.askedAtMs = nowMs;
      entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      entry.isGranted = false;
      if (entry.topic.isSpare) spare.push({ names: [entry.topic.name], leaveFirst });
      else if (entry.failures === 0) fresh.push(entry.topic.name);
      else asks.push({ names: [entry.topic.name], leaveFirst });
    }
    for (let start = 0; start < fresh.length; start += namesMax)
      asks.push({ names: fresh.slice(start, start + namesMax), leaveFirst: false });
    // What can be done without is asked for last.
    return [...asks, ...spare];
  }

  markGranted(names: readonly string[], nowMs: number): void {
    for (const entry of this.#of(names)) {
      if (entry.isGranted) continue;
      entry.isGranted = true;
      // Silence is counted from this answer. A topic that was silent before stays a problem until it delivers.
      if (entry.problem?.kind !== 'silent') {
        entry.problem = null;
        entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      }
      entry.askedAtMs = nowMs;
    }
  }

  markRefused(names: readonly string[], reason: string): void {
    for (const entry of this.#of(names)) {
      entry.isGranted = false;
      entry.problem = { kind: 'refused', text: `Bybit refuses it: ${reason}` };
    }
  }

  /** @returns true for the first data of a topic on this connection, and for data that ends its silence */
  markReceived(name: string, nowMs: number): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    entry.receivedAtMs = nowMs;
    // Data proves a subscription even if its acknowledgement was lost.
    entry.isGranted = true;
    entry.problem = null;
    entry.failures = 0;
    entry.askAgainAtMs = Number.POSITIVE_INFINITY;
    return entry.reported !== 'proved';
  }

  /** Judges every topic, plans when to ask again, and returns what changed since the last review. */
  review(nowMs: number): Review {
    const proved: string[] = [];
    const missing = new Map<string, string[]>();
    for (const entry of this.#entries.values()) {
      const { name } = entry.topic;
      if (this.#isProved(entry, nowMs)) {
        entry.problem = null;
        entry.failures = 0;
        if (entry.reported !== 'proved') proved.push(name);
        entry.reported = 'proved';
        continue;
      }
      entry.problem ??= this.#problemOf(entry, nowMs);
      if (entry.problem === null) continue;
      if (entry.askAgainAtMs === Number.POSITIVE_INFINITY) this.#planAnother(entry, nowMs);
      if (entry.reported !== 'missing' && !entry.topic.isSpare) {
        const names = missing.get(entry.problem.text);
        if (names) names.push(name);
        else missing.set(entry.problem.text, [name]);
      }
      entry.reported = 'missing';
    }
    return { standing: this.#standing(nowMs), proved, missing };
  }

  #isProved({ topic, isGranted, receivedAtMs }: Entry, nowMs: number): boolean {
    if (topic.proof === 'answer') return isGranted;
    if (receivedAtMs === null) return false;
    return topic.proof === 'first' || nowMs - receivedAtMs <= this.#times.staleAfterMs;
  }

  #problemOf({ topic, askedAtMs, receivedAtMs, isGranted }: Entry, nowMs: number): Problem | null {
    const { staleAfterMs, proofMaxMs } = this.#times;
    if (topic.proof === 'flow' && receivedAtMs !== null)
      return { kind: 'silent', text: `nothing came for ${staleAfterMs} ms` };
    if (askedAtMs === null || nowMs - askedAtMs < proofMaxMs) return null;
    return isGranted
      ? { kind: 'silent', text: `granted, but nothing came for ${proofMaxMs} ms` }
      : { kind: 'unanswered', text: `the subscription was not answered for ${proofMaxMs} ms` };
  }

  #planAnother(entry: Entry, nowMs: number): void {
    const { askAgainFirstMs, askAgainCapMs } = this.#times;
    const waitMs = Math.min(askAgainFirstMs * 2 ** Math.min(entry.failures, 20), askAgainCapMs);
    entry.failures += 1;
    entry.askAgainAtMs = nowMs + waitMs * (0.5 + this.#random() / 2);
  }

  #standing(nowMs: number): Standing {
    const entries = [...this.#entries.values()].filter(({ topic }) => !topic.isSpare);
    const open = entries.filter((entry) => !this.#isProved(entry, nowMs));
    const needsAll = entries.some(({ topic }) => topic.proof === 'answer');
    if (open.length === 0 || (!needsAll && open.length < entries.length)) return 'live';
    if (needsAll ? open.some(isWithheld) : open.every(isWithheld)) return 'withheld';
    return open.some(({ problem }) => problem === null) ? 'waiting' : 'silent';
  }

  #of(names: readonly string[]): Entry[] {
    return names.map((name) => this.#entries.get(name)).filter((entry) => entry !== undefined);
  }
}

/** Connecting again would change nothing: the exchange has answered, or silence is usual for this topic. */
const isWithheld = ({ topic, problem }: Entry): boolean =>
  problem !== null && (problem.kind === 'refused' || topic.proof === 'first');
