/**
 * Lets a page that one daemon serves also see what happens in the others. While this daemon is watched it asks them, for some
 * seconds at a time, to send what happens; while another one asks, this one sends its own, joined (the newest price of a coin
 * and version of a task). Where nobody watches, nothing is sent.
 */
import type { DaemonWord, Happening, LiveRelay, LiveSource } from '../../ports/live.ts';
import type { Hub } from './hub.ts';
import type { PriceHistories } from './price-history.ts';

export interface RelayingOptions {
  readonly relay: LiveRelay;
  readonly source: LiveSource;
  readonly hub: Pick<Hub, 'isListening' | 'take' | 'missed'>;
  readonly prices: PriceHistories;
  /** How this daemon stands now. */
  readonly standing: () => DaemonWord;
  readonly log: { warn(fields: object, text: string): void };
}

const askEveryMs = 2_000;
/** Three times as long as until the next time it is asked, because a notice may be lost. */
const askForMs = 6_000;
const sendEveryMs = 200;
/** Those that ask how this daemon stands within this time get one answer. */
const standingAfterMs = 50;
/** Of events that wait to be sent; beyond it they are dropped, and watchers read everything anew. */
const waitingMax = 10_000;

export class Relaying {
  readonly #options: RelayingOptions;
  /** What waits to be sent, by what it replaces. */
  readonly #waiting = new Map<string, Happening>();
  #others = 0;
  #askedUntilMs = 0;
  #stopListening: (() => void) | null = null;
  #sending: NodeJS.Timeout | null = null;
  #asking: NodeJS.Timeout | null = null;
  #answering: NodeJS.Timeout | null = null;
  /** Watchers elsewhere have to be told that they missed some. */
  #hasMissed = false;
  #isSilent = false;

  constructor(options: RelayingOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { relay, hub, prices } = this.#options;
    this.#asking = setInterval(() => void this.#ask(), askEveryMs).unref();
    await relay.listen({
      asked: (forMs) => this.#asked(forMs),
      missed: () => hub.missed(),
      reconnected: () => (this.#hasMissed = true),
      standingAsked: () => this.#answerSoon(),
      received: (happenings) => {
        if (!hub.isListening) return;
        for (const happening of happenings) {
          if (happening.kind === 'price') prices.note(happening);
          hub.take(happening);
        }
      },
    });
  }

  /** To be called with the first subscriber: the other daemons are asked at once. */
  begin(): void {
    void this.#ask();
  }

  close(): void {
    if (this.#asking) clearInterval(this.#asking);
    if (this.#answering) clearTimeout(this.#answering);
    this.#stop();
  }

  #answerSoon(): void {
    this.#answering ??= setTimeout(() => {
      this.#answering = null;
      void this.#try(() => this.#options.relay.sendStanding(this.#options.standing()));
    }, standingAfterMs).unref();
  }

  async #ask(): Promise<void> {
    if (!this.#options.hub.isListening) return;
    const wasSilent = this.#isSilent;
    await this.#try(() => this.#options.relay.ask(askForMs));
    if (wasSilent && !this.#isSilent) this.#options.hub.missed();
  }

  #asked(forMs: number): void {
    const isFirst = this.#stopListening === null;
    this.#askedUntilMs = performance.now() + forMs;
    if (!isFirst) return;
    const take = (happening: Happening): void => this.#take(happening);
    const listeners = { price: take, feed: take, task: take, alert: take, halt: take };
    this.#stopListening = this.#options.source.subscribe(listeners);
    for (const { price, silence } of this.#options.prices.standing())
      for (const happening of [price, silence]) if (happening) this.#take(happening);
    this.#sendSoon();
  }

  #take(happening: Happening): void {
    const key = this.#keyOf(happening);
    // What is replaced goes to the end, so that the order in which things happened is kept.
    this.#waiting.delete(key);
    this.#waiting.set(key, happening);
    if (this.#waiting.size <= waitingMax) return;
    this.#waiting.clear();
    this.#hasMissed = true;
  }

  #keyOf(happening: Happening): string {
    if (happening.kind === 'price') return `price ${happening.coin}`;
    if (happening.kind === 'task') return `task ${happening.taskId}`;
    this.#others += 1;
    return `other ${this.#others}`;
  }

  #sendSoon(): void {
    this.#sending = setTimeout(() => void this.#send().then(() => this.#next()), sendEveryMs);
  }

  #next(): void {
    if (this.#stopListening === null) return;
    if (performance.now() > this.#askedUntilMs) this.#stop();
    else this.#sendSoon();
  }

  async #send(): Promise<void> {
    if (this.#hasMissed) {
      await this.#try(() => this.#options.relay.tellMissed());
      this.#hasMissed = this.#isSilent;
    }
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    await this.#try(async () => {
      const sent = await this.#options.relay.send(waiting.map(([, happening]) => happening));
      for (const [key, happening] of waiting.slice(0, sent))
        if (this.#waiting.get(key) === happening) this.#waiting.delete(key);
    });
  }

  /** While the database is away watchers see only what happens here; that is logged once. */
  async #try(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.#isSilent = false;
    } catch (error) {
      if (!this.#isSilent)
        this.#options.log.warn({ err: error }, 'live events do not pass between the daemons');
      this.#isSilent = true;
    }
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    if (this.#sending) clearTimeout(this.#sending);
    this.#waiting.clear();
  }
}
