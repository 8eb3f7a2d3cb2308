/**
 * What became of each topic of one connection: asked for, granted, refused, delivering, silent; and when it is asked for
 * again. It owns the proof of a subscription: where prices are pushed only a price counts, because the exchange
 * acknowledges topics that it never delivers. It keeps no clock and sends nothing.
 * Source: Bybit docs v5/ws/connect and v5/websocket/public/ticker.
 */
export interface Topic {
  readonly name: string;
  /**
   * What proves it. `flow`: data, again and again; `first`: the first data, then it may be quiet; `answer`: the
   * exchange's answer, because the first event may be hours away, and without which the others are of no use.
   */
  readonly proof: 'flow' | 'first' | 'answer';
}

export interface TopicTimes {
  /** How long after it was asked for a topic may prove nothing. */
  readonly proofMaxMs: number;
  /** How long a topic that flows may be silent. */
  readonly staleAfterMs: number;
  /** First wait before a topic is asked for again; each further one is twice as long, up to the cap. */
  readonly askAgainFirstMs: number;
  readonly askAgainCapMs: number;
}

/**
 * Of a connection: `live`: something wanted comes, or nothing is wanted; `waiting`: it may still come; `withheld`: the
 * exchange refuses it, or is quiet where quiet proves nothing; `silent`: it should come and does not.
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
  heardAtMs: number | null;
  isGranted: boolean;
  /** How often it was asked for in vain since it was last proved, on whatever connection. */
  failures: number;
  problem: Problem | null;
  /** What was last reported of it. */
  reported: 'nothing' | 'proved' | 'missing';
}

export interface Ask {
  readonly names: readonly string[];
  /** Granted before and silent: left first, because the exchange only confirms what it believes to deliver. */
  readonly leaveFirst: boolean;
}

export interface News {
  readonly standing: Standing;
  /** Proved now, and not when last looked at. */
  readonly proved: readonly string[];
  /** Found missing now, by what is wrong with them. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

export class TopicBook {
  readonly #times: TopicTimes;
  /** In [0, 1): many daemons must not ask in step. */
  readonly #random: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(times: TopicTimes, random: () => number) {
    this.#times = times;
    this.#random = random;
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** False when it was there already. */
  add(topic: Topic): boolean {
    if (this.#entries.has(topic.name)) return false;
    this.#entries.set(topic.name, {
      topic,
      askedAtMs: null,
      askAgainAtMs: Number.POSITIVE_INFINITY,
      heardAtMs: null,
      isGranted: false,
      failures: 0,
      problem: null,
      reported: 'nothing',
    });
    return true;
  }

  /** False when it was not there. */
  remove(name: string): boolean {
    return this.#entries.delete(name);
  }

  /** A new connection knows nothing of what the last one had subscribed. */
  startOver(): void {
    for (const entry of this.#entries.values()) {
      entry.askedAtMs = null;
      entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      entry.heardAtMs = null;
      entry.isGranted = false;
      entry.problem = null;
      entry.reported = 'nothing';
    }
  }

  /**
   * What is to be asked for now; it counts as asked from now on. Topics in one request share its fate, so one that was
   * asked for in vain is asked for alone.
   */
  takeDue(nowMs: number, namesMax: number): readonly Ask[] {
    const asks: Ask[] = [];
    const fresh: string[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.askedAtMs !== null && nowMs < entry.askAgainAtMs) continue;
      const leaveFirst = entry.isGranted;
      entry.askedAtMs = nowMs;
      entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      entry.isGranted = false;
      if (entry.failures === 0) fresh.push(entry.topic.name);
      else asks.push({ names: [entry.topic.name], leaveFirst });
    }
    for (let start = 0; start < fresh.length; start += namesMax)
      asks.push({ names: fresh.slice(start, start + namesMax), leaveFirst: false });
    return asks;
  }

  granted(names: readonly string[], nowMs: number): void {
    for (const entry of this.#of(names)) {
      if (entry.isGranted) continue;
      entry.isGranted = true;
      // Its silence counts from the answer; one that was silent before has to deliver first.
      if (entry.problem?.kind !== 'silent') {
        entry.problem = null;
        entry.askAgainAtMs = Number.POSITIVE_INFINITY;
      }
      entry.askedAtMs = nowMs;
    }
  }

  refused(names: readonly string[], reason: string): void {
    for (const entry of this.#of(names)) {
      entry.isGranted = false;
      entry.problem = { kind: 'refused', text: `Bybit refuses it: ${reason}` };
    }
  }

  /** True for the first data of a topic on this connection, and for data that ends its silence. */
  heard(name: string, nowMs: number): boolean {
    const entry = this.#entries.get(name);
    if (!entry) return false;
    entry.heardAtMs = nowMs;
    // Data proves a subscription even if its acknowledgement was lost.
    entry.isGranted = true;
    entry.problem = null;
    entry.failures = 0;
    entry.askAgainAtMs = Number.POSITIVE_INFINITY;
    return entry.reported !== 'proved';
  }

  /** Judges every topic, plans when to ask again, and says what changed. */
  look(nowMs: number): News {
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
      if (entry.reported !== 'missing') {
        const names = missing.get(entry.problem.text);
        if (names) names.push(name);
        else missing.set(entry.problem.text, [name]);
      }
      entry.reported = 'missing';
    }
    return { standing: this.#standing(nowMs), proved, missing };
  }

  #isProved({ topic, isGranted, heardAtMs }: Entry, nowMs: number): boolean {
    if (topic.proof === 'answer') return isGranted;
    if (heardAtMs === null) return false;
    return topic.proof === 'first' || nowMs - heardAtMs <= this.#times.staleAfterMs;
  }

  #problemOf({ topic, askedAtMs, heardAtMs, isGranted }: Entry, nowMs: number): Problem | null {
    const { staleAfterMs, proofMaxMs } = this.#times;
    if (topic.proof === 'flow' && heardAtMs !== null)
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
    const entries = [...this.#entries.values()];
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

/** Another socket would change nothing: the exchange answered, or silence is usual. */
const isWithheld = ({ topic, problem }: Entry): boolean =>
  problem !== null && (problem.kind === 'refused' || topic.proof === 'first');
