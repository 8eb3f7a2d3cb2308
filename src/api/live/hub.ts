/**
 * Sends what happens to all subscribers. It listens to the source only while there are any, joins what happens within a
 * twentieth of a second (of a price and of a task the newest wins), and serves subscribers in small groups, so that the daemon
 * trades in between. One that does not read is dropped and counted; one that comes back goes on from the last event that was seen, or is
 * told to read everything anew.
 */
import { setImmediate as soon } from 'node:timers/promises';
import type { Happening, HappeningOf, LiveSource, PriceMoved } from '../../ports/live.ts';
import { EventLog } from './event-log.ts';
import { frameOf, pricesFrame, retryFrame, shownEvent } from './frames.ts';
import type { PriceHistories } from './price-history.ts';
import { Subscriber, type Subscription } from './subscriber.ts';

export interface HubBounds {
  /** Prices and events are sent at most so often. */
  readonly everyMs: number;
  readonly beatMs: number;
  /** How long a client may not read. */
  readonly slowMaxMs: number;
  /** How often is asked what a subscriber may see. */
  readonly sightMs: number;
  /** How long a subscriber goes on when that cannot be found out. */
  readonly sightMaxMs: number;
  /** How long events are kept for those who may come back after the last one has left. */
  readonly lingerMs: number;
  readonly subscribersMax: number;
  /** Of one user. */
  readonly ofOneMax: number;
}

const usual: HubBounds = {
  everyMs: 50,
  beatMs: 1_000,
  slowMaxMs: 10_000,
  sightMs: 3_000,
  sightMaxMs: 60_000,
  lingerMs: 30_000,
  subscribersMax: 1_000,
  ofOneMax: 32,
};

/** So many are served before the daemon does something else. */
const servedAtOnce = 25;
const reconnectMs = 500;

export interface HubOptions {
  readonly source: LiveSource;
  readonly prices: PriceHistories;
  readonly environment: string;
  readonly daemon: string;
  /** Exchange time. */
  readonly clockMs: () => number;
  readonly bounds?: Partial<HubBounds>;
  /** Called when events are wanted from now on. */
  readonly began?: () => void;
}

export type Refusal = 'too many of one user' | 'too many' | 'closed';

