/**
 * The REST side: finds the endpoint, checks address budget, signature, account budget and input in the exchange's
 * order, lets faults strike, and writes compact JSON with the X-Bapi headers. Whatever a request contains, the answer is
 * in the exchange's shape and the server keeps running.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../engine/account.ts';
import { Refusal } from '../engine/refusal.ts';
import { orderRefusal } from '../engine/key-settings.ts';
import { bodyOf } from '../../../net/request-body.ts';
import { targetOf } from '../../../net/request-target.ts';
import type { FaultSite } from '../faults.ts';
import { accountRoutes } from './account-routes.ts';
import { failure, overRateLimit, refused, unknownKey, type Reply } from './answers.ts';
import { apiKeyOf, authenticate, isSigned } from './auth.ts';
import type { ServerContext } from './context.ts';
import { keyRoutes } from './key-routes.ts';
import { marketRoutes } from './market-routes.ts';
import { faultSite, rejectFault } from './order-commands.ts';
import { orderRoutes } from './order-routes.ts';
import { stopRoutes } from './stop-routes.ts';
import type { RateState } from './rate-limits.ts';
import type { Route } from './routes.ts';
import { isUnserved } from './unserved-paths.ts';

/** A batch of 20 orders has about 10,000 bytes. */
const bodyMaxBytes = 131_072;
const routes = new Map(
  [...marketRoutes, ...accountRoutes, ...keyRoutes, ...orderRoutes, ...stopRoutes].map((route) => [
    `${route.method} ${route.path}`,
    route,
  ]),
);

export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  context: ServerContext,
): Promise<void> {
  const { path, query } = targetOf(request.url);
  const method = request.method ?? '';
  const route = routes.get(`${method} ${path}`);
  if (!context.limits.admits(request.socket.remoteAddress ?? '')) {
    sendText(response, 403, 'access too frequent');
    return;
  }
  const body = await bodyOf(request, bodyMaxBytes);
  if (body === null) {
    // The rest of the body is not read, so the connection ends with the answer.
    response.setHeader('Connection', 'close');
    sendText(response, 413, 'request body too large');
    return;
  }
  if (!route) {
    // What the exchange's demo trading answers for endpoints it does not offer.
    const reply = { ...failure(10032, 'Demo trading are not supported.'), time: context.player.nowMs() };
    if (isUnserved(method, path)) sendJson(response, 200, JSON.stringify(reply));
    else sendText(response, 404, '404 page not found');
    return;
  }
  const payload = route.method === 'GET' ? query : body;
  await answerRoute({ route, payload, request, response, context });
}

interface Exchange {
  readonly route: Route;
  /** What was signed: the raw query or the raw body. */
  readonly payload: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: ServerContext;
}

async function answerRoute(exchange: Exchange): Promise<void> {
  const { route, payload, request, response, context } = exchange;
  const { faults, player, wall } = context;
  if (isSigned(request.headers)) player.touch(request.method === 'POST' ? 'order' : 'request');
  const input = inputOf(route, payload);
  const site = siteOf(input, route, apiKeyOf(request.headers));
  const lost = faults.strike('loseRequest', site);
  if (lost) {
    withholdAnswer(response, lost.how);
    return;
  }
  const broken = faults.strike('httpError', site);
  if (broken) {
    const text = `<html><body>${broken.status}</body></html>`;
    send(response, { status: broken.status, type: 'text/html', text });
    return;
  }
  if (route.isPrivate && !isSigned(request.headers)) {
    sendJson(response, 401, JSON.stringify({ ...unknownKey, time: player.nowMs() }));
    return;
  }
  const account = route.isPrivate
    ? authenticate({ headers: request.headers, payload }, context.engine.context.accounts, player.clock)
    : null;
  const { reply, rate } = replyTo(exchange, input, account);
  const delayMs = (faults.strike('delayAnswer', site)?.ms ?? 0) + (route.isCommand ? context.ackDelayMs : 0);
  if (delayMs > 0) await wall.sleep(delayMs);
  const unanswered = faults.strike('loseAnswer', site);
  if (unanswered) {
    withholdAnswer(response, unanswered.how);
    return;
  }
  setLimitHeaders(response, rate, context);
  const text = JSON.stringify({ ...reply, time: player.nowMs() });
  sendJson(response, 200, faults.strike('malformedAnswer', site) ? text.slice(0, text.length / 2) : text);
}

function replyTo(
  { route, context }: Exchange,
  input: unknown,
  account: Account | Refusal | null,
): { reply: Reply; rate: RateState | null } {
  if (account instanceof Refusal) return { reply: refused(account), rate: null };
  const rate = account && context.limits.use(account.apiKey, route.path, route.perSecond);
  if (rate && rate.retryAfterMs > 0) return { reply: overRateLimit, rate };
  if (input === undefined) return { reply: failure(10001, 'Request parameter error.'), rate };
  const forbidden = account && route.isCommand ? orderRefusal(account.key, route.path) : null;
  if (forbidden) return { reply: failure(forbidden.code, forbidden.text), rate };
  const rejected = account && rejectFault(context.faults, siteOf(input, route, account.apiKey));
  return { reply: rejected ?? route.handle(input, context, account), rate };
}

const siteOf = (input: unknown, { path }: Route, apiKey: string): FaultSite => ({
  ...faultSite(input, path, apiKey),
  way: 'rest',
});

/** Undefined when a body is no JSON object. */
function inputOf(route: Route, payload: string): unknown {
  if (route.method === 'GET') return Object.fromEntries(new URLSearchParams(payload));
  try {
    const parsed: unknown = JSON.parse(payload);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function setLimitHeaders(response: ServerResponse, rate: RateState | null, context: ServerContext): void {
  const nowMs = context.player.nowMs();
  response.setHeader('Timenow', String(nowMs));
  response.setHeader('Traceid', context.engine.context.seq.toString(16).padStart(16, '0'));
  if (!rate) return;
  response.setHeader('X-Bapi-Limit', String(rate.limit));
  response.setHeader('X-Bapi-Limit-Status', String(rate.remaining));
  response.setHeader('X-Bapi-Limit-Reset-Timestamp', String(nowMs + rate.retryAfterMs));
}

function withholdAnswer(response: ServerResponse, how: 'silence' | 'reset' | undefined): void {
  // Silence keeps the connection open until the client gives up or the server closes.
  if (how === 'reset') response.socket?.destroy();
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

const sendJson = (response: ServerResponse, status: number, text: string): void =>
  send(response, { status, type: 'application/json', text });

const sendText = (response: ServerResponse, status: number, text: string): void =>
  send(response, { status, type: 'text/plain', text });

function send(response: ServerResponse, { status, type, text }: Answer): void {
  if (response.destroyed) return;
  response.statusCode = status;
  response.setHeader('Content-Type', `${type}; charset=utf-8`);
  response.end(text);
}
