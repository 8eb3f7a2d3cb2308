/**
 * One guard around every handler of every listener, so that nothing that arrives on a socket can end the process. A handler
 * that fails is counted, reported and answered: with 500 over HTTP, with close code 1011 on a WebSocket. It also sets the
 * bounds that all our HTTP servers share: how many clients may connect and how long they may take.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** What a guard has caught, by kind. */
export interface GuardCounts {
  /** Handlers that failed; each is a bug of ours. */
  failed: number;
  /** Requests that were not HTTP, and WebSocket frames that broke the protocol or a bound. */
  malformed: number;
}

export type ReportFailure = (where: string, error: unknown, timesSoFar: number) => void;

export interface ListenerOptions {
  readonly guard: Guard;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => unknown;
  /** Left out, a request that also offers another protocol, as some clients' every request does, is answered as it is. */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => unknown;
  readonly connectionsMax: number;
}

/** Time for a request to arrive, its headers first. */
const headersMaxMs = 10_000;
const requestMaxMs = 30_000;
/** How often both limits are checked. Node's default of 30 s would give slow clients that much more time. */
const lateCheckMs = 2_000;
/** Longer than clients keep an idle connection, because closing first would reset a request on its way. */
const keepAliveMs = 75_000;
const silenceMaxMs = 120_000;

/**
 * Requests of one connection that may wait for their answers. Who sends without reading makes us keep all of them; browsers and
 * HTTP clients send one after the other.
 */
const waitingMax = 32;

export class Guard {
  readonly #counts: GuardCounts = { failed: 0, malformed: 0 };
  readonly #report: ReportFailure;

  /** @param report called for the 1st, 10th, 100th … failure only, so that a client that sends garbage cannot fill the log */
  constructor(report: ReportFailure = () => undefined) {
    this.#report = report;
  }

  get counts(): Readonly<GuardCounts> {
    return { ...this.#counts };
  }

  /** Runs a handler. When it throws or rejects, the failure is counted and `answer` is called. */
  run(where: string, handler: () => unknown, answer: () => void = () => undefined): void {
    try {
      const returned = handler();
      if (returned instanceof Promise) returned.catch((error: unknown) => this.#failed(where, error, answer));
    } catch (error) {
      this.#failed(where, error, answer);
    }
  }

  malformed(): void {
    this.#counts.malformed += 1;
  }

  /** Guards the handler of a socket's messages, and counts the socket's errors, which the other side causes. */
  onMessages(socket: WebSocket, where: string, handler: (data: Buffer) => unknown): void {
    socket.on('error', () => this.malformed());
    socket.on('message', (data) =>
      this.run(
        where,
        () => handler(bytesOf(data)),
        () => socket.close(1011, 'internal error'),
      ),
    );
  }

  #failed(where: string, error: unknown, answer: () => void): void {
    this.#counts.failed += 1;
    const { failed } = this.#counts;
    try {
      if (/^10*$/.test(String(failed))) this.#report(where, error, failed);
      answer();
    } catch {
      // The socket was closed before it could be answered.
    }
  }
}

/** An HTTP server whose handlers are guarded and whose clients are bounded. It does not listen yet. */
export function guardedServer({ guard, onRequest, onUpgrade, connectionsMax }: ListenerOptions): Server {
  const server = createServer({
    headersTimeout: headersMaxMs,
    requestTimeout: requestMaxMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: lateCheckMs,
  });
  server.maxConnections = connectionsMax;
  server.timeout = silenceMaxMs;
  const waiting = new WeakMap<Duplex, number>();
  server.on('request', (request, response) => {
    response.on('error', () => undefined);
    const { socket } = request;
    const now = (waiting.get(socket) ?? 0) + 1;
    if (now > waitingMax) {
      guard.malformed();
      socket.destroy();
      return;
    }
    waiting.set(socket, now);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    guard.run(
      `${request.method ?? ''} ${(request.url ?? '').slice(0, 200)}`,
      () => onRequest(request, response),
      () => sendFailure(response),
    );
  });
  if (onUpgrade) answerUpgrades(server, guard, onUpgrade);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    guard.malformed();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    if (socket.writable && error.code !== 'ECONNRESET') refuseUpgrade(socket, status);
    else socket.destroy();
  });
  return server;
}

function answerUpgrades(
  server: Server,
  guard: Guard,
  onUpgrade: NonNullable<ListenerOptions['onUpgrade']>,
): void {
  server.on('upgrade', (request, socket, head) => {
    // There is no other listener before the handshake is done, and an error without a listener ends the process.
    socket.on('error', () => guard.malformed());
    guard.run(
      `upgrade of ${(request.url ?? '').slice(0, 200)}`,
      () => onUpgrade(request, socket, head),
      () => refuseUpgrade(socket, 500),
    );
  });
}

const reasons: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
]);

/** Writes the refusal to the socket itself, and ends it. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const line = `HTTP/1.1 ${status} ${reasons.get(status) ?? 'Refused'}`;
  socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  // The socket is destroyed even if the client keeps its half open.
  socket.once('finish', () => socket.destroy());
}

function sendFailure(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { 'content-type': 'text/plain', connection: 'close' }).end('internal error');
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}
