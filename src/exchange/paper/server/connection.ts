/**
 * One WebSocket as the streams see it: frames in, compact JSON out, and what the knobs can do to it. Knows the
 * transport only; topics, accounts and commands belong to the streams.
 */
import type { WebSocket } from 'ws';

export type StreamKind = 'linear' | 'option' | 'private' | 'trade';

export class Connection {
  readonly id: string;
  readonly kind: StreamKind;
  readonly topics = new Set<string>();
  readonly #socket: WebSocket;
  #halfOpen = false;
  #pingsSent = 0;
  #pongsSeen = 0;
  #onPong: (() => void) | null = null;
  lastSeenWallMs: number;

  constructor(socket: WebSocket, id: string, kind: StreamKind, nowWallMs: number) {
    this.#socket = socket;
    this.id = id;
    this.kind = kind;
    this.lastSeenWallMs = nowWallMs;
    socket.on('pong', (data) => {
      this.#pongsSeen = Math.max(this.#pongsSeen, Number(data.toString('utf8')) || 0);
      if (this.#pongsSeen === this.#pingsSent) this.#onPong?.();
    });
  }

  send(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    if (!this.#halfOpen && this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text);
  }

  /** True when a ping was sent; `onPong` is called once everything sent before it was taken in. */
  probe(onPong: () => void): boolean {
    // A client that never answered the last probe is not waited for again until it does.
    if (this.#halfOpen || this.#pongsSeen < this.#pingsSent || this.#socket.readyState !== this.#socket.OPEN)
      return false;
    this.#pingsSent += 1;
    this.#onPong = onPong;
    this.#socket.ping(String(this.#pingsSent));
    return true;
  }

  drop(): void {
    this.#socket.terminate();
  }

  close(): void {
    this.#socket.close(1001);
  }

  setHalfOpen(on: boolean): void {
    this.#halfOpen = on;
    if (on) this.#socket.pause();
    else this.#socket.resume();
  }
}
