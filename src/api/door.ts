/**
 * Finds out who asks, before anything else of a request is looked at: a program by its token, a browser by the session in its cookie.
 * Who is not let in reaches only the routes that are open; who shows too many wrong tokens is not looked at for a while.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { admitToken } from '../application/admit.ts';
import type { Caller } from '../application/caller.ts';
import { admitSession } from '../application/sessions.ts';
import type { ApiServices } from './api.ts';
import { Attempts } from './attempts.ts';
import { assertHost, assertSameOrigin } from './gate.ts';
import { Refusal } from './problem.ts';
import { secretIn } from './session-cookie.ts';

/** Wrong tokens and cookies of one address in a minute, each of which the database is asked about. */
const wrongMax = 100;
const lockedMs = 60_000;

/** A hook: sets `request.caller` and `request.session`. @throws Refusal 401 where a route is not open */
export function openDoor(
  services: ApiServices,
): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const { publicUrl } = services.web;
  const attempts = new Attempts({ wrongMax, lockedMs });
  return async (request) => {
    request.caller = { kind: 'nobody', from: request.ip };
    assertHost(request, publicUrl);
    if (!isOfApi(request)) return;
    const shown = credentialOf(request, publicUrl);
    if (shown !== null) {
      assertNotLocked(attempts, request.ip);
      request.caller = await admitted(request, services, shown);
      if (request.caller.kind === 'nobody') attempts.noteWrong(request.ip);
    }
    if (shown?.kind !== 'token') assertNotForged(request, publicUrl);
    if (request.caller.kind === 'nobody' && !isOpen(request)) throw unknownCaller(shown);
  };
}

/** @returns who the token or session of an earlier request stands for at this moment */
export async function callerNow(request: FastifyRequest, services: ApiServices): Promise<Caller> {
  const shown = credentialOf(request, services.web.publicUrl);
  return shown === null ? { kind: 'nobody', from: request.ip } : admitted(request, services, shown);
}

type Shown =
  { readonly kind: 'token'; readonly token: string } | { readonly kind: 'session'; readonly secret: string };

function credentialOf(request: FastifyRequest, publicUrl: string | null): Shown | null {
  const { authorization } = request.headers;
  if (authorization !== undefined)
    return { kind: 'token', token: /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? '' };
  const secret = secretIn(request, publicUrl);
  return secret === null ? null : { kind: 'session', secret };
}

async function admitted(request: FastifyRequest, { ports }: ApiServices, shown: Shown): Promise<Caller> {
  const from = request.ip;
  if (shown.kind === 'token') return admitToken(ports, { token: shown.token, from });
  const session = await admitSession(ports, shown.secret, from);
  if (session !== null) request.session = { ...session, secret: shown.secret };
  return session?.caller ?? { kind: 'nobody', from };
}

/** @throws Refusal 429 */
export function assertNotLocked(attempts: Attempts, address: string): void {
  const seconds = attempts.lockedForSeconds(address);
  if (seconds === 0) return;
  throw new Refusal(429, `Too many wrong tries from ${address}: wait ${seconds} s before the next one`, {
    title: 'Locked out',
    headers: { 'retry-after': String(seconds) },
  });
}

/** Signing in is no act of a session, yet no other page may sign a browser in; a program sends neither of the headers. */
function assertNotForged(request: FastifyRequest, publicUrl: string | null): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (request.session !== null || origin !== undefined || site !== undefined)
    assertSameOrigin(request, publicUrl);
}

/** The route counts where there is one: `/%61pi/tasks` and `http://127.0.0.1/api/tasks` lead to the same one as `/api/tasks`. */
export const isOfApi = ({ routeOptions, url }: FastifyRequest): boolean =>
  (routeOptions.url ?? url).startsWith('/api/');

/** The description of the API is for all. */
function isOpen({ routeOptions: { url, config }, is404 }: FastifyRequest): boolean {
  return is404 || config.isOpen === true || url === undefined || url.startsWith('/api/docs');
}

const unknownCaller = (shown: Shown | null): Refusal =>
  new Refusal(401, unknownTexts[shown?.kind ?? 'nothing'], {
    title: 'Not signed in',
    headers: { 'www-authenticate': 'Bearer' },
  });

const unknownTexts = {
  nothing: 'Nobody is signed in: send a token as "Authorization: Bearer rk_…", or sign in with a browser',
  token:
    'This token lets nobody in: it is wrong, was revoked or has ended, or its user is not let in any more',
  session: 'This session has ended, or its user is not let in any more: sign in again',
} as const;
