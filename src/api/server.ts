/**
 * Puts the HTTP server together: what is the same for every request (who asks, what is refused before a handler runs, how failures
 * are answered), and then the modules of routes. It does not listen yet (open-api.ts).
 */
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastify, { LogController, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { askedBy } from '../application/caller.ts';
import { addressKey } from '../net/address-key.ts';
import { Guard, guardedServer } from '../net/guard.ts';
import { noteMethods, type AllowedMethods } from './allowed-methods.ts';
import type { Api, ApiServices, ApiTypes } from './api.ts';
import { describeRoutes } from './document.ts';
import { isOfApi, openDoor } from './door.ts';
import { keepAnswers } from './idempotency.ts';
import { servePage } from './page.ts';
import { assertStorable, readingCompiler } from './reading.ts';
import { failed, problemOf, problemType, refusalOf, Refusal } from './problem.ts';
import { allRoutes } from './routes/all.ts';

/** A spec is some kB; routes that take more say so. */
const bodyBytesMax = 64 * 1_024;
/** Streams of events stay open, and others must still get in beside as many as there may be. */
const connectionsMax = 2_000;
const parameterLengthMax = 200;
/** Whose requests are counted at the same time. */
const callersMax = 10_000;

export async function buildServer(services: ApiServices): Promise<Api> {
  const api = bareServer(services);
  const allowed = noteMethods(api);
  await api.register(fastifyHelmet, helmetOptions);
  await api.register(fastifyCookie);
  readJson(api);
  const answerPage = await servePage(api, services.web.pageDirectory);
  api.addHook('onRequest', openDoor(services));
  // Only what is registered after it is bounded.
  await boundRequests(api, services);
  await describeRoutes(api, services);
  keepAnswers(api, services);
  api.addHook('preValidation', async ({ params, query }) => {
    assertStorable(params);
    assertStorable(query);
    return Promise.resolve();
  });
  observeAnswers(api, services);
  api.addHook('onSend', async (request, reply) => {
    if (isOfApi(request) && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    return Promise.resolve();
  });
  api.setErrorHandler((error, request, reply) => answerFailure(error, request, reply));
  api.setNotFoundHandler(
    (request, reply) => answerPage(request, reply) ?? answerRefusal(nothingAt(request, allowed), reply),
  );
  for (const register of allRoutes) register(api, services);
  return api;
}

function observeAnswers(api: Api, { observer }: ApiServices): void {
  if (observer === undefined) return;
  api.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
    observer.answered({ method, route: routeOptions.url ?? '', status: reply.statusCode });
    done();
  });
}

function bareServer({ log, web }: ApiServices): Api {
  const guard = new Guard((where, error) => log.error({ err: error, where }, 'a handler of the API failed'));
  const api: Api = fastify({
    loggerInstance: quiet(log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    routerOptions: { maxParamLength: parameterLengthMax },
    trustProxy: web.trustedProxies.length > 0 ? [...web.trustedProxies] : false,
    // What is wrong with an address as such is found before any hook of ours.
    frameworkErrors: (error, request, reply) => void answerFailure(error, request, reply),
    serverFactory: (handler) =>
      guardedServer({
        guard,
        onRequest: handler,
        connectionsMax,
      }),
  }).withTypeProvider<ApiTypes>();
  api.setValidatorCompiler(readingCompiler);
  api.decorateRequest('caller');
  api.decorateRequest('session', null);
  return api;
}

/** What the server itself says of its life is said by who opens it. */
const quiet = (log: Logger): Logger =>
  log.child({}, { level: log.isLevelEnabled('warn') ? 'warn' : log.level });

/** Each caller by itself; who is not signed in, by address. */
async function boundRequests(api: Api, { web }: ApiServices): Promise<void> {
  await api.register(fastifyRateLimit, {
    max: web.requestsPerMinute,
    timeWindow: 60_000,
    cache: callersMax,
    keyGenerator: ({ caller, ip }) => (caller.kind === 'nobody' ? addressKey(ip) : askedBy(caller)),
    errorResponseBuilder: (_, { max, ttl }) =>
      new Refusal(
        429,
        `More than ${String(max)} requests in a minute: ask again in ${String(Math.ceil(ttl / 1_000))} s`,
      ),
  });
}

function nothingAt({ method, url }: FastifyRequest, allowed: AllowedMethods): Refusal {
  const methods = allowed(url.split('?', 1)[0] ?? '');
  if (methods.length === 0) return new Refusal(404, `There is nothing at ${shown(url)}`);
  const allow = methods.join(', ');
  return new Refusal(405, `${shown(url)} does not take ${method}, but ${allow}`, { headers: { allow } });
}

/** Everything comes from this server, nothing may frame it, and no script is written in a page. */
const helmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      manifestSrc: ["'self'"],
      workerSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' as const },
  // Whether the address is https:// is for what ends TLS to say.
  strictTransportSecurity: false as const,
};

type ReadJson = (
  request: FastifyRequest,
  body: string,
  done: (error: Error | null, value?: unknown) => void,
) => void;

function readJson(api: Api): void {
  // Its types also allow a promise, which this parser never returns.
  const read = api.getDefaultJsonParser('error', 'error') as unknown as ReadJson;
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    read(request, body as string, (error, value) => done(error ?? unstorableIn(value), value));
  });
}

function unstorableIn(value: unknown): Error | null {
  try {
    assertStorable(value);
    return null;
  } catch (error) {
    return error as Error;
  }
}

function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal === null)
    request.log.error({ err: error, route: request.routeOptions.url ?? '' }, 'a request of the API failed');
  return answerRefusal(refusal ?? failed(), reply);
}

const answerRefusal = (refusal: Refusal, reply: FastifyReply): FastifyReply =>
  reply
    .code(refusal.status)
    .headers({ ...refusal.headers, 'cache-control': 'no-store' })
    .type(problemType)
    .send(problemOf(refusal));

const shownMax = 100;
const shown = (url: string): string => JSON.stringify(url.split('?', 1)[0]?.slice(0, shownMax) ?? '');
