/**
 * No route escapes the checks that are made of the document: whatever the server registers is in the document, or is listed here with
 * a reason; and every answer that a route declares is one of answers.json. The server is built and never asked, so it needs no database.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { buildServer } from '../../../src/api/server.ts';
import { usualWaits, type ApiServices } from '../../../src/api/api.ts';
import answers from '../../../src/api/schemas/answers.json' with { type: 'json' };
import { operationsOf, type Document } from '../../support/openapi/document.ts';

/** Addresses as they are registered, and why the document does not have them. */
const undocumented: Readonly<Record<string, string>> = {
  '/api/openapi.json': 'is the document',
  '/api/docs': 'the page to browse the document, for people',
  '/api/docs/': 'as above',
  '/api/docs/static/index.html': 'as above',
  '/api/docs/static/swagger-initializer.js': 'as above: which document the page shows',
  '/api/docs/static/*': 'as above: files of the library',
  '/api/docs/json': 'the document as the library of that page gives it',
  '/api/docs/yaml': 'as above',
};

interface Registered {
  readonly method: string;
  readonly url: string;
  readonly isOpen: boolean;
  readonly answers: readonly string[];
}

const registered: Registered[] = [];

function note({ method, url, config, schema }: RouteOptions): void {
  const { answers: given = {} } = schema ?? {};
  for (const one of [method].flat())
    registered.push({ method: one, url, isOpen: config?.isOpen === true, answers: Object.values(given) });
}

// Fastify tells of every server as it is made, before anything is registered at it.
const onServer = (message: unknown): void =>
  void (message as { readonly fastify: FastifyInstance }).fastify.addHook('onRoute', note);
subscribe('fastify.initialization', onServer);
const server = await buildServer({
  log: pino({ level: 'silent' }),
  version: '0.0.0',
  environment: 'paper',
  presets: [],
  waits: usualWaits,
  web: { publicUrl: null, trustedProxies: [], requestsPerMinute: 1, pageDirectory: null },
  ports: {},
  live: {},
} as unknown as ApiServices);
await server.ready();
unsubscribe('fastify.initialization', onServer);
const operations = operationsOf(server.swagger() as unknown as Document);

const keyOf = (method: string, url: string): string => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`;
const documented = new Map(
  operations.map((operation) => [`${operation.method} ${operation.path}`, operation]),
);
it('every route is in the document, or is listed with a reason', () => {
  expect(registered.length).toBeGreaterThan(operations.length);
  const hidden = registered
    // HEAD is made of each GET.
    .map(({ method, url }) => ({ key: keyOf(method === 'HEAD' ? 'GET' : method, url), url }))
    .filter(({ key, url }) => !documented.has(key) && !Object.hasOwn(undocumented, url));
  expect(hidden).toEqual([]);
});

it('what the document has is registered, and every reason is needed', () => {
  const keys = new Set(registered.map(({ method, url }) => keyOf(method, url)));
  expect([...documented.keys()].filter((key) => !keys.has(key))).toEqual([]);
  const urls = new Set(registered.map(({ url }) => url));
  expect(Object.keys(undocumented).filter((url) => !urls.has(url))).toEqual([]);
});

it('says of a route that it is open exactly where nobody has to be signed in', () => {
  const wrong = registered.filter(({ method, url, isOpen }) => {
    const operation = documented.get(keyOf(method, url));
    return operation !== undefined && operation.isOpen !== isOpen;
  });
  expect(wrong).toEqual([]);
});

it('declares answers that answers.json has', () => {
  const declared = registered.flatMap((route) => route.answers.map((answer) => ({ ...route, answer })));
  expect(declared.length).toBeGreaterThan(40);
  const unknown = declared.filter(({ answer }) => {
    const name = /^(?:events of )?(\w+)(?:\[\])?(?: \| null)?$/.exec(answer)?.[1];
    return answer !== '' && (name === undefined || !Object.hasOwn(answers, name));
  });
  expect(unknown).toEqual([]);
});
