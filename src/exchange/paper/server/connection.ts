/**
 * One WebSocket as the streams see it: frames in, compact JSON out, and what faults do to it. Knows the transport only;
 * topics, accounts and commands belong to the streams.
 */
import type { WebSocket } from 'ws';
import type { Backlog } from '../../../net/backlog.ts';

export type StreamKind = 'linear' | 'option' | 'private' | 'trade';

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly id: string;
  readonly kind: StreamKind;
  readonly backlog: Backlog;
  readonly openedWallMs: number;
}

export class Connection {
  readonly id: string;
  readonly kind: StreamKind;
  readonly topics = new Set<string>();
  readonly #socket: WebSocket;
  readonly #backlog: Backlog;
  #isHalfOpen = false;
  #pingsSent = 0;
  #pongsSeen = 0;
  #onPong: (() => void) | null = null;
  lastSeenWallMs: number;

  constructor({ socket, id, kind, backlog, openedWallMs }: ConnectionOptions) {
    this.#socket = socket;
    this.#backlog = backlog;
    this.id = id;
    this.kind = kind;
    this.lastSeenWallMs = openedWallMs;
    socket.on('pong', (data) => {
      this.#pongsSeen = Math.max(this.#pongsSeen, Number(data.toString('utf8')) || 0);
      if (this.#pongsSeen === this.#pingsSent) this.#onPong?.();
    });
    // The answer to a ping counts against the backlog like any other frame.
    socket.on('ping', () => void this.#keepsUp());
  }

  send(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    const isOpen = !this.#isHalfOpen && this.#socket.readyState === this.#socket.OPEN;
    if (isOpen && this.#keepsUp()) this.#socket.send(text);
  }

  /** Drops a client that does not read, before its frames fill the memory; false when it was dropped. */
  #keepsUp(): boolean {
    if (this.#backlog.admits(this.#socket)) return true;
    this.drop();
    return false;
  }

  /** True when a ping was sent; `onPong` is called when the client has read everything that was sent before it. */
  probe(onPong: () => void): boolean {
    // A client that has not answered the last probe gets no other until it does.
    if (
      this.#isHalfOpen ||
      this.#pongsSeen < this.#pingsSent ||
      this.#socket.readyState !== this.#socket.OPEN
    )
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

  /** Stays connected, but sends and reads nothing until `resume`. */
  halfOpen(): void {
    this.#isHalfOpen = true;
    this.#socket.pause();
  }

  /** Ends what `halfOpen` began. */
  resume(): void {
    this.#isHalfOpen = false;
    this.#socket.resume();
  }
}
