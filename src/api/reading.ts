/**
 * Reads what a request brings, with the zod schema of its route: what is wrong is said as the command line says it, with path, value
 * found and what would be right.
 */
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { parseInput } from '../domain/bad-input.ts';
import { BadInput } from '../domain/errors.ts';

const subject = 'The request is not right';

/** For fastify: compiles a schema to a function that reads one part of a request. */
export const readingCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    try {
      return { value: parseInput(schema, data, subject) };
    } catch (error) {
      if (error instanceof BadInput) return { error: plain(error) };
      throw error;
    }
  };

/** Schemas of this program carry a phrase; zod's own message becomes one. */
const plain = ({ issues }: BadInput): BadInput =>
  new BadInput(
    subject,
    issues.map(({ path, found, expected }) => ({
      path,
      found: isSecret(path) && found !== 'nothing' ? 'a value (not shown)' : found,
      expected: phraseOf(expected),
    })),
  );

/** What is sent under these names is not repeated, however wrong it is. */
const secretNames = new Set(['apiKey', 'apiSecret', 'secret', 'address', 'token', 'link', 'code']);

const isSecret = (path: string): boolean => path.split('.').some((name) => secretNames.has(name));

function phraseOf(message: string): string {
  if (message.startsWith('Unrecognized key')) return 'no such key';
  const [, expected] = /^[A-Z][a-z]+ [a-z]+: expected (.+?)(?:, received .*)?$/.exec(message) ?? [];
  return expected ?? message;
}

const depthMax = 30;

/**
 * Refuses texts that no database can store, and structures that are too deep to be anything a person wrote.
 * @param path where the value stands @throws BadInput
 */
export function assertStorable(value: unknown, path = '', depth = 0): void {
  const wrong = (found: string, expected: string): BadInput =>
    new BadInput(subject, [{ path, found, expected }]);
  if (depth > depthMax) throw wrong('values within values within values', `at most ${depthMax} levels`);
  if (typeof value === 'string' && /\0|\p{Surrogate}/u.test(value))
    throw wrong(
      'a text with characters that cannot be stored',
      'text without NUL and without half characters',
    );
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    assertStorable(key, path, depth);
    assertStorable(each, path === '' ? key : `${path}.${key}`, depth + 1);
  }
}