export class Hub {
  readonly #options: HubOptions;
  readonly #bounds: HubBounds;
  readonly #log = new EventLog();
  readonly #subscribers = new Set<Subscriber>();
  readonly #ofOne = new Map<string, number>();
  readonly #movedPrices = new Map<string, PriceMoved>();
  readonly #movedTasks = new Map<string, HappeningOf<'task'>>();
  #others: Exclude<Happening, { readonly kind: 'price' | 'task' }>[] = [];
  #prices = { number: 0, frame: '' };
  #beat = { number: 0, frame: '' };
  #dropped = 0;
  #stopListening: (() => void) | null = null;
  #linger: NodeJS.Timeout | null = null;
  #beating: NodeJS.Timeout | null = null;
  #flushing: NodeJS.Timeout | null = null;
  #flushedAtMs = 0;
  #serving = false;
  #serveAgain = false;
  #looking = false;
  #lookAgain = false;
  #lookedAtMs = 0;
  #isClosed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#bounds = { ...usual, ...options.bounds };
  }

  /** How many watch now, and how many were dropped because they did not read. */
  get counts(): { readonly subscribers: number; readonly dropped: number } {
    return { subscribers: this.#subscribers.size, dropped: this.#dropped };
  }

  /** Whether events are wanted: there are subscribers, or one may come back. */
  get isListening(): boolean {
    return this.#stopListening !== null;
  }

  /** Why no further subscriber of this user is taken; `null` when one is. */
  refusal(who: string): Refusal | null {
    if (this.#isClosed) return 'closed';
    if (this.#subscribers.size >= this.#bounds.subscribersMax) return 'too many';
    return (this.#ofOne.get(who) ?? 0) >= this.#bounds.ofOneMax ? 'too many of one user' : null;
  }

  /** To be called when `refusal` is null. The stream is the hub's from now on. */
  subscribe(subscription: Subscription): void {
    const { lastEventId, who, stream } = subscription;
    // Who has gone while it was looked up who asks is never heard to leave.
    if (stream.destroyed) return;
    this.#listen();
    const place = lastEventId === undefined ? null : this.#log.placeOf(lastEventId);
    const subscriber = new Subscriber(subscription, place, (ended) => this.#left(ended));
    this.#subscribers.add(subscriber);
    this.#ofOne.set(who, (this.#ofOne.get(who) ?? 0) + 1);
    this.#beating ??= setInterval(() => this.#beatOnce(), this.#bounds.beatMs);
    if (this.#beat.number === 0) this.#makeBeat();
    subscriber.write(retryFrame(reconnectMs), () => undefined);
    this.#serve(subscriber);
  }

  /** Something has happened, here or in another daemon. */
  take(happening: Happening): void {
    if (!this.isListening) return;
    if (happening.kind === 'price') this.#takePrice(happening);
    else if (happening.kind === 'task') this.#takeTask(happening);
    else this.#others.push(happening);
    this.#flushSoon();
  }

  /** Events of other daemons may have been missed: every subscriber reads everything anew. */
  missed(): void {
    this.#log.restart();
    void this.#serveAll();
  }

  /** What people may see may have changed: it is asked now. */
  lookNow(): void {
    void this.#lookAtRights();
  }

  /** Ends every stream. */
  close(): void {
    this.#isClosed = true;
    for (const subscriber of this.#subscribers) subscriber.end();
    if (this.#linger) clearTimeout(this.#linger);
    this.#stop();
  }

  #listen(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    if (this.#stopListening) return;
    const take = (happening: Happening): void => this.take(happening);
    this.#stopListening = this.#options.source.subscribe({
      price: take,
      feed: take,
      task: take,
      alert: take,
      halt: take,
    });
    this.#options.began?.();
  }

  #left(subscriber: Subscriber): void {
    const { who } = subscriber;
    if (!this.#subscribers.delete(subscriber)) return;
    const others = (this.#ofOne.get(who) ?? 1) - 1;
    if (others === 0) this.#ofOne.delete(who);
    else this.#ofOne.set(who, others);
    if (this.#subscribers.size > 0 || this.#isClosed) return;
    if (this.#beating) clearInterval(this.#beating);
    this.#beating = null;
    this.#linger = setTimeout(() => this.#stop(), this.#bounds.lingerMs).unref();
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    if (this.#beating) clearInterval(this.#beating);
    if (this.#flushing) clearTimeout(this.#flushing);
    this.#beating = this.#flushing = this.#linger = null;
    this.#movedPrices.clear();
    this.#movedTasks.clear();
    this.#others = [];
    this.#log.restart();
  }

  #takePrice(price: PriceMoved): void {
    const known = this.#movedPrices.get(price.coin);
    if (!known || known.atMs <= price.atMs) this.#movedPrices.set(price.coin, price);
  }

  #takeTask(moved: HappeningOf<'task'>): void {
    const known = this.#movedTasks.get(moved.taskId);
    if (!known || known.version <= moved.version) this.#movedTasks.set(moved.taskId, moved);
  }

  /** The first after a pause at once, and then every twentieth of a second. Never within the caller's own work. */
  #flushSoon(): void {
    if (this.#flushing) return;
    const waitMs = Math.max(0, this.#flushedAtMs + this.#bounds.everyMs - performance.now());
    this.#flushing = setTimeout(() => this.#flush(), waitMs);
  }

  #flush(): void {
    this.#flushing = null;
    this.#flushedAtMs = performance.now();
    for (const happening of [...this.#movedTasks.values(), ...this.#others]) {
      const accountId = 'accountId' in happening ? happening.accountId : null;
      this.#log.add({ accountId, frame: frameOf(shownEvent(happening)) });
    }
    this.#movedTasks.clear();
    this.#others = [];
    if (this.#movedPrices.size > 0)
      this.#prices = { number: this.#prices.number + 1, frame: pricesFrame(this.#movedPrices.values()) };
    this.#movedPrices.clear();
    void this.#serveAll();
  }

  async #serveAll(): Promise<void> {
    this.#serveAgain = true;
    if (this.#serving) return;
    this.#serving = true;
    while (this.#serveAgain) {
      this.#serveAgain = false;
      let served = 0;
      for (const subscriber of this.#subscribers) {
        this.#serve(subscriber);
        served += 1;
        if (served % servedAtOnce === 0) await soon();
      }
    }
    this.#serving = false;
  }

  #serve(subscriber: Subscriber): void {
    if (subscriber.isFull()) return;
    const drained = (): void => this.#serve(subscriber);
    const text = this.#newsFor(subscriber);
    if (text !== '') subscriber.write(text, drained);
    if (subscriber.place !== this.#log.end && !subscriber.isFull()) this.#serve(subscriber);
  }

  /** Everything that the subscriber has not been sent yet, up to a bound. */
  #newsFor(subscriber: Subscriber): string {
    let text = '';
    if (subscriber.place === null || !this.#log.has(subscriber.place)) {
      text += this.#hello();
      subscriber.place = this.#log.end;
      subscriber.pricesSent = null;
    }
    const events = this.#log.since(subscriber.place, subscriber.sight);
    text += events.text;
    subscriber.place = events.next;
    const { number, frame } = this.#prices;
    if (subscriber.pricesSent !== number) {
      text += subscriber.pricesSent === number - 1 ? frame : this.#standingPrices();
      subscriber.pricesSent = number;
    }
    if (subscriber.beatSent < this.#beat.number) {
      text += this.#beat.frame;
      subscriber.beatSent = this.#beat.number;
    }
    return text;
  }

  #hello(): string {
    const { environment, daemon, clockMs, prices } = this.#options;
    const hello = frameOf({ kind: 'hello', atMs: clockMs(), environment, daemon });
    const silent = prices.standing().flatMap(({ silence }) => silence ?? []);
    return `id: ${this.#log.idOf(this.#log.end)}\n${hello}${silent.map((each) => frameOf(shownEvent(each))).join('')}`;
  }

  #standingPrices(): string {
    return pricesFrame(this.#options.prices.standing().flatMap(({ price }) => price ?? []));
  }

  #makeBeat(): void {
    const frame = frameOf({ kind: 'beat', clockMs: this.#options.clockMs() });
    this.#beat = { number: this.#beat.number + 1, frame };
  }

  #beatOnce(): void {
    const nowMs = performance.now();
    for (const subscriber of this.#subscribers) {
      if (subscriber.fullForMs(nowMs) > this.#bounds.slowMaxMs) {
        this.#dropped += 1;
        subscriber.cut();
      } else if (nowMs - subscriber.sightAtMs > this.#bounds.sightMaxMs) subscriber.end();
    }
    this.#makeBeat();
    void this.#serveAll();
    if (nowMs - this.#lookedAtMs >= this.#bounds.sightMs) void this.#lookAtRights();
  }

  /** One after the other, so that a thousand watchers leave the database to those who trade. */
  async #lookAtRights(): Promise<void> {
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      await this.#lookOnce();
    }
    this.#looking = false;
    this.#lookedAtMs = performance.now();
  }

  async #lookOnce(): Promise<void> {
    for (const subscriber of this.#subscribers) {
      try {
        const sight = await subscriber.sightNow();
        if (sight === null) subscriber.end();
        else subscriber.sight = sight;
        subscriber.sightAtMs = performance.now();
      } catch {
        // The database cannot be asked: a subscriber goes on for some time, and is ended with the beats.
      }
    }
  }
}
