/**
 * Serves the built page. Files with a hash in their name are kept by browsers for a year; the page itself is asked for each time. Every
 * other path that a person opens is one of the page's own.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from './api.ts';

const yearSeconds = 31_536_000;

/** Answers a request for which there is no route; `null` when that is none for the page. */
export type AnswerPage = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/** @param directory where the page was built; `null` for none */
export async function servePage(api: Api, directory: string | null): Promise<AnswerPage> {
  if (directory === null || !existsSync(join(directory, 'index.html')))
    return (request, reply) =>
      isForPerson(request)
        ? reply
            .code(404)
            .type('text/plain; charset=utf-8')
            .send('The page is not built here: npm run build makes it.\n')
        : null;
  await api.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    index: false,
    preCompressed: true,
    globIgnore: ['**/*.br', '**/*.gz'],
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header(
        'cache-control',
        isHashed ? `public, max-age=${String(yearSeconds)}, immutable` : 'no-cache',
      );
    },
  });
  return (request, reply) => (isForPerson(request) ? reply.sendFile('index.html') : null);
}

/** A path that a person opens in a browser: no route of the API, and no file. */
function isForPerson({ method, url }: FastifyRequest): boolean {
  const [path = ''] = url.split('?', 1);
  const isFile = /\.\w{1,8}$/.test(path);
  return (method === 'GET' || method === 'HEAD') && !/^\/api(\/|$)/.test(path) && !isFile;
}
