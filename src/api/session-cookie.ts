/**
 * The cookie of a browser that is signed in. Scripts cannot read it, other sites cannot send it. Its name has the port in it, because a
 * browser shares cookies among all ports of a host, and several daemons may run on one machine.
 */
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

const options: CookieSerializeOptions = { path: '/', httpOnly: true, sameSite: 'strict' };

/** With TLS before it, a browser takes the cookie only from this very host, encrypted. */
export const cookieName = ({ raw }: FastifyRequest, publicUrl: string | null): string =>
  publicUrl === null ? `rollkeeper_session_${String(raw.socket.localPort)}` : '__Host-rollkeeper_session';

/** The secret that the browser sends; `null` when it sends none. */
export const secretIn = (request: FastifyRequest, publicUrl: string | null): string | null =>
  request.cookies[cookieName(request, publicUrl)] ?? null;

export interface NewCookie {
  readonly secret: string;
  readonly expiresAtMs: number;
}

export function giveCookie(
  reply: FastifyReply,
  publicUrl: string | null,
  { secret, expiresAtMs }: NewCookie,
): void {
  const until = { expires: new Date(expiresAtMs), secure: publicUrl !== null };
  reply.setCookie(cookieName(reply.request, publicUrl), secret, { ...options, ...until });
}

export function takeCookie(reply: FastifyReply, publicUrl: string | null): void {
  reply.clearCookie(cookieName(reply.request, publicUrl), { ...options, secure: publicUrl !== null });
}
