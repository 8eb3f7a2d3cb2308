/**
 * Requests that carry an `Idempotency-Key` are worked once: one that comes again within a day gets the first one's answer. Whatever
 * creates takes a key; so does every other POST. What was not decided (queued, failed, too many, made of another version than the one
 * that stands) is not kept and may be asked again.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { askedBy, type Caller } from '../application/caller.ts';
import { BadInput } from '../domain/errors.ts';
import type { KeyedRequest } from '../ports/kept-answers.ts';
import type { Api, ApiServices } from './api.ts';
import { problemType, Refusal } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Being worked under its key; `null` for requests without one. */
    keyed: (KeyedRequest & { readonly begunAt: string }) | null;
  }
}

export function keepAnswers(api: Api, { ports: { keptAnswers }, log }: ApiServices): void {
  api.decorateRequest('keyed', null);
  api.addHook('preHandler', async (request, reply) => {
    const keyed = keyedRequest(request);
    if (keyed === null) return;
    const standing = await keptAnswers.begin(keyed);
    switch (standing.kind) {
      case 'begun':
        request.keyed = { ...keyed, begunAt: standing.begunAt };
        return;
      case 'answered':
        await repeat(reply, standing.answer);
        return;
      case 'underWay':
        throw new Refusal(409, 'The same request is being worked just now: ask again in a moment', {
          title: 'Under way',
          headers: { 'retry-after': '2' },
        });
      case 'otherRequest':
        throw new Refusal(
          422,
          'This Idempotency-Key was used for another request: take a new one for each act',
          {
            title: 'The key was used',
          },
        );
    }
  });
  api.addHook('onSend', async (request, { statusCode: status }, payload) => {
    const { keyed } = request;
    // Of a route that was registered before, it is not even null.
    if (!keyed) return;
    request.keyed = null;
    const isKept = isDecided(status) && typeof payload === 'string';
    await keptAnswers.finish(keyed, isKept ? { status, body: payload } : null).catch((error: unknown) => {
      log.warn({ err: error }, 'an answer could not be kept; the same request would be worked again');
    });
  });
}

const undecided = [202, 408, 412, 429];
const isDecided = (status: number): boolean => status < 500 && !undecided.includes(status);

const repeat = (reply: FastifyReply, { status, body }: { readonly status: number; readonly body: string }) =>
  reply
    .code(status)
    .header('idempotency-replayed', 'true')
    .type(status < 400 ? 'application/json; charset=utf-8' : problemType)
    .send(body);

/** An id for what the request leads to, which only its caller can make; `undefined` without a key. */
export function requestIdOf(request: FastifyRequest): string | undefined {
  const key = keyOf(request);
  return key === null ? undefined : `http ${askedBy(request.caller)} ${key}`;
}

/** The same for a command to a task: once its key is forgotten the same request is another act. */
export const actIdOf = (request: FastifyRequest): string | undefined =>
  request.keyed === null ? undefined : `${requestIdOf(request) ?? ''} ${request.keyed.begunAt}`;

/** Whose answers are kept apart: one to a token that may do everything is not for a token of the same user that may only read. */
const keeperOf = (caller: Caller): string =>
  caller.kind === 'user' ? `${askedBy(caller)} ${caller.right}` : askedBy(caller);

function keyedRequest(request: FastifyRequest): KeyedRequest | null {
  const key = request.method === 'POST' && request.caller.kind !== 'nobody' ? keyOf(request) : null;
  if (key === null) return null;
  const { method, url, body } = request;
  const asked = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? null);
  const requestHash = createHash('sha256').update(`${method} ${url}\n`).update(asked).digest();
  return {
    caller: keeperOf(request.caller),
    keyHash: createHash('sha256').update(key).digest(),
    requestHash,
  };
}

/** @throws BadInput */
function keyOf({ headers }: FastifyRequest): string | null {
  const given = headers['idempotency-key'];
  if (given === undefined) return null;
  if (typeof given === 'string' && /^[\x21-\x7e]{8,200}$/.test(given)) return given;
  throw new BadInput('The request is not right', [
    {
      path: 'idempotency-key',
      found: JSON.stringify(String(given).slice(0, 80)),
      expected: '8 to 200 visible characters that nobody can guess, like a UUID',
    },
  ]);
}
