/** A receiver of alerts on loopback: it keeps what it was sent, and answers or misbehaves as a test wants it to. */
import { createServer, type IncomingHttpHeaders, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createEncrypted } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';

const tls = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/localhost.${name}`, import.meta.url), 'utf8');

/** What clients have to trust. */
export const certificate = tls('crt');

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atMs: number;
}

export type Respond = (response: ServerResponse, request: Received) => unknown;

export interface Receiver {
  /** Of the server itself, without a path. */
  readonly url: string;
  readonly received: readonly Received[];
  respond: Respond;
  close(): Promise<void>;
}

export const answerWith =
  (status: number, body = '', headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** As receivers fail in the field. */
export const misbehaviours = {
  hangs: () => undefined,
  closes: (response: ServerResponse) => response.destroy(),
  breaksOff: (response: ServerResponse) => {
    response.writeHead(500, { 'content-length': '1000' });
    response.write('half an ans');
    setTimeout(() => response.destroy(), 20);
  },
  neverEnds: (response: ServerResponse) => {
    response.writeHead(200);
    const more = setInterval(() => response.write('x'.repeat(1_000)), 5);
    response.on('close', () => clearInterval(more));
  },
  isHuge: (response: ServerResponse) => {
    response.writeHead(500);
    const block = 'x'.repeat(1 << 20);
    const push = (): void => {
      while (!response.destroyed && response.write(block));
      if (!response.destroyed) response.once('drain', push);
    };
    push();
  },
  hasHugeHeaders: (response: ServerResponse) =>
    response.writeHead(200, { 'x-huge': 'x'.repeat(64 << 10) }).end(),
} as const satisfies Record<string, Respond>;

export async function openReceiver(kind: 'http' | 'https' = 'http'): Promise<Receiver> {
  const received: Received[] = [];
  const listen: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { url: path = '', method = '', headers } = request;
      const one = { path, method, headers, body: Buffer.concat(pieces).toString('utf8'), atMs: Date.now() };
      received.push(one);
      receiver.respond(response, one);
    });
  };
  const server =
    kind === 'http' ? createServer(listen) : createEncrypted({ key: tls('key'), cert: certificate }, listen);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `${kind}://127.0.0.1:${port}`,
    received,
    respond: answerWith(200),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}
