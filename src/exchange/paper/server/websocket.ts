/**
 * Takes WebSocket upgrades on the paths of the exchange's streams, gives each connection to its stream, closes idle
 * connections and those that do not read, and carries out faults of sockets. Any other path is 404, as over HTTP.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { megabyte } from '../../../files/bounded-file.ts';
import { Backlog, type BacklogOptions } from '../../../net/backlog.ts';
import { refuseUpgrade, type Guard } from '../../../net/guard.ts';
import { targetOf } from '../../../net/request-target.ts';
import type { SocketFaults, StreamName } from '../faults.ts';
import type { WallClock } from '../wall-clock.ts';
import { Connection, type StreamKind } from './connection.ts';
import { parseFrame, type Stream } from './frames.ts';
import { minuteMs } from '../../../domain/units.ts';

const kinds = new Map<string, StreamKind>([
  ['/v5/public/linear', 'linear'],
  ['/v5/public/option', 'option'],
  ['/v5/private', 'private'],
  ['/v5/trade', 'trade'],
]);
/** The largest frame that makes sense is a batch of 20 orders or 21,000 characters of topics. */
const frameMaxBytes = 131_072;
const idleMaxMs = 10 * minuteMs;
const idleCheckMs = 15_000;

export interface SocketBounds extends BacklogOptions {
  /** Streams of all kinds that may be attached at a time. */
  readonly streamsMax: number;
}

/** The exchange allows 1,000 market-data connections of an address (Bybit docs: v5/rate-limit); an account has two more. */
export const defaultBounds: SocketBounds = {
  streamsMax: 3_000,
  eachMaxBytes: 8 * megabyte,
  allMaxBytes: 64 * megabyte,
};

export interface SocketsOptions {
  readonly streams: Readonly<Record<StreamKind, Stream>>;
  readonly wall: WallClock;
  readonly guard: Guard;
  readonly bounds: SocketBounds;
}

export class Sockets implements SocketFaults {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: frameMaxBytes });
  readonly backlog: Backlog;
  readonly #guard: Guard;
  readonly #bounds: SocketBounds;
  readonly #streams: Readonly<Record<StreamKind, Stream>>;
  readonly #wall: WallClock;
  readonly #open = new Set<Connection>();
  #opened = 0;
  #stopIdleCheck: () => void;

  constructor({ streams, wall, guard, bounds }: SocketsOptions) {
    this.#streams = streams;
    this.#wall = wall;
    this.#guard = guard;
    this.#bounds = bounds;
    this.backlog = new Backlog(bounds);
    this.#stopIdleCheck = wall.after(idleCheckMs, () => this.#closeIdle());
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { path, query } = targetOf(request.url);
    const kind = kinds.get(path);
    if (!kind) {
      refuseUpgrade(socket, 404);
      return;
    }
    if (this.#open.size >= this.#bounds.streamsMax) {
      refuseUpgrade(socket, 429);
      return;
    }
    const activeMaxMs = activeTimeOf(new URLSearchParams(query).get('max_active_time'));
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      this.#accept(opened, kind, activeMaxMs);
    });
  }

  drop(stream: StreamName): void {
    for (const connection of this.#of(stream)) connection.drop();
  }

  halfOpen(stream: StreamName): void {
    for (const connection of this.#of(stream)) connection.halfOpen();
  }

  resume(stream: StreamName): void {
    for (const connection of this.#of(stream)) connection.resume();
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
    const id = `paper-${kind}-${this.#opened}`;
    const openedWallMs = this.#wall.nowMs();
    const connection = new Connection({ socket, id, kind, openedWallMs, backlog: this.backlog });
    const stream = this.#streams[kind];
    this.#open.add(connection);
    const stopClock = activeMaxMs === null ? null : this.#wall.after(activeMaxMs, () => connection.close());
    this.#guard.onMessages(socket, `a frame on ${kind}`, (data) => {
      connection.lastSeenWallMs = this.#wall.nowMs();
      return stream.received(connection, parseFrame(data.toString('utf8')));
    });
    socket.on('close', () => {
      stopClock?.();
      this.#open.delete(connection);
      this.backlog.forget(socket);
      this.#guard.run(`the end of a ${kind} stream`, () => stream.closed(connection));
    });
    stream.opened(connection);
  }

  #of(stream: StreamName): readonly Connection[] {
    return [...this.#open].filter(({ kind }) => stream === 'all' || kind === stream);
  }

  #closeIdle(): void {
    const nowMs = this.#wall.nowMs();
    for (const connection of this.#open)
      if (nowMs - connection.lastSeenWallMs > idleMaxMs) connection.close();
    this.#stopIdleCheck = this.#wall.after(idleCheckMs, () => this.#closeIdle());
  }
}

/** `30s` to `600s`, or minutes as `1m`; anything else is ignored. */
function activeTimeOf(text: string | null): number | null {
  const [, count, unit] = /^(\d+)(s|m)$/.exec(text ?? '') ?? [];
  const seconds = Number(count) * (unit === 'm' ? 60 : 1);
  return count !== undefined && seconds >= 30 && seconds <= 600 ? seconds * 1000 : null;
}
