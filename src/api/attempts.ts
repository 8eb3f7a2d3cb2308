/**
 * Counts wrong tries per address and locks an address out for a while. It remembers a bounded number of addresses, in memory: a restart
 * forgets them, which helps nobody who guesses at 256 random bits.
 */
import { addressKey } from '../net/address-key.ts';

interface Entry {
  wrong: number;
  /** When counting begins anew. */
  untilMs: number;
}

export interface AttemptBounds {
  readonly wrongMax: number;
  /** From the first wrong try on they are counted so long, and from the last permitted one on the address is locked out so long. */
  readonly lockedMs: number;
}

const addressesMax = 10_000;

export class Attempts {
  readonly #bounds: AttemptBounds;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(bounds: AttemptBounds, nowMs: () => number = Date.now) {
    this.#bounds = bounds;
    this.#nowMs = nowMs;
  }

  /** For how long the address is locked out, in whole seconds; 0 when it is not. */
  lockedForSeconds(address: string): number {
    const entry = this.#entries.get(addressKey(address));
    if (!entry || entry.wrong < this.#bounds.wrongMax) return 0;
    return Math.max(0, Math.ceil((entry.untilMs - this.#nowMs()) / 1_000));
  }

  noteWrong(address: string): void {
    const key = addressKey(address);
    const nowMs = this.#nowMs();
    const known = this.#entries.get(key);
    const entry =
      known && known.untilMs > nowMs ? known : { wrong: 0, untilMs: nowMs + this.#bounds.lockedMs };
    entry.wrong += 1;
    if (entry.wrong === this.#bounds.wrongMax) entry.untilMs = nowMs + this.#bounds.lockedMs;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= addressesMax) break;
      this.#entries.delete(oldest);
    }
  }

  forget(address: string): void {
    this.#entries.delete(addressKey(address));
  }
}
