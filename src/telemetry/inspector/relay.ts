/**
 * Connects machines with watchers: an HTTP server on loopback whose page shows Stately's inspector, and a WebSocket for
 * that page or for any receiver of `@statelyai/inspect`. Another process may send its own messages to `/source`, as the
 * replay of a journal does. Only programs of this machine and the page itself are let in; a page of another site in the
 * same browser is not.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino, type Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { BadInput, messageOf } from '../../domain/errors.ts';
import { Backlog } from '../../net/backlog.ts';
import { Guard, guardedServer, refuseUpgrade } from '../../net/guard.ts';
import { targetOf } from '../../net/request-target.ts';
import type { Watcher } from './narrator.ts';
import { inspectorPage } from './page.ts';

const silent = pino({ level: 'silent' });
export const relayUrl = (port: number): string => `http://${host}:${port}`;
const host = '127.0.0.1';
/** The default port of the inspector's own tools. */
export const inspectorPort = 8080;
export const sourcePath = '/source';

/** Bytes that may wait for watchers that read slowly; beyond them a watcher is disconnected, to bound the daemon's memory. */
const backlog = { eachMaxBytes: 32 * 1024 * 1024, allMaxBytes: 128 * 1024 * 1024 };
/** How long the last messages may take to arrive on closing. */
const partingMs = 1_000;
const frameBytesMax = 4 * 1024 * 1024;
/** Watchers and sources together, and connections of any kind. */
const attachedMax = 32;
const connectionsMax = 128;
/** Bounds on what is kept of one source for watchers that attach later. */
const remembered = { actorsMax: 1_000, charactersMax: 16 * 1024 * 1024 };

const inspectorMessage = z.looseObject({
  type: z.enum(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
  sessionId: z.string().min(1),
});

export interface RelayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The option that gave the port, for the error. Default `--inspect`. */
  readonly option?: string;
  readonly log: Logger;
}

/** The actors that a source has introduced, as messages by session id. */
interface Source {
  readonly actors: Map<string, string>;
  characters: number;
}

