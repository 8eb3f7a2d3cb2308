/**
 * The exchange's budgets (docs/exchange.md#rate-limits): requests per account and endpoint in a rolling wall second,
 * shared by REST and WebSocket order entry, and requests per address in five seconds. Only counts; the server answers
 * what exceeds them.
 */
import type { WallClock } from '../wall-clock.ts';

export interface RateState {
  readonly limit: number;
  readonly remaining: number;
  /** Wall milliseconds until the next request is free; 0 when this one was. */
  readonly retryAfterMs: number;
}

const secondMs = 1_000;
const addressWindowMs = 5_000;
export const addressUsualMax = 600;

export interface RateLimitOptions {
  readonly perEndpoint: boolean;
  readonly perAddress: boolean;
  /** Requests of one address in five seconds. */
  readonly addressMax: number;
  readonly addressBanMs: number;
}

export class RateLimits {
  readonly #wall: WallClock;
  readonly #isOn: boolean;
  readonly #seen = new Map<string, number[]>();
  readonly #addressIsOn: boolean;
  readonly #addressMax: number;
  readonly #addressBanMs: number;
  readonly #addresses = new Map<string, { times: number[]; bannedUntilMs: number }>();

  constructor(wall: WallClock, options: RateLimitOptions) {
    this.#wall = wall;
    this.#isOn = options.perEndpoint;
    this.#addressIsOn = options.perAddress;
    this.#addressMax = options.addressMax;
    this.#addressBanMs = options.addressBanMs;
  }

  /** Counts one request; a refused one does not use up the budget. */
  use(apiKey: string, endpoint: string, perSecond: number): RateState {
    const nowMs = this.#wall.nowMs();
    const key = `${apiKey} ${endpoint}`;
    const times = (this.#seen.get(key) ?? []).filter((atMs) => nowMs - atMs < secondMs);
    const excess = this.#isOn && times.length >= perSecond;
    if (!excess) times.push(nowMs);
    this.#seen.set(key, times);
    return {
      limit: perSecond,
      remaining: Math.max(0, perSecond - times.length),
      retryAfterMs: excess ? Math.ceil((times[0] ?? nowMs) + secondMs - nowMs) : 0,
    };
  }

  /** False when the address must be answered 403: too many requests in 5 s, and for the whole ban after that. */
  admits(address: string): boolean {
    if (!this.#addressIsOn) return true;
    const nowMs = this.#wall.nowMs();
    const known = this.#addresses.get(address) ?? { times: [], bannedUntilMs: -Infinity };
    known.times = known.times.filter((atMs) => nowMs - atMs < addressWindowMs);
    known.times.push(nowMs);
    if (known.times.length > this.#addressMax && nowMs >= known.bannedUntilMs)
      known.bannedUntilMs = nowMs + this.#addressBanMs;
    this.#addresses.set(address, known);
    return nowMs >= known.bannedUntilMs;
  }
}
