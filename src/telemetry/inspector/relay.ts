/**
 * The place where machines and whoever watches them meet: an HTTP server on loopback whose page shows Stately's inspector,
 * and a WebSocket for it, or for any receiver of `@statelyai/inspect`. Another process may add what it has at `/source`,
 * as a replayed journal is. Only programs of this machine and the page itself are let in: a page of somebody else, in
 * the same browser, is not.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino, type Logger } from 'pino';
import { WebSocketServer, type WebSocket } from 'ws';
import { z } from 'zod';
import { BadInput, messageOf } from '../../domain/errors.ts';
import type { Watcher } from './narrator.ts';
import { inspectorPage } from './page.ts';

const silent = pino({ level: 'silent' });
export const relayUrl = (port: number): string => `http://${host}:${port}`;
const host = '127.0.0.1';
/** As the inspector's own tools expect it. */
export const inspectorPort = 8080;
export const sourcePath = '/source';

/** What may wait for a watcher that reads slowly, bytes; beyond it he is let go, so that no daemon grows because of him. */
const backlogMax = 32 * 1024 * 1024;
/** What was sent last may take so long to arrive. */
const partingMs = 1_000;
const frameBytesMax = 4 * 1024 * 1024;
/** Actors of one source that are kept for whoever comes later. */
const remembered = 1_000;

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

export class InspectorRelay {
  readonly watchers = new Set<Watcher>();
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: frameBytesMax });
  readonly #sources = new Map<WebSocket, Map<string, string>>();
  readonly #log: Logger;
  #onWatcher: (watcher: Watcher) => void = () => undefined;

  private constructor({ log }: RelayOptions) {
    this.#log = log;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      if (!this.#mayEnter(request)) {
        socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#admit(client, request));
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
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (!this.#mayEnter(request) || request.method !== 'GET' || pathname !== '/') {
      response.writeHead(pathname === '/' ? 403 : 404).end();
      return;
    }
    const { html, policy } = inspectorPage();
    response
      .writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': policy,
        'cache-control': 'no-store',
      })
      .end(html);
  }

  /** By a name of this machine, so that no name of somebody else's leads here; and from no page but ours. */
  #mayEnter({ headers }: IncomingMessage): boolean {
    const { port } = new URL(this.url);
    const names = [`${host}:${port}`, `localhost:${port}`];
    const { origin } = headers;
    return (
      names.includes(headers.host ?? '') &&
      (origin === undefined || names.some((name) => origin === `http://${name}`))
    );
  }

  #admit(client: WebSocket, request: IncomingMessage): void {
    client.on('error', (error) => this.#log.debug({ err: error }, 'an inspector connection failed'));
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (pathname === sourcePath) this.#admitSource(client);
    else this.#admitWatcher(client, searchParams.get('task'));
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
    for (const actors of this.#sources.values()) for (const text of actors.values()) watcher.send(text);
    this.#onWatcher(watcher);
    this.#tellSources();
  }

  #send(client: WebSocket, text: string): void {
    if (client.readyState !== client.OPEN) return;
    if (client.bufferedAmount > backlogMax) {
      this.#log.warn('an inspector that does not keep up is let go; ?task=ID shows it one task only');
      client.terminate();
      return;
    }
    client.send(text);
  }

  #admitSource(client: WebSocket): void {
    const actors = new Map<string, string>();
    this.#sources.set(client, actors);
    client.on('close', () => this.#sources.delete(client));
    client.on('message', (data: Buffer) => {
      const text = data.toString();
      const message = readMessage(text);
      if (message === null) {
        client.close(1003, 'not a message of an inspector');
        return;
      }
      if (message.type === '@xstate.actor' && actors.size < remembered) actors.set(message.sessionId, text);
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

function readMessage(text: string): z.output<typeof inspectorMessage> | null {
  try {
    return inspectorMessage.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
