/**
 * Takes WebSocket upgrades on the paths of bybit-v5.md §4.1, hands each connection to its stream, cuts idle ones, and
 * carries out the knobs that act on sockets. Any other path is 404, as over HTTP.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { SocketFaults, StreamName } from '../faults.ts';
import type { WallClock } from '../wall-clock.ts';
import { Connection, type StreamKind } from './connection.ts';
import { parseFrame, type Stream } from './frames.ts';

const kinds = new Map<string, StreamKind>([
  ['/v5/public/linear', 'linear'],
  ['/v5/public/option', 'option'],
  ['/v5/private', 'private'],
  ['/v5/trade', 'trade'],
]);
const frameMaxBytes = 1_048_576;
const idleMaxMs = 10 * 60_000;
const idleCheckMs = 15_000;

export class Sockets implements SocketFaults {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: frameMaxBytes });
  readonly #streams: Readonly<Record<StreamKind, Stream>>;
  readonly #wall: WallClock;
  readonly #open = new Set<Connection>();
  #opened = 0;
  #stopIdleCheck: () => void;

  constructor(streams: Readonly<Record<StreamKind, Stream>>, wall: WallClock) {
    this.#streams = streams;
    this.#wall = wall;
    this.#stopIdleCheck = wall.after(idleCheckMs, () => this.#cutIdle());
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'ws://paper');
    const kind = kinds.get(url.pathname);
    if (!kind) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const activeMaxMs = activeTimeOf(url.searchParams.get('max_active_time'));
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      this.#accept(opened, kind, activeMaxMs);
    });
  }

  drop(stream: StreamName): void {
    for (const connection of this.#of(stream)) connection.drop();
  }

  halfOpen(stream: StreamName, on: boolean): void {
    for (const connection of this.#of(stream)) connection.setHalfOpen(on);
  }

  malformedFrame(stream: StreamName): void {
    for (const connection of this.#of(stream))
      connection.sendText('{"topic":"order.option","data":[{"symbol":');
  }

  close(): void {
    this.#stopIdleCheck();
    for (const connection of this.#open) connection.drop();
    this.#server.close();
  }

  #accept(socket: WebSocket, kind: StreamKind, activeMaxMs: number | null): void {
    this.#opened += 1;
    const connection = new Connection(socket, `paper-${kind}-${this.#opened}`, kind, this.#wall.nowMs());
    const stream = this.#streams[kind];
    this.#open.add(connection);
    const stopClock = activeMaxMs === null ? null : this.#wall.after(activeMaxMs, () => connection.close());
    socket.on('message', (data: RawData) => {
      connection.lastSeenWallMs = this.#wall.nowMs();
      stream.received(connection, parseFrame(textOf(data)));
    });
    socket.on('close', () => {
      stopClock?.();
      this.#open.delete(connection);
      stream.closed(connection);
    });
    // A broken transport also closes; there is nothing else to do about it here.
    socket.on('error', () => undefined);
    stream.opened(connection);
  }

  #of(stream: StreamName): readonly Connection[] {
    return [...this.#open].filter(({ kind }) => stream === 'all' || kind === stream);
  }

  #cutIdle(): void {
    const nowMs = this.#wall.nowMs();
    for (const connection of this.#open)
      if (nowMs - connection.lastSeenWallMs > idleMaxMs) connection.close();
    this.#stopIdleCheck = this.#wall.after(idleCheckMs, () => this.#cutIdle());
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}

/** `30s` to `600s`, or minutes as `1m`; anything else is ignored. */
function activeTimeOf(text: string | null): number | null {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text ?? '') ?? [];
  const seconds = Number(count) * (unit === 'm' ? 60 : 1);
  return count !== undefined && seconds >= 30 && seconds <= 600 ? seconds * 1000 : null;
}
