/** Routes: signing a browser in and out. A code or a token comes in the body, never in the address, which is kept in many places. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from '../../application/caller.ts';
import { ownName, signIn, signOut, type Credential } from '../../application/sessions.ts';
import type { ApiServices, Routes } from '../api.ts';
import { Attempts } from '../attempts.ts';
import type { SessionView } from '../contract.ts';
import { assertNotLocked } from '../door.ts';
import { Refusal } from '../problem.ts';
import { giveCookie, takeCookie } from '../session-cookie.ts';

const tags = ['session'];
const wrongMax = 10;
const lockedMs = 15 * 60_000;
const textMax = 200;

const credential = z.union(
  [z.strictObject({ token: z.string().max(textMax) }), z.strictObject({ link: z.string().max(textMax) })],
  { error: '{ "token": "rk_…" }, or { "link": code of a one-time link }' },
);

export const sessionRoutes: Routes = (api, services) => {
  const { ports, web } = services;
  const attempts = new Attempts({ wrongMax, lockedMs });
  api.post(
    '/api/session',
    {
      config: { isOpen: true },
      schema: {
        operationId: 'signIn',
        summary: 'Sign a browser in with a token or a one-time link; the answer sets a cookie',
        tags,
        body: credential,
        answers: { 200: 'SessionView' },
      },
    },
    async ({ body, ip }, reply) => {
      assertNotLocked(attempts, ip);
      const shown: Credential =
        'link' in body ? { kind: 'link', code: body.link } : { kind: 'token', token: body.token };
      const opened = await signIn(ports, shown, ip);
      if (opened === null) {
        attempts.noteWrong(ip);
        throw new Refusal(401, wrongTexts[shown.kind], { title: 'Not signed in' });
      }
      attempts.forget(ip);
      giveCookie(reply, web.publicUrl, opened);
      return viewOf(opened.caller, opened, services);
    },
  );
  api.get(
    '/api/session',
    {
      schema: {
        operationId: 'showSession',
        summary: 'Who is signed in',
        tags,
        answers: { 200: 'SessionView' },
      },
    },
    (request) => sessionOf(request, services),
  );
  api.delete(
    '/api/session',
    { schema: { operationId: 'signOut', summary: 'Sign the browser out', tags, answers: { 204: '' } } },
    async ({ session, ip }, reply) => {
      if (session !== null) await signOut(ports, session.secret, ip);
      takeCookie(reply, web.publicUrl);
      return reply.code(204).send();
    },
  );
};

async function sessionOf({ caller, session }: FastifyRequest, services: ApiServices): Promise<SessionView> {
  if (session !== null) return viewOf(caller, session, services);
  return viewOf(caller, { userName: await ownName(caller, services.ports), expiresAtMs: null }, services);
}

const viewOf = (
  caller: Caller,
  { userName, expiresAtMs }: Pick<SessionView, 'userName' | 'expiresAtMs'>,
  { environment, version }: ApiServices,
): SessionView => ({
  kind: caller.kind === 'operator' ? 'operator' : 'user',
  userName,
  right: caller.kind === 'user' ? caller.right : 'manage',
  isAdministrator: caller.kind === 'operator' || (caller.kind === 'user' && caller.isAdministrator),
  environment,
  version,
  expiresAtMs,
});

const wrongTexts = {
  link: 'This link signs nobody in: it was used, or is older than five minutes. Make another one with: rollkeeper link',
  token:
    'This token lets nobody in: it is wrong, was revoked or has ended, or its user is not let in any more',
} as const;
