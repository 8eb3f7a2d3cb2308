/**
 * Keeps the wanted topics of one connection subscribed: asks, reads the answers, asks again for topics that are refused,
 * unanswered or silent, and reports which topics deliver and which do not. The rules are in topics.ts; connection.ts
 * decides when to review them and what follows for the connection.
 */
import type { RequestAnswer, TopicsAnswer } from './frames.ts';
import { type Standing, type Topic, TopicBook, type TopicTimes } from './topics.ts';

export interface SubscriptionsPlan {
  readonly topicsPerRequest: number;
  readonly times: TopicTimes;
  /** In [0, 1). */
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly send: (frame: object) => void;
  /** Called with topics that deliver, or that were granted where events are rare. */
  readonly onProved: (names: readonly string[]) => void;
  /** Called with topics that do not deliver; they are asked for again until they do. */
  readonly onMissing: (names: readonly string[], reason: string) => void;
}

/** How the exchange refuses a topic that it delivers already. */
const isSubscribedAlready = (reason: string): boolean => /already subscribed/i.test(reason);

export class Subscriptions {
  readonly #plan: SubscriptionsPlan;
  readonly #book: TopicBook;
  /** Topics of the requests that are not answered yet, by request id. */
  #requests = new Map<string, readonly string[]>();
  #requestsMade = 0;

  constructor(plan: SubscriptionsPlan) {
    this.#plan = plan;
    this.#book = new TopicBook(plan.times, plan.random);
  }

  get names(): readonly string[] {
    return this.#book.names;
  }

  /** @returns false when the topic was wanted already */
  add(topic: Topic): boolean {
    return this.#book.add(topic);
  }

  remove(name: string): void {
    if (!this.#book.remove(name)) return;
    this.#forgetRequestsOf([name]);
    this.#plan.send({ op: 'unsubscribe', args: [name] });
  }

  /** For a new connection, which has no subscriptions yet. */
  startOver(): void {
    this.#book.startOver();
    this.#requests.clear();
  }

  /** Sends the requests that are due. */
  ask(): void {
    for (const { names, leaveFirst } of this.#book.takeDue(this.#plan.nowMs(), this.#plan.topicsPerRequest)) {
      this.#forgetRequestsOf(names);
      if (leaveFirst) this.#plan.send({ op: 'unsubscribe', args: names });
      this.#requestsMade += 1;
      const requestId = `s${this.#requestsMade}`;
      this.#requests.set(requestId, names);
      this.#plan.send({ req_id: requestId, op: 'subscribe', args: names });
    }
  }

  /** @returns false when the answer belongs to no open request */
  takeRequestAnswer({ requestId, accepted, reason }: Omit<RequestAnswer, 'kind'>): boolean {
    const key = this.#requests.has(requestId) ? requestId : this.#onlyRequest();
    const names = this.#requests.get(key);
    if (!names) return false;
    this.#requests.delete(key);
    if (accepted || (names.length === 1 && isSubscribedAlready(reason)))
      this.#book.markGranted(names, this.#plan.nowMs());
    else this.#book.markRefused(names, reason);
    return true;
  }

  /** @returns false when the answer names no topic and belongs to no open request */
  takeTopicsAnswer({ granted, refused, accepted, reason }: TopicsAnswer): boolean {
    if (granted.length + refused.length === 0)
      return this.takeRequestAnswer({ requestId: '', accepted, reason });
    this.#book.markGranted(granted, this.#plan.nowMs());
    this.#book.markRefused(refused, reason);
    this.#forgetRequestsOf([...granted, ...refused]);
    return true;
  }

  /** @returns true when the topic was not proved before, so that its standing is worth a review now */
  markReceived(name: string): boolean {
    return this.#book.markReceived(name, this.#plan.nowMs());
  }

  /** Reports what changed, and sends the requests that are due. */
  review(): Standing {
    const { standing, proved, missing } = this.#book.review(this.#plan.nowMs());
    if (proved.length > 0) this.#plan.onProved(proved);
    for (const [reason, names] of missing) this.#plan.onMissing(names, reason);
    this.ask();
    return standing;
  }

  /** An answer without an id means the only request that is open. */
  #onlyRequest(): string {
    const [only = ''] = this.#requests.keys();
    return this.#requests.size === 1 ? only : '';
  }

  #forgetRequestsOf(names: readonly string[]): void {
    const over = new Set(names);
    for (const [requestId, asked] of this.#requests) {
      const open = asked.filter((name) => !over.has(name));
      if (open.length === 0) this.#requests.delete(requestId);
      else if (open.length < asked.length) this.#requests.set(requestId, open);
    }
  }
}
