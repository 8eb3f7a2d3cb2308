/** Versions of tasks in requests and answers: an answer says one as its `ETag`, a change says with `If-Match` which one it is about. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadInput } from '../domain/errors.ts';
import { Refusal } from './problem.ts';

export function giveVersion(reply: FastifyReply, version: number): void {
  reply.header('etag', `"${String(version)}"`);
}

/** The version that a change is about; `undefined`: whatever there is. @throws BadInput when it is none */
export function expectedVersion({ headers }: FastifyRequest): number | undefined {
  const given = headers['if-match'];
  if (given === undefined || given === '*') return undefined;
  const [, version] = /^(?:W\/)?"(\d{1,9})"$/.exec(given) ?? [];
  if (version !== undefined) return Number(version);
  throw new BadInput('The request is not right', [
    {
      path: 'if-match',
      found: JSON.stringify(given.slice(0, 80)),
      expected: 'the ETag of a task, like "12"',
    },
  ]);
}

/** The same where it has to be said; `*` says that whatever there is may be changed. @throws Refusal 428 */
export function requiredVersion(request: FastifyRequest): number | undefined {
  if (request.headers['if-match'] !== undefined) return expectedVersion(request);
  throw new Refusal(428, 'Say with If-Match which version you have seen: the ETag of the task, like "12"', {
    title: 'The version is missing',
  });
}
