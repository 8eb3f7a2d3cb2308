/**
 * A sign of life to an address of the operator's choice, so that a monitor outside notices when it stays away. It is sent only
 * while the daemon does its work; that it cannot be sent is logged and changes nothing else.
 */
import { Outgoing } from '../net/outgoing.ts';
import { plainText } from '../domain/foreign-text.ts';
import { messageOf } from '../domain/errors.ts';
import type { AlertLog } from './log.ts';

export interface HeartbeatOptions {
  readonly url: string;
  readonly everyMs: number;
  /** Why the daemon does not do its work now; `null` while it does. */
  readonly problem: () => string | null;
  readonly log: AlertLog;
}

const timeoutMs = 10_000;

export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #outgoing: Outgoing;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | null = null;
  /** What was logged last; `null` while heartbeats arrive. */
  #trouble: string | null = null;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    // The operator's own choice, so it may be private.
    this.#outgoing = new Outgoing({ permitted: [new URL(options.url).hostname] });
  }

  start(): void {
    void this.#beat();
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#closing.abort();
    await this.#outgoing.close();
  }

  async #beat(): Promise<void> {
    const { everyMs, problem } = this.#options;
    const found = problem();
    if (found !== null) this.#note(found, 'no heartbeat is sent');
    else await this.#send();
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => void this.#beat(), everyMs);
  }

  async #send(): Promise<void> {
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
      const { status } = await this.#outgoing.send({ url: this.#options.url, method: 'GET', signal });
      if (status < 200 || status >= 300) this.#note(`it answered ${status}`, 'the heartbeat was not taken');
      else this.#noteSuccess();
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.#note(plainText(messageOf(error)), 'the heartbeat could not be sent');
    }
  }

  /** Once for each kind of trouble. */
  #note(reason: string, message: string): void {
    if (this.#trouble === reason) return;
    this.#trouble = reason;
    this.#options.log.warn({ reason }, message);
  }

  #noteSuccess(): void {
    if (this.#trouble !== null) this.#options.log.info({}, 'heartbeats are sent again');
    this.#trouble = null;
  }
}
