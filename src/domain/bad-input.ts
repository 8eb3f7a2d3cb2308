/** Turns a failed zod parse into a `BadInput` whose issues name path, value found and what would be right. */
import type { z } from 'zod';
import { BadInput, type InputIssue } from './errors.ts';

/**
 * Parses or explains.
 * @param subject first line of the error, e.g. `Task spec is not valid`
 * @throws BadInput with one issue per wrong value
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  subject: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new BadInput(
    subject,
    result.error.issues.flatMap((issue) => describe(issue, input)),
  );
}

/** One issue each, also for several unknown keys of one object. */
function describe(issue: z.core.$ZodIssue, input: unknown): InputIssue[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [path, key].filter(Boolean).join('.'),
      found: 'an unknown key',
      expected: issue.message,
    }));
  }
  return [{ path, found: printable(valueAt(input, issue.path)), expected: issue.message }];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

const foundLengthMax = 80;

function printable(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= foundLengthMax ? text : `${text.slice(0, foundLengthMax)}…`;
}
