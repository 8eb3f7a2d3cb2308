/**
 * What is refused before it is found out who asks: requests that were meant for another host, which is how a page elsewhere reaches
 * a server on this machine, and changes that a page elsewhere lets a browser send with its cookie.
 */
import type { FastifyRequest } from 'fastify';
import { Refusal } from './problem.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/** A probe of the infrastructure calls by any address. */
const probes = new Set(['/healthz', '/readyz']);

/** @param publicUrl how people reach this server from elsewhere @throws Refusal 421 */
export function assertHost(request: FastifyRequest, publicUrl: string | null): void {
  const { host = '' } = request.headers;
  if (publicUrl !== null && host === new URL(publicUrl).host) return;
  if (loopbackNames.includes(host.replace(/:\d+$/, '').toLowerCase())) return;
  if (probes.has(request.url)) return;
  throw new Refusal(
    421,
    `This server is not ${JSON.stringify(host.slice(0, 100))}: call it by ${publicUrl ?? 'http://127.0.0.1'}, or say API_PUBLIC_URL`,
    { title: 'Another host' },
  );
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A form cannot send it, and a script of another origin only after asking, which nobody is allowed here. */
const ownHeader = 'x-rollkeeper';

/**
 * Lets a browser change something only from a page of this very server, which the browser says of its own accord.
 * @throws Refusal 403
 */
export function assertSameOrigin({ method, headers }: FastifyRequest, publicUrl: string | null): void {
  if (safeMethods.has(method)) return;
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  const isOwn =
    site === undefined
      ? origin !== undefined && isOwnOrigin(origin, host, publicUrl)
      : site === 'same-origin';
  const isContradicted = origin !== undefined && !isOwnOrigin(origin, host, publicUrl);
  if (isOwn && !isContradicted && headers[ownHeader] !== undefined) return;
  throw new Refusal(
    403,
    'A browser may change something only from the page of this server: send Origin and the header X-Rollkeeper, or use a token',
    { title: 'From another page' },
  );
}

const isOwnOrigin = (origin: string, host: string, publicUrl: string | null): boolean =>
  publicUrl !== null && origin === publicUrl ? true : origin === `http://${host}`;
