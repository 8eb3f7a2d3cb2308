/**
 * One WebSocket as the streams see it: frames in, compact JSON out, and what faults do to it. Knows the transport only;
 * topics, accounts and commands belong to the streams.
 */
import type { WebSocket } from 'ws';
import type { Backlog } from '../../../net/backlog.ts';

export type StreamKind = 'linear' | 'option' | 'private' | 'trade';

export class Connection {
  readonly id: string;
  readonly kind: StreamKind;
  readonly topics = new Set<string>();
  readonly #socket: WebSocket;
  readonly #backlog: Backlog;
  #halfOpen = false;
  #pingsSent = 0;
  #pongsSeen = 0;
  #onPong: (() => void) | null = null;
  lastSeenWallMs: number;

  constructor(socket: WebSocket, id: string, kind: StreamKind, nowWallMs: number, backlog: Backlog) {
    this.#socket = socket;
    this.#backlog = backlog;
    this.id = id;
    this.kind = kind;
    this.lastSeenWallMs = nowWallMs;
    socket.on('pong', (data) => {
      this.#pongsSeen = Math.max(this.#pongsSeen, Number(data.toString('utf8')) || 0);
      if (this.#pongsSeen === this.#pingsSent) this.#onPong?.();
    });
    // The answer to a ping waits like any other frame.
    socket.on('ping', () => void this.#keepsUp());
  }

  send(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  sendText(text: string): void {
    const isOpen = !this.#halfOpen && this.#socket.readyState === this.#socket.OPEN;
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
