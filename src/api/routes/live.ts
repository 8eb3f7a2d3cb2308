/** Routes: events as they happen, prices, the system and its health. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { askedBy } from '../../application/caller.ts';
import { showSystem } from '../../application/show-system.ts';
import { visibleAccounts } from '../../application/visible-accounts.ts';
import type { Caller } from '../../application/caller.ts';
import type { ApiServices, Routes } from '../api.ts';
import { callerNow } from '../door.ts';
import type { Sight } from '../live/event-log.ts';
import type { Refusal as HubRefusal } from '../live/hub.ts';
import { Refusal } from '../problem.ts';
import { wholeNumber } from '../schemas/common.ts';

const tags = ['live'];
const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies that keep an answer until it is complete are told not to.
  'x-accel-buffering': 'no',
};
const hoursUsual = 24;
/** Bars of an hour, as many as are kept. */
const hoursMax = 1_440;

export const liveRoutes: Routes = (api, services) => {
  watching(api, services);
  standingRoutes(api, services);
  healthRoutes(api, services);
};

const watching: Routes = (api, services) => {
  const { live } = services;
  api.get(
    '/api/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'watch',
        summary: 'What happens, as it happens, as server-sent events',
        description:
          'The field event is the kind. A client that comes back with the header Last-Event-ID gets what it missed; where that is ' +
          'not known any more, and at the beginning, hello says that everything shown has to be read anew.',
        tags,
        querystring: z.strictObject({
          lastEventId: z
            .string()
            .max(40)
            .optional()
            .describe('As the header Last-Event-ID, for clients that cannot set it'),
        }),
        answers: { 200: 'events of LiveEvent' },
      },
    },
    async (request, reply) => {
      const { caller, headers, query } = request;
      const who = askedBy(caller);
      const sight = await sightOf(caller, services);
      const refusal = live.hub.refusal(who);
      if (refusal !== null) throw refusalOf(refusal);
      reply.hijack();
      const { raw } = reply;
      reply.headers(streamHeaders);
      raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
      const lastEventId = headers['last-event-id'];
      live.hub.subscribe({
        stream: raw,
        who,
        sight,
        sightNow: () => sightNow(request, services),
        lastEventId: typeof lastEventId === 'string' ? lastEventId : query.lastEventId,
      });
    },
  );
};

const standingRoutes: Routes = (api, { live, ports }) => {
  api.get(
    '/api/prices/:coin',
    {
      schema: {
        operationId: 'showPrices',
        summary: 'What this daemon has seen of an index since it started',
        tags,
        params: z.strictObject({ coin: z.string().regex(/^[A-Z\d]{1,20}$/, { error: 'a coin, like BTC' }) }),
        querystring: z.strictObject({
          hours: wholeNumber(1, hoursMax)
            .optional()
            .describe('Up to the newest price; 24 unless said. More hours have longer bars'),
        }),
        answers: { 200: 'PriceHistory' },
      },
    },
    ({ params: { coin }, query: { hours = hoursUsual } }) => live.prices.of(coin, hours),
  );
  api.get(
    '/api/system',
    {
      schema: {
        operationId: 'showSystem',
        summary: 'How the daemons stand',
        tags,
        answers: { 200: 'SystemView' },
      },
    },
    ({ caller }) => showSystem(caller, ports, live.standing()),
  );
};

const healthRoutes: Routes = (api, { live }) => {
  api.get(
    '/healthz',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'isAlive',
        summary: 'Whether the process answers',
        tags,
        answers: { 200: 'Alive' },
      },
    },
    () => ({ isAlive: true }),
  );
  api.get(
    '/readyz',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'isReady',
        summary: 'Whether the daemon does its work; 503 with the reasons while it does not',
        tags,
        answers: { 200: 'Ready' },
      },
    },
    () => {
      const { problems } = live.standing();
      if (problems.length > 0) throw new Refusal(503, problems.join('; '), { title: 'Not ready' });
      return { isReady: true };
    },
  );
};

async function sightOf(caller: Caller, { ports }: ApiServices): Promise<Sight> {
  const accountIds = await visibleAccounts(caller, ports);
  return accountIds === null ? 'everything' : new Set(accountIds);
}

/** The same door again: a token may be revoked, a session over, a user banned. */
async function sightNow(request: FastifyRequest, services: ApiServices): Promise<Sight | null> {
  const caller = await callerNow(request, services);
  return caller.kind === 'nobody' ? null : sightOf(caller, services);
}

function refusalOf(refusal: HubRefusal): Refusal {
  switch (refusal) {
    case 'too many of one user':
      return new Refusal(429, 'Too many streams of events are open for you: close one, then open another', {
        headers: { 'retry-after': '5' },
      });
    case 'too many':
      return new Refusal(503, 'Too many streams of events are open at this daemon: try again later', {
        headers: { 'retry-after': '30' },
      });
    case 'closed':
      return new Refusal(503, 'This daemon is stopping', { headers: { 'retry-after': '5' } });
  }
}
