/** One open stream of events: what it has been sent, whether it reads, and whose events it may see. */
import type { Writable } from 'node:stream';
import type { Sight } from './event-log.ts';

export interface Subscription {
  /** Where the events go; it is ended and destroyed here. */
  readonly stream: Writable;
  /** The user, as commands name one: subscribers are bounded by it. */
  readonly who: string;
  readonly sight: Sight;
  /** What may be seen by now; `null` when the caller is not let in any more. Rejects when that cannot be found out. */
  readonly sightNow: () => Promise<Sight | null>;
  /** As the client sent it. */
  readonly lastEventId?: string | undefined;
}

export class Subscriber {
  readonly who: string;
  readonly sightNow: () => Promise<Sight | null>;
  sight: Sight;
  /** When the sight was found out last, on the monotonic clock. */
  sightAtMs = performance.now();
  /** Number of the next event to send; `null`: it has to be told to read everything anew. */
  place: number | null;
  /** Which prices it was sent last; `null`: none yet. */
  pricesSent: number | null = null;
  /** Which proof of life it was sent last. */
  beatSent = 0;
  readonly #stream: Writable;
  #fullSinceMs: number | null = null;
  #isOver = false;

  /** @param ended is called once, when the stream is closed by whichever side */
  constructor(subscription: Subscription, place: number | null, ended: (subscriber: Subscriber) => void) {
    const { stream, who, sight, sightNow } = subscription;
    this.#stream = stream;
    this.who = who;
    this.sight = sight;
    this.sightNow = sightNow;
    this.place = place;
    stream.on('error', () => stream.destroy());
    stream.on('close', () => {
      this.#isOver = true;
      ended(this);
    });
  }

  /** Nothing is written until the client has read: it goes on from its place then. */
  isFull(): boolean {
    return this.#fullSinceMs !== null || this.#isOver;
  }

  fullForMs(nowMs: number): number {
    return this.#fullSinceMs === null ? 0 : nowMs - this.#fullSinceMs;
  }

  /** @param drained is called once the client has read, if it was behind */
  write(text: string, drained: () => void): void {
    if (this.#isOver || this.#stream.write(text)) return;
    this.#fullSinceMs = performance.now();
    this.#stream.once('drain', () => {
      this.#fullSinceMs = null;
      if (!this.#isOver) drained();
    });
  }

  /** After what was written; a client that does not read is cut. */
  end(): void {
    this.#isOver = true;
    if (this.#fullSinceMs === null) this.#stream.end();
    else this.#stream.destroy();
  }

  cut(): void {
    this.#stream.destroy();
  }
}
