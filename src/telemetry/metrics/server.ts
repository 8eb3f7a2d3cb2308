/**
 * Serves the metrics and the health of one daemon over HTTP, beside the API and without anything that is secret, so that what
 * watches it needs no token. A client that is slow, hangs or asks often holds nothing but its own connection.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadInput } from '../../domain/errors.ts';
import { Guard, guardedServer } from '../../net/guard.ts';
import { listenFailure, type Place } from '../../net/listen-failure.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServerOptions extends Place {
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  /** Why the daemon does not do its work, the worst first; none while it does. */
  readonly problems: () => readonly string[];
  readonly log: Logger;
}

export interface MetricsServer {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

const connectionsMax = 50;
/** A client that has not taken an answer by then is cut off. */
const takenWithinMs = 10_000;

/** @throws BadInput when it cannot listen there */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, log } = options;
  const guard = new Guard((where, error) => log.error({ err: error, where }, 'a request for metrics failed'));
  const server = guardedServer({
    guard,
    onRequest: (request, response) => answer(options, request, response),
    connectionsMax,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
  } catch (error) {
    throw cannotListen(error, { host, port });
  }
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function cannotListen(error: unknown, place: Place): unknown {
  const failure = listenFailure(error, place);
  if (failure === null) return error;
  const { wrong, found, expected } = failure;
  const path = wrong === 'host' ? 'METRICS_HOST' : 'METRICS_PORT';
  return new BadInput('The metrics cannot be served', [{ path, found, expected }]);
}

async function answer(
  { metrics, problems }: MetricsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setTimeout(takenWithinMs, () => response.destroy());
  response.setHeader('cache-control', 'no-store');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    send(response.setHeader('allow', 'GET, HEAD'), 405, 'Only GET is answered here\n');
    return;
  }
  const [path] = (request.url ?? '').split('?', 1);
  if (path === '/metrics') {
    const text = await metrics.text();
    send(response.setHeader('content-type', metrics.contentType), 200, text);
  } else if (path === '/healthz') sendJson(response, 200, { isAlive: true });
  else if (path === '/readyz') {
    const found = problems();
    sendJson(response, found.length === 0 ? 200 : 503, { isReady: found.length === 0, problems: found });
  } else send(response, 404, 'There are /metrics, /healthz and /readyz here\n');
}

const sendJson = (response: ServerResponse, status: number, body: object): void =>
  send(response.setHeader('content-type', 'application/json'), status, `${JSON.stringify(body)}\n`);

function send(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.writeHead(status, { 'content-length': Buffer.byteLength(text) }).end(text);
}
