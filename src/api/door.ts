/**
 * Finds out who asks, before anything else of a request is looked at: a program by its token, a browser by its session. Who is not
 * let in reaches only the routes that are open.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { admitToken } from '../application/admit.ts';
import type { Caller } from '../application/caller.ts';
import type { ApiServices } from './api.ts';
import { Refusal } from './problem.ts';

/** A hook: sets `request.caller`. @throws Refusal 401 where a route is not open */
export const openDoor =
  (services: ApiServices) =>
  async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    request.caller = await callerOf(request, services);
    if (request.caller.kind === 'nobody' && !isOpen(request)) throw unknownCaller(request);
  };

/** @returns who the request's token or session stands for at this moment */
export async function callerOf(request: FastifyRequest, { ports }: ApiServices): Promise<Caller> {
  const token = bearerOf(request);
  const from = request.ip;
  return token === null ? { kind: 'nobody', from } : admitToken(ports, { token, from });
}

function bearerOf({ headers }: FastifyRequest): string | null {
  const [, token = null] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return token;
}

/** Everything but the API itself is for all: the page, and the description of the API. */
function isOpen({ routeOptions: { url, config }, is404 }: FastifyRequest): boolean {
  if (is404 || config.isOpen === true || url === undefined) return true;
  return !url.startsWith('/api/') || url.startsWith('/api/docs');
}

const unknownCaller = (request: FastifyRequest): Refusal =>
  new Refusal(
    401,
    request.headers.authorization === undefined
      ? 'Nobody is signed in: send a token as "Authorization: Bearer rk_…", or sign in'
      : 'This token lets nobody in: it is wrong, was revoked or has ended, or its user is not let in any more',
    { title: 'Not signed in', headers: { 'www-authenticate': 'Bearer' } },
  );
