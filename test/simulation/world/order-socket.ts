/**
 * The websocket over which a daemon sends the orders of its accounts, as far as its faults go: requests that are on their way when
 * it dies are unknown at once, and an answer that stays out puts it in doubt. Meanwhile orders go by REST. What a request does at
 * the exchange is the link's.
 */
import type { LocalTime } from '../../../src/exchange/bybit/time/local-time.ts';
import type { Failure } from '../../../src/exchange/bybit/errors.ts';
import type { Chance } from './random.ts';
import type { Met } from './streams.ts';

export interface Riding {
  /** The exchange has acted on it. */
  isTaken: boolean;
  /** It is in no buffer any more: it never arrives. */
  isLost: boolean;
  fail(failure: Failure): void;
}

/** How long it takes to be asked for a sign of life, and to give one. */
const doubtMs = 200;

/** Within so long after the next request was written. */
const diesWithinMs = 100;

export interface OrderSocketParts {
  /** Of the process, in virtual time. */
  readonly local: Pick<LocalTime, 'nowMs' | 'after'>;
  readonly chance: Chance;
  readonly met: Met;
}

export class OrderSocket {
  readonly #parts: OrderSocketParts;
  readonly #riding = new Set<Riding>();
  #downUntilMs = 0;
  /** It dies with the next request, and stays away for so long; `null`: it does not. */
  #diesForMs: number | null = null;

  constructor(parts: OrderSocketParts) {
    this.#parts = parts;
  }

  /** Takes an order now; otherwise it goes by REST. */
  get isLive(): boolean {
    const isLive = this.#parts.local.nowMs() >= this.#downUntilMs;
    this.#parts.met(isLive ? 'orders by websocket' : 'orders by REST meanwhile');
    return isLive;
  }

  ride(request: Riding): void {
    this.#riding.add(request);
    const { local, chance } = this.#parts;
    const awayMs = this.#diesForMs;
    if (awayMs === null) return;
    this.#diesForMs = null;
    local.after(chance.between(0, diesWithinMs), () => this.#die(awayMs));
  }

  /** It is answered, or nobody waits for that any more. */
  leave(request: Riding): void {
    this.#riding.delete(request);
  }

  /** No answer came in time. */
  unanswered(request: Riding): void {
    this.#note(request);
    this.leave(request);
    this.#downUntilMs = Math.max(this.#downUntilMs, this.#parts.local.nowMs() + doubtMs);
  }

  /** It dies soon after the next request was written, before it is answered or after. */
  dieWithNext(awayMs: number): void {
    this.#diesForMs = awayMs;
  }

  /** Half of the requests that were written are lost with it, the others arrive. */
  #die(awayMs: number): void {
    this.#downUntilMs = this.#parts.local.nowMs() + awayMs;
    for (const request of [...this.#riding]) {
      request.isLost = !request.isTaken && this.#parts.chance.happens(0.5);
      this.#note(request);
      this.leave(request);
      request.fail({ kind: 'connection', text: 'the exchange closed the socket (code 1006)' });
    }
  }

  #note({ isTaken, isLost }: Riding): void {
    this.#parts.met(
      isTaken
        ? 'orders taken whose answer was lost on the websocket'
        : isLost
          ? 'orders lost on the websocket'
          : 'orders that may still arrive over the websocket',
    );
  }
}
