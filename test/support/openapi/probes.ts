/**
 * Requests made of an operation of an OpenAPI document: such as it asks for, and such as are wrong in one way of many. A request is
 * plain data, so that fast-check can show and repeat it.
 */
import fc from 'fast-check';
import { anythingWrong, valid, type Making } from './arbitraries.ts';
import type { Body, Operation, Parameter, Schema } from './document.ts';

export interface Probe {
  readonly method: string;
  /** With the query, as it goes over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `null`: none. */
  readonly body: string | null;
  /** What is wrong with it; `null` where nothing should be. */
  readonly flaw: string | null;
  /** It may reach another operation, or none. */
  readonly isElsewhere: boolean;
}

interface Parts {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** Requests that are as the document says. */
export const validProbe = (operation: Operation, making: Making): fc.Arbitrary<Probe> =>
  partsOf(operation, making).map((parts) => probeOf(operation, parts));

/** Requests that are wrong in one way. */
export function brokenProbe(operation: Operation, making: Making): fc.Arbitrary<Probe> {
  const right = partsOf(operation, making);
  return fc.oneof(
    brokenParameter(operation, right),
    ...(operation.body ? [brokenBody(operation, right), brokenText(operation, right)] : []),
    strangeHeaders(operation, right),
    strangePath(operation, right),
    wrongMethod(operation, right),
  );
}

function partsOf({ parameters, body }: Operation, making: Making): fc.Arbitrary<Parts> {
  const ofParameter = ({ name, schema }: Parameter): fc.Arbitrary<unknown> =>
    making.pool(name) ?? valid(schema, making);
  const given = fc.record(Object.fromEntries(parameters.map((each) => [each.name, ofParameter(each)])), {
    requiredKeys: parameters.filter((each) => each.required).map(({ name }) => name),
    noNullPrototype: true,
  });
  return fc.record({ parameters: given, body: body ? bodyOf(body, making) : fc.constant(undefined) });
}

/** A body that is no JSON has no names in it: the pool knows it as `body`. */
const bodyOf = ({ contentType, schema }: Body, making: Making): fc.Arbitrary<unknown> =>
  (isJson(contentType) ? undefined : making.pool('body')) ?? valid(schema, making);

const isJson = (contentType: string): boolean => /[/+]json/.test(contentType);

/** As it goes over the wire. */
export function probeOf(
  operation: Operation,
  { parameters, body }: Parts,
  flaw: string | null = null,
): Probe {
  const of = (place: Parameter['in']): (readonly [string, string])[] =>
    operation.parameters
      .filter(({ name, in: where }) => where === place && parameters[name] !== undefined)
      .map(({ name }) => [name, asText(parameters[name])] as const);
  const path = of('path').reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encoded(value)),
    operation.path,
  );
  const query = of('query').map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const contentType = operation.body?.contentType ?? 'application/json';
  return {
    method: operation.method,
    path: query.length === 0 ? path : `${path}?${query.join('&')}`,
    headers: {
      ...Object.fromEntries(
        of('header').map(([name, value]) => [name.toLowerCase(), value.replace(/[^\x20-\x7e]/g, '?')]),
      ),
      ...(body !== undefined && { 'content-type': contentType }),
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    flaw,
    isElsewhere: false,
  };
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** An empty part of a path is another path, and half a character cannot be written. */
function encoded(text: string): string {
  const whole = Buffer.from(text, 'utf8').toString('utf8');
  return encodeURIComponent(whole === '' || whole === '.' || whole === '..' ? `_${whole}` : whole);
}

function brokenParameter(operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> {
  const names = operation.parameters.map(({ name }) => name);
  if (names.length === 0)
    return right.map((parts) => {
      const probe = probeOf(operation, parts, 'a query that nobody asked for');
      return { ...probe, path: `${probe.path}?unasked=1&__proto__[a]=1` };
    });
  return fc.tuple(right, fc.constantFrom(...names), anythingWrong).map(([parts, name, wrong]) => {
    const parameters = { ...parts.parameters, [name]: wrong };
    return probeOf(operation, { ...parts, parameters }, `another value of ${name}`);
  });
}

function brokenBody(operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> {
  const names = propertyNames(operation.body?.schema ?? {});
  const changes = fc.oneof(
    fc.tuple(fc.constantFrom('', ...names), anythingWrong).map(([name, wrong]) => ({ name, wrong })),
    fc
      .constantFrom('__proto__', 'constructor', 'unasked', 'toString')
      .map((name) => ({ name, wrong: { isAdmin: true } })),
    fc.constantFrom('', ...names).map((name) => ({ name, wrong: undefined })),
  );
  return fc.tuple(right, changes).map(([parts, { name, wrong }]) => {
    const flaw =
      wrong === undefined ? `without ${name || 'a body'}` : `another value of ${name || 'the body'}`;
    if (name === '') return probeOf(operation, { ...parts, body: wrong }, flaw);
    // Written as text: an own property called __proto__ is what a literal cannot have.
    const others = Object.entries(Object(parts.body) as object).filter(([key]) => key !== name);
    const entries = wrong === undefined ? others : [...others, [name, wrong] as const];
    const body = `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
    return probeOf(operation, { ...parts, body }, flaw);
  });
}

const propertyNames = ({ properties = {} }: Schema): string[] => Object.keys(properties);

/** Bodies that are no JSON of the said kind. */
function brokenText(operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> {
  const texts = fc.constantFrom(
    '',
    '{',
    '[',
    '{"a":',
    '{"a":1}}',
    'null',
    '"a"',
    '\u0000',
    '{"a":1,"a":2}',
    '﻿{}',
    'a=1&b=2',
  );
  const huge = fc
    .integer({ min: 70_000, max: 300_000 })
    .map((length) => JSON.stringify({ name: 'x'.repeat(length) }));
  const types = fc.constantFrom(
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/json; charset=utf-16',
    'json',
    '',
  );
  return fc
    .tuple(right, fc.oneof({ weight: 5, arbitrary: texts }, huge), types)
    .map(([parts, body, type]) => {
      const probe = probeOf(
        operation,
        { ...parts, body },
        `a body that is none: ${body.slice(0, 20)}, ${type}`,
      );
      return { ...probe, headers: { ...probe.headers, 'content-type': type } };
    });
}

const strangeHeader = fc.constantFrom<Readonly<Record<string, string>>>(
  { 'if-match': 'nonsense' },
  { 'if-match': '"999999"' },
  { 'if-match': 'W/"1"' },
  { 'if-match': '*' },
  { 'if-none-match': '*' },
  { 'idempotency-key': 'x'.repeat(2_000) },
  { 'idempotency-key': ' ' },
  { accept: 'image/png' },
  { accept: '*/*;q=nonsense' },
  { 'accept-encoding': 'gzip;q=0, nonsense' },
  { 'content-encoding': 'gzip' },
  { range: 'bytes=0-9999999' },
  { 'x-http-method-override': 'DELETE' },
  {
    'x-forwarded-for': '10.0.0.1, 8.8.8.8',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
  },
  { 'last-event-id': '-1' },
  { cookie: 'rollkeeper_session=nonsense; __proto__=1; a' },
  { cookie: '=;;;====' },
  { origin: 'https://evil.example' },
  { 'x-long': 'y'.repeat(6_000) },
);

const strangeHeaders = (operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> =>
  fc.tuple(right, strangeHeader).map(([parts, headers]) => {
    const probe = probeOf(operation, parts, `headers: ${JSON.stringify(headers).slice(0, 60)}`);
    return { ...probe, headers: { ...probe.headers, ...headers } };
  });

const strangePath = (operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> =>
  fc
    .tuple(
      right,
      fc.constantFrom(
        '/',
        '//',
        '/..',
        '/%2e%2e/%2e%2e',
        '%',
        '%zz',
        '%00',
        '%ff%fe',
        ';a=b',
        '/../../etc/passwd',
        `/${'a'.repeat(3_000)}`,
      ),
    )
    .map(([parts, end]) => {
      const probe = probeOf(operation, parts, `a path with ${end.slice(0, 20)} behind it`);
      const [path = '', ...query] = probe.path.split('?');
      return { ...probe, path: [path + end, ...query].join('?'), isElsewhere: true };
    });

const wrongMethod = (operation: Operation, right: fc.Arbitrary<Parts>): fc.Arbitrary<Probe> =>
  fc
    .tuple(right, fc.constantFrom('PATCH', 'PUT', 'DELETE', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND'))
    .map(([parts, method]) => ({
      ...probeOf(operation, parts, `${method} instead of ${operation.method}`),
      method,
      isElsewhere: true,
    }));
