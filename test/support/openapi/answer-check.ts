/**
 * Whether an answer is as the document says: a status that is listed, of a content type that is listed, valid against its schema, and
 * without a property that the schema does not have, because what is not documented was not meant to be shown.
 */
import { z } from 'zod';
import type { Answer } from './sending.ts';
import type { Document, Operation, Schema } from './document.ts';

export type AnswerCheck = (operation: Operation, answer: Answer) => string | null;

/** @returns a function that gives a complaint, or `null` */
export function answerCheck(document: Document): AnswerCheck {
  const readers = new Map<Schema, z.ZodType>();
  const readerOf = (schema: Schema): z.ZodType => {
    const known = readers.get(schema);
    if (known) return known;
    const made = reader(document, schema);
    readers.set(schema, made);
    return made;
  };
  return ({ id, answers }, { status, contentType, text }) => {
    const contents = answers.get(status);
    const shown = `${id} answered ${String(status)} ${contentType} ${text.slice(0, 600)}`;
    if (!contents) return `${shown}: the status is not documented`;
    if (contents.size === 0) return text === '' ? null : `${shown}: it should have no body`;
    const schema = contents.get(contentType);
    if (!schema) return `${shown}: documented are ${[...contents.keys()].join(', ')}`;
    if (!/[/+]json$/.test(contentType)) return null;
    const read = readerOf(schema).safeParse(jsonOf(text));
    return read.success ? null : `${shown}: ${z.prettifyError(read.error)}`;
  };
}

/** `undefined` for what is no JSON, which no schema takes. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** zod reads references within one schema. */
const reader = ({ components = {} }: Document, schema: Schema): z.ZodType =>
  z.fromJSONSchema({
    ...(closed(schema) as object),
    $defs: Object.fromEntries(
      Object.entries(components.schemas ?? {}).map(([name, each]) => [name, closed(each)]),
    ),
  } as Parameters<typeof z.fromJSONSchema>[0]);

/** Objects with properties have no others unless the schema says so. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [key, closedAt(key, value)] as const);
  const isObject = Object.hasOwn(schema, 'properties') && !Object.hasOwn(schema, 'additionalProperties');
  return Object.fromEntries(isObject ? [...entries, ['additionalProperties', false]] : entries);
}

function closedAt(key: string, value: unknown): unknown {
  if (key === '$ref') return String(value).replace('#/components/schemas/', '#/$defs/');
  if (key === 'enum' || key === 'const' || key === 'default') return value;
  // The names of properties are no words of the schema.
  if (key === 'properties')
    return Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, closed(each)]));
  return closed(value);
}
