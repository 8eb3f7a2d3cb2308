/** A value that does not fit is named with its path, what it was, and what would be right; a good one passes unharmed. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseInput } from '../../../src/domain/bad-input.ts';
import { BadInput } from '../../../src/domain/errors.ts';

const schema = z.strictObject(
  {
    name: z.string({ error: 'a name' }),
    ports: z.array(z.strictObject({ number: z.int({ error: 'a whole number' }) })).optional(),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'one of name, ports' : 'an object') },
);

function issuesOf(input: unknown) {
  try {
    parseInput(schema, input, 'It is not valid');
  } catch (error) {
    if (error instanceof BadInput) return error.issues;
    throw error;
  }
  return [];
}

describe('input', () => {
  test('that is right comes out as the schema makes it', () => {
    expect(parseInput(z.object({ a: z.string().default('x') }), {}, '')).toEqual({ a: 'x' });
  });

  test('that is wrong deep inside is named with the whole path', () => {
    expect(issuesOf({ name: 'n', ports: [{ number: 1 }, { number: 'two' }] })).toEqual([
      { path: 'ports.1.number', found: '"two"', expected: 'a whole number' },
    ]);
  });

  test('that is missing is found to be nothing', () => {
    expect(issuesOf({})).toEqual([{ path: 'name', found: 'nothing', expected: 'a name' }]);
  });

  test('that is wrong in two places is named with both', () => {
    expect(issuesOf({ name: 1, ports: [{ number: 1.5 }] }).map(({ path }) => path)).toEqual([
      'name',
      'ports.0.number',
    ]);
  });

  test('with an unknown key is named with that key and the known ones', () => {
    expect(issuesOf({ name: 'n', prots: [] })).toEqual([
      { path: 'prots', found: 'an unknown key', expected: 'one of name, ports' },
    ]);
    expect(issuesOf({ name: 'n', ports: [{ number: 1, nubmer: 2 }] })).toMatchObject([
      { path: 'ports.0.nubmer', found: 'an unknown key' },
    ]);
  });

  test('that is no object at all is named at the top level', () => {
    expect(issuesOf(null)).toEqual([{ path: '', found: 'null', expected: 'an object' }]);
    expect(() => parseInput(schema, 7, 'It is not valid')).toThrow(
      'It is not valid\n  (top level): found 7, expected an object',
    );
  });

  test('that is very long is cut in the error', () => {
    const [issue] = issuesOf({ name: ['x'.repeat(500)] });
    expect(issue?.found).toBe(`["${'x'.repeat(78)}…`);
  });
});