export class InspectorRelay {
  readonly watchers = new Set<Watcher>();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytesMax });
  readonly #sources = new Map<WebSocket, Source>();
  readonly #backlog = new Backlog(backlog);
  readonly #guard: Guard;
  readonly #log: Logger;
  #onWatcher: (watcher: Watcher) => void = () => undefined;

  private constructor({ log }: RelayOptions) {
    this.#log = log;
    this.#guard = new Guard((where, error, times) =>
      log.warn({ where, times, err: error }, 'the inspector could not handle a request'),
    );
    this.#server = guardedServer({
      guard: this.#guard,
      connectionsMax,
      onRequest: (request, response) => this.#answer(request, response),
      onUpgrade: (request, socket, head) => this.#upgrade(request, socket, head),
    });
  }

  /** @throws BadInput when the port is taken */
  static async open(options: RelayOptions): Promise<InspectorRelay> {
    const relay = new InspectorRelay(options);
    relay.#server.listen(options.port, host);
    try {
      await once(relay.#server, 'listening');
    } catch (error) {
      throw new BadInput('The inspector cannot be opened', [
        {
          path: options.option ?? '--inspect',
          found: `port ${options.port}: ${messageOf(error)}`,
          expected: 'a free port',
        },
      ]);
    }
    return relay;
  }

  /** An address where another process can open a relay. @throws BadInput when the port is taken */
  static async freeAt(port: number): Promise<{ readonly port: number; readonly url: string }> {
    const relay = await InspectorRelay.open({ port, log: silent });
    const { url } = relay;
    await relay.close();
    return { port: Number(new URL(url).port), url };
  }

  /** @param introduce is called with every new watcher */
  onWatcher(introduce: (watcher: Watcher) => void): void {
    this.#onWatcher = introduce;
  }

  get url(): string {
    return relayUrl((this.#server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    const clients = [...this.#sockets.clients];
    const closed = clients.map((client) => once(client, 'close'));
    for (const client of clients) client.close(1001, 'the inspector is closed');
    await Promise.race([Promise.all(closed), sleep(partingMs, undefined, { ref: false })]);
    for (const client of clients) client.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#mayEnter(request) || request.method !== 'GET') return void response.writeHead(403).end();
    if (targetOf(request.url).path !== '/') return void response.writeHead(404).end();
    const { html, policy } = inspectorPage();
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
        'cache-control': 'no-store',
      })
      .end(html);
  }

  /** The client is checked before the path. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { path, query } = targetOf(request.url);
    if (!this.#mayEnter(request)) {
      refuseUpgrade(socket, 403);
      return;
    }
    if (path !== '/' && path !== sourcePath) {
      refuseUpgrade(socket, 404);
      return;
    }
    if (this.#sockets.clients.size >= attachedMax) {
      refuseUpgrade(socket, 429);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('close', () => this.#backlog.forget(client));
      // Answers to pings wait in the same buffer as messages.
      client.on('ping', () => this.#dropIfSlow(client));
      if (path === sourcePath) this.#admitSource(client);
      else this.#admitWatcher(client, new URLSearchParams(query).get('task'));
    });
  }

  /**
   * Admits requests under a name of this machine, so that no foreign name leads here, and from no page but ours. For an
   * image or a script a browser does not send the origin, but it does say that another site asks.
   */
  #mayEnter({ headers }: IncomingMessage): boolean {
    const { port } = new URL(this.url);
    const names = [`${host}:${port}`, `localhost:${port}`];
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    const isVisit = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
    return (
      names.includes(headers.host ?? '') &&
      (origin === undefined || names.some((name) => origin === `http://${name}`)) &&
      (site === undefined || site === 'same-origin' || site === 'none' || isVisit)
    );
  }

  #admitWatcher(client: WebSocket, only: string | null): void {
    const watcher: Watcher = { only, known: new Set(), send: (text) => this.#send(client, text) };
    this.watchers.add(watcher);
    client.on('close', () => {
      this.watchers.delete(watcher);
      this.#log.info({ watchers: this.watchers.size }, 'an inspector has detached');
      this.#reportWatchers();
    });
    this.#log.info({ watchers: this.watchers.size }, 'an inspector is attached');
    // Messages of a watcher are ignored, but bounded and guarded like all others.
    this.#guard.onMessages(client, 'a watcher', () => undefined);
    for (const { actors } of this.#sources.values()) for (const text of actors.values()) watcher.send(text);
    this.#onWatcher(watcher);
    this.#reportWatchers();
  }

  #send(client: WebSocket, text: string): void {
    if (client.readyState === client.OPEN && !this.#dropIfSlow(client)) client.send(text);
  }

  #dropIfSlow(client: WebSocket): boolean {
    if (this.#backlog.admits(client)) return false;
    this.#log.warn('an inspector that does not keep up is disconnected; ?task=ID shows it one task only');
    client.terminate();
    return true;
  }

  #admitSource(client: WebSocket): void {
    const source: Source = { actors: new Map(), characters: 0 };
    this.#sources.set(client, source);
    client.on('close', () => this.#sources.delete(client));
    this.#guard.onMessages(client, 'a source', (data) => {
      const text = data.toString();
      const message = readMessage(text);
      if (message === null) {
        client.close(1003, 'not a message of an inspector');
        return;
      }
      if (message.type === '@xstate.actor') remember(source, message.sessionId, text);
      for (const watcher of this.watchers) watcher.send(text);
    });
    this.#reportWatchers();
  }

  /** A source may wait for a watcher. */
  #reportWatchers(): void {
    const text = JSON.stringify({ watchers: this.watchers.size });
    for (const source of this.#sources.keys()) this.#send(source, text);
  }
}

function remember(source: Source, sessionId: string, text: string): void {
  const { actors } = source;
  const known = actors.get(sessionId);
  const characters = source.characters - (known?.length ?? 0) + text.length;
  if (known === undefined && actors.size >= remembered.actorsMax) return;
  if (characters > remembered.charactersMax) return;
  actors.set(sessionId, text);
  source.characters = characters;
}

function readMessage(text: string): z.output<typeof inspectorMessage> | null {
  try {
    return inspectorMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
