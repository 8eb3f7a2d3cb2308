/**
 * Bounds the bytes that wait for clients that do not read, for each client and for all together. A client beyond the
 * bounds is to be disconnected, because otherwise the process would grow with every frame.
 */
interface Waiting {
  /** Bytes written and not yet accepted by the operating system. */
  readonly bufferedAmount: number;
}

/** A client with fewer waiting bytes is not slow. */
const usualBytes = 256 * 1024;

export interface BacklogOptions {
  readonly eachMaxBytes: number;
  readonly allMaxBytes: number;
}

export class Backlog {
  readonly #options: BacklogOptions;
  readonly #slow = new Set<Waiting>();
  /** Clients refused so far. */
  dropped = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
  }

  /** To be called before every frame. @returns false when the client is to be disconnected instead */
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
