/**
 * Bounds what waits for clients that do not read: so much for each, so much for all together. Who is beyond it is to be
 * let go, because nothing else keeps the process from growing with every frame.
 */
interface Waiting {
  /** Bytes handed over and not yet taken by the operating system. */
  readonly bufferedAmount: number;
}

/** Below this a client is not slow, only busy. */
const usualBytes = 256 * 1024;

export interface BacklogOptions {
  readonly eachMaxBytes: number;
  readonly allMaxBytes: number;
}

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #slow = new Set<Waiting>();
  /** Clients let go so far. */
  dropped = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** Asked before every frame: false means that this client is to be let go instead. */
  admits(client: Waiting): boolean {
    const bytes = client.bufferedAmount;
    if (bytes < usualBytes) {
      this.#slow.delete(client);
      return true;
    }
    this.#slow.add(client);
    if (bytes <= this.#options.eachMaxBytes && this.#allBytes() <= this.#options.allMaxBytes) return true;
    this.forget(client);
    this.dropped += 1;
    return false;
  }

  forget(client: Waiting): void {
    this.#slow.delete(client);
  }

  #allBytes(): number {
    let bytes = 0;
    for (const client of this.#slow) bytes += client.bufferedAmount;
    return bytes;
  }
}
