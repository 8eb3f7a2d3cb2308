/**
 * Makes fast-check arbitraries of JSON schemas: values that are as a schema says, and values that are not. What the names of a program
 * stand for no schema says, so a pool may have values for a place; everything else is drawn from its schema.
 */
import fc from 'fast-check';
import { resolved, type Document, type Schema } from './document.ts';

/** Values for a place that a schema cannot tell: `undefined` leaves them to the schema. @param name of parameter or property */
export type Pool = (name: string) => fc.Arbitrary<unknown> | undefined;

export interface Making {
  readonly document: Document;
  readonly pool: Pool;
}

const depthMax = 5;

/** Values that are as the schema says. */
export function valid(schema: Schema, making: Making, depth = 0): fc.Arbitrary<unknown> {
  const one = resolved(making.document, schema);
  const { anyOf = one.oneOf, allOf } = one;
  if (one.const !== undefined) return fc.constant(one.const);
  if (one.enum) return fc.constantFrom(...one.enum);
  if (anyOf) return fc.oneof(...anyOf.map((each) => valid(each, making, depth)));
  if (allOf) return fc.tuple(...allOf.map((each) => valid(each, making, depth))).map(merged);
  const types = typeof one.type === 'string' ? [one.type] : (one.type ?? [one.properties ? 'object' : 'any']);
  return fc.oneof(...types.map((type) => ofType(type, one, { making, depth })));
}

const merged = (parts: readonly unknown[]): unknown => Object.assign({}, ...(parts as object[]));

interface Place {
  readonly making: Making;
  readonly depth: number;
}

function ofType(type: string, schema: Schema, { making, depth }: Place): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return whole(schema);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return list(schema, { making, depth });
    case 'object':
      return object(schema, { making, depth });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text({ pattern, minLength = 0, maxLength = 40, format }: Schema): fc.Arbitrary<string> {
  if (format === 'uri') return fc.webUrl();
  if (pattern !== undefined)
    return fc
      .stringMatching(new RegExp(pattern, 'u'), { maxLength: Math.min(maxLength, 40) })
      .filter((made) => made.length >= minLength && made.length <= maxLength);
  const bounds = { minLength, maxLength: Math.min(maxLength, Math.max(40, minLength)) };
  return fc.oneof(
    fc.string(bounds),
    fc.string({ ...bounds, unit: 'binary' }).filter((made) => made.length <= maxLength),
  );
}

const whole = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): fc.Arbitrary<number> =>
  fc.integer({
    min: minimum ?? (exclusiveMinimum === undefined ? -1_000 : exclusiveMinimum + 1),
    max: clamped(maximum ?? (exclusiveMaximum === undefined ? 1_000_000 : exclusiveMaximum - 1)),
  });

/** fast-check's integers are of 32 bits unless both bounds are safe. */
const clamped = (bound: number): number => Math.min(bound, Number.MAX_SAFE_INTEGER);

function list(
  { items, prefixItems, minItems = 0, maxItems = 5 }: Schema,
  place: Place,
): fc.Arbitrary<unknown> {
  if (prefixItems) return fc.tuple(...prefixItems.map((each) => valid(each, place.making, place.depth + 1)));
  const one = items === false || items === undefined ? {} : items;
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, Math.max(minItems, 4)) };
  return fc.array(valid(one, place.making, place.depth + 1), bounds);
}

function object(schema: Schema, { making, depth }: Place): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const isOpen = typeof additionalProperties === 'object' && Object.keys(properties).length === 0;
  if (isOpen && depth < depthMax)
    return fc.dictionary(
      fc.string({ minLength: 1, maxLength: 12 }),
      valid(additionalProperties, making, depth + 1),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    );
  const isDeep = depth >= depthMax;
  const made = Object.entries(properties)
    .filter(([name]) => !isDeep || required.includes(name))
    .map(([name, each]) => [name, making.pool(name) ?? valid(each, making, depth + 1)] as const);
  return fc.record(Object.fromEntries(made), {
    requiredKeys: required.filter((name) => Object.hasOwn(properties, name)) as never[],
    noNullPrototype: true,
  });
}

/** What stands where something else is expected: wrong types, wrong sizes, and what breaks careless code. */
export const anythingWrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e308,
    '',
    ' ',
    [],
    {},
    [[]],
    'null',
    '-1',
    '1e999',
    'NaN',
  ),
  fc.constantFrom<unknown>(
    'a\u0000b',
    '\ud800',
    '\u202e\u2066',
    "'; DROP TABLE tasks; --",
    '<script>alert(1)</script>',
    '${7*7}',
    '../../etc/passwd',
    '%00',
    '%s%n',
    '9'.repeat(400),
    '9223372036854775808',
  ),
  fc.integer({ min: 200, max: 5_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 20, max: 400 }).map(nested),
  fc.string({ unit: 'binary' }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A list in a list in a list. */
function nested(depth: number): unknown {
  let value: unknown = 0;
  for (let at = 0; at < depth; at += 1) value = at % 2 === 0 ? [value] : { a: value };
  return value;
}
