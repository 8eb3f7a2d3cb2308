/**
 * The place where machines and whoever watches them meet: an HTTP server on loopback whose page shows Stately's inspector,
 * and a WebSocket for it, or for any receiver of `@statelyai/inspect`. Another process may add what it has at `/source`,
 * as a replayed journal is. Only programs of this machine and the page itself are let in: a page of somebody else, in
 * the same browser, is not.
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
/** As the inspector's own tools expect it. */
export const inspectorPort = 8080;
export const sourcePath = '/source';

/** What may wait for watchers that read slowly; beyond it one is let go, so that no daemon grows because of it. */
const backlog = { eachMaxBytes: 32 * 1024 * 1024, allMaxBytes: 128 * 1024 * 1024 };
/** What was sent last may take so long to arrive. */
const partingMs = 1_000;
const frameBytesMax = 4 * 1024 * 1024;
/** Watchers and sources together, and connections of any kind. */
const attachedMax = 32;
const connectionsMax = 128;
/** What one source is remembered by for a watcher that comes later: so many actors, so many characters. */
const remembered = { actorsMax: 1_000, charactersMax: 16 * 1024 * 1024 };

const inspectorMessage = z.looseObject({
  type: z.enum(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
  sessionId: z.string().min(1),
});

export interface RelayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the port was given, for the error. */
  readonly option?: string;
  readonly log: Logger;
}

/** The actors that a source has introduced. */
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

  /** Where another process will be able to open one. @throws BadInput when the port is taken */
  static async freeAt(port: number): Promise<{ readonly port: number; readonly url: string }> {
    const relay = await InspectorRelay.open({ port, log: silent });
    const { url } = relay;
    await relay.close();
    return { port: Number(new URL(url).port), url };
  }

  /** Whom to tell when somebody begins to watch. */
  onWatcher(introduce: (watcher: Watcher) => void): void {
    this.#onWatcher = introduce;
  }

  get url(): string {
    return relayUrl((this.#server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    const clients = [...this.#sockets.clients];
    const gone = clients.map((client) => once(client, 'close'));
    for (const client of clients) client.close(1001, 'the inspector is closed');
    await Promise.race([Promise.all(gone), sleep(partingMs, undefined, { ref: false })]);
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

  /** Who asks is looked at before what is asked for. */
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
      // Answers to pings wait like anything else.
      client.on('ping', () => this.#letGoIfSlow(client));
      if (path === sourcePath) this.#admitSource(client);
      else this.#admitWatcher(client, new URLSearchParams(query).get('task'));
    });
  }

  /**
   * By a name of this machine, so that no name of another's leads here; and from no page but ours. A browser does not
   * say the origin of an image or a script that it loads, but it says that another page asks.
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
      this.#log.info({ watchers: this.watchers.size }, 'an inspector is gone');
      this.#tellSources();
    });
    this.#log.info({ watchers: this.watchers.size }, 'an inspector is attached');
    // A watcher only listens; what it says is nothing, but it is bounded and guarded like everything else.
    this.#guard.onMessages(client, 'a watcher', () => undefined);
    for (const { actors } of this.#sources.values()) for (const text of actors.values()) watcher.send(text);
    this.#onWatcher(watcher);
    this.#tellSources();
  }

  #send(client: WebSocket, text: string): void {
    if (client.readyState === client.OPEN && !this.#letGoIfSlow(client)) client.send(text);
  }

  #letGoIfSlow(client: WebSocket): boolean {
    if (this.#backlog.admits(client)) return false;
    this.#log.warn('an inspector that does not keep up is let go; ?task=ID shows it one task only');
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
    this.#tellSources();
  }

  /** A source may wait for somebody to watch. */
  #tellSources(): void {
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
