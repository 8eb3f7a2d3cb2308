/**
 * The OpenAPI document of all routes at `/api/openapi.json`, and a page to browse it at `/api/docs`. It is made of what the routes
 * declare: requests of their zod schemas, answers of the types of contract.ts (schemas/answers.json), problems the same for all.
 */
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { AnswerType, Api, ApiServices } from './api.ts';
import { problemType } from './problem.ts';
import answers from './schemas/answers.json' with { type: 'json' };
import { cookieName } from './session-cookie.ts';

export async function describeRoutes(api: Api, { version, web }: ApiServices): Promise<void> {
  await api.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Rollkeeper', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/', description: 'this daemon' }],
      tags,
      components: { schemas: answers as Record<string, object>, securitySchemes },
      security: [{ token: [] }, { session: [] }],
    },
    transform: ({ schema, ...route }) => {
      // Routes of plugins have none.
      const {
        answers: given = {},
        takesVersion = false,
        ...asked
      } = (schema as FastifySchema | undefined) ?? {};
      const takes: Taken = { key: route.route.method === 'POST', version: takesVersion };
      const { schema: made } = jsonSchemaTransform({ ...route, schema: asked });
      const headers = headersOf(takes, made.headers as JsonObject | undefined);
      // What takes a file has no schema to read it with.
      const body = asked.consumes && !made.body ? { body: { type: 'string', format: 'binary' } } : {};
      return {
        url: route.url,
        schema: {
          ...made,
          ...headers,
          ...body,
          ...(route.route.config?.isOpen === true && { security: [] }),
          response: responsesOf(given, takes),
        },
      };
    },
  });
  await api.register(fastifySwaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { url: documentPath, deepLinking: true, validatorUrl: null, persistAuthorization: false },
    transformStaticCSP: (policy) => policy.replace("style-src 'self'", `style-src 'self' '${ownStyle}'`),
    uiHooks: {
      onRequest: (request, reply, next) => {
        if (ownDocuments.has(request.routeOptions.url ?? '')) reply.redirect(documentPath);
        else next();
      },
    },
  });
  // Everybody may ask for it, so it costs next to nothing: it is made once, and all answers that wait to be read are these same bytes.
  let made: Buffer | null = null;
  api.get(documentPath, { config: { isOpen: true }, schema: { hide: true } }, (request, reply) => {
    made ??= Buffer.from(
      JSON.stringify(withCookie(api.swagger() as Document, cookieName(request, web.publicUrl))),
    );
    return reply.type('application/json; charset=utf-8').send(made);
  });
}

const documentPath = '/api/openapi.json';
/** Where the page's library would make the document anew for every request. */
const ownDocuments: ReadonlySet<string> = new Set(['/api/docs/json', '/api/docs/yaml']);
/** Of the one style that the library writes into its page; a browser names it where the policy misses it. */
const ownStyle = 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w=';

interface Document {
  readonly components?: { readonly securitySchemes?: object };
}

/** The name has the port in it, which is known once the server listens. */
const withCookie = ({ components, ...document }: Document, name: string): Document => ({
  ...document,
  components: {
    ...components,
    securitySchemes: { ...securitySchemes, session: { ...securitySchemes.session, name } },
  },
});

const description =
  'Everything that people do with Rollkeeper, for programs. Quantities and money are decimal strings, times are milliseconds since ' +
  '1970. A mistake is answered with application/problem+json that says what was found where, and what would be right.';

const tags = [
  { name: 'session', description: 'Signing in with a browser' },
  { name: 'tasks', description: 'Managed positions' },
  { name: 'accounts', description: 'Accounts at the exchange, what they hold, what they earned' },
  { name: 'people', description: 'Users, vouchers, tokens, the audit' },
  { name: 'alerts', description: 'What was reported, and where people receive it' },
  { name: 'live', description: 'Prices and events as they happen, health of the daemon' },
  { name: 'workshop', description: 'Machines, presets and backtests' },
];

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'As made by rollkeeper token add' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'rollkeeper_session',
    description: 'Of a browser that has signed in',
  },
} as const;

/** Problems that every route may answer with. */
const problems: Readonly<Record<number, string>> = {
  400: 'Something in the request is wrong: faults says what was found where, and what would be right',
  401: 'Nobody is signed in',
  403: 'The caller may not do this',
  404: 'There is no such thing that the caller may see',
  409: 'What is asked does not fit how things stand',
  413: 'The body is too large',
  414: 'A part of the address is longer than any name',
  415: 'The body is no JSON',
  421: 'The request was meant for another host',
  429: 'Too many requests',
  503: 'The database does not answer now',
};

const keyProblems: Readonly<Record<number, string>> = {
  422: 'The Idempotency-Key was used for another request',
};
const versionProblems: Readonly<Record<number, string>> = {
  412: 'The task is at another version than If-Match says',
  428: 'If-Match is missing',
};

interface JsonObject {
  readonly properties?: object;
}

/** Which headers a route takes besides its own. */
interface Taken {
  readonly key: boolean;
  readonly version: boolean;
}

const keyHeader = {
  type: 'string',
  pattern: '^[\\x21-\\x7e]{8,200}$',
  description:
    'A key of your own for this act, like a UUID: asked again with it within a day, nothing is done twice',
};
const versionHeader = {
  type: 'string',
  pattern: '^(\\*|(W/)?"[0-9]{1,9}")$',
  description: 'The ETag of the task as you have seen it: at another version nothing is done',
};

const headersOf = (takes: Taken, own: JsonObject | undefined): { readonly headers?: object } =>
  takes.key || takes.version || own !== undefined
    ? {
        headers: {
          type: 'object',
          properties: {
            ...own?.properties,
            ...(takes.key && { 'idempotency-key': keyHeader }),
            ...(takes.version && { 'if-match': versionHeader }),
          },
        },
      }
    : {};

const problemAnswer = (text: string): object => ({
  description: text,
  content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

function responsesOf(given: Readonly<Record<number, AnswerType>>, takes: Taken): object {
  const more = { ...(takes.key && keyProblems), ...(takes.version && versionProblems) };
  return Object.fromEntries([
    ...Object.entries(given).map(([status, type]) => [status, successOf(type)]),
    ...Object.entries({ ...problems, ...more }).map(([status, text]) => [status, problemAnswer(text)]),
  ]) as object;
}

function successOf(type: AnswerType): object {
  if (type === '') return { description: 'Done', type: 'null' };
  const [, event] = /^events of (\w+)$/.exec(type) ?? [];
  const [content, shown] =
    event === undefined ? (['application/json', type] as const) : (['text/event-stream', event] as const);
  return { description: type, content: { [content]: { schema: schemaOf(shown) } } };
}

function schemaOf(type: AnswerType): object {
  const [, name = '', list, orNull] = /^(\w+)(\[\])?( \| null)?$/.exec(type) ?? [];
  if (!Object.hasOwn(answers, name))
    throw new Error(`There is no answer ${JSON.stringify(type)}: npm run answers`);
  const one = { $ref: `#/components/schemas/${name}` };
  const made = list === undefined ? one : { type: 'array', items: one };
  return orNull === undefined ? made : { anyOf: [made, { type: 'null' }] };
}
