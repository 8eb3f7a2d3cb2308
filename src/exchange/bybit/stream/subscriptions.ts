/**
 * Keeps the wanted topics of one connection subscribed: asks, reads the answers, asks again for what is refused,
 * unanswered or silent, and reports which topics deliver and which do not. The rules are topics.ts; when to look, and
 * what the connection does about it, is connection.ts.
 */
import { type Standing, type Topic, TopicBook, type TopicTimes } from './topics.ts';

export interface SubscriptionsPlan {
  readonly topicsPerRequest: number;
  readonly times: TopicTimes;
  /** In [0, 1). */
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly send: (frame: object) => void;
  /** These deliver, or are granted where events are rare. */
  readonly onProved: (names: readonly string[]) => void;
  /** These do not, and are asked for again until they do. */
  readonly onMissing: (names: readonly string[], reason: string) => void;
}

/** How the exchange refuses a topic that it delivers already. */
const isThereAlready = (reason: string): boolean => /already subscribed/i.test(reason);

export class Subscriptions {
  readonly #plan: SubscriptionsPlan;
  readonly #book: TopicBook;
  /** Not answered yet, by request id. */
  #requests = new Map<string, readonly string[]>();
  #requestsMade = 0;

  constructor(plan: SubscriptionsPlan) {
    this.#plan = plan;
    this.#book = new TopicBook(plan.times, plan.random);
  }

  get names(): readonly string[] {
    return this.#book.names;
  }

  /** False when it was there already. */
  add(topic: Topic): boolean {
    return this.#book.add(topic);
  }

  remove(name: string): void {
    if (!this.#book.remove(name)) return;
    this.#forgetRequestsOf([name]);
    this.#plan.send({ op: 'unsubscribe', args: [name] });
  }

  startOver(): void {
    this.#book.startOver();
    this.#requests.clear();
  }

  /** Sends what is due. */
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

  /** An answer to a whole request. False when it is not known to what. */
  answered(requestId: string, accepted: boolean, reason: string): boolean {
    const key = this.#requests.has(requestId) ? requestId : this.#onlyRequest();
    const names = this.#requests.get(key);
    if (!names) return false;
    this.#requests.delete(key);
    if (accepted || (names.length === 1 && isThereAlready(reason)))
      this.#book.granted(names, this.#plan.nowMs());
    else this.#book.refused(names, reason);
    return true;
  }

  /** An answer that names topics instead of a request. False when it says nothing of any. */
  judged(granted: readonly string[], refused: readonly string[], accepted: boolean, reason: string): boolean {
    if (granted.length + refused.length === 0) return this.answered('', accepted, reason);
    this.#book.granted(granted, this.#plan.nowMs());
    this.#book.refused(refused, reason);
    this.#forgetRequestsOf([...granted, ...refused]);
    return true;
  }

  /** True when the data changes what the connection is worth. */
  heard(name: string): boolean {
    return this.#book.heard(name, this.#plan.nowMs());
  }

  /** Reports what changed, asks for what is due. */
  look(): Standing {
    const { standing, proved, missing } = this.#book.look(this.#plan.nowMs());
    if (proved.length > 0) this.#plan.onProved(proved);
    for (const [reason, names] of missing) this.#plan.onMissing(names, reason);
    this.ask();
    return standing;
  }

  /** Some answers carry no id: then they mean the only request that is open. */
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
